import { needsOf } from "./redact-pattern.ts";

/**
 * Searches texts for what one pattern finds. Most texts are told by their length, by a character that they do not have, or by a few of their
 * characters: running a pattern costs 20 ns and more.
 */
export class PatternSearch {
  /** The least length of what is found, in UTF-16 code units. */
  readonly length: number;
  /** Something may be found among the digits of a number. */
  readonly inNumbers: boolean;
  /** A character of the text that it needs; empty when it needs none. To look for one costs 10 ns, for several 26. */
  readonly mark: string;
  readonly #text: string;
  /** Without `g`: it keeps no place, which spares setting one. */
  readonly #pattern: RegExp;
  /** How far apart characters are looked at; 0 where that does not pay. */
  readonly #stride: number;
  /** For each ASCII character 1 where nothing that is found has it. */
  readonly #foreign: Uint8Array;

  constructor({ source, flags }: RegExp) {
    this.#pattern = new RegExp(source, flags.replace("g", ""));
    const { length, text, inNumbers, chars } = needsOf(this.#pattern);
    this.length = length;
    this.inNumbers = inNumbers;
    this.mark = rarestOf(text);
    this.#text = text;
    this.#stride = this.mark === "" && length >= LEAST_SAMPLED ? length >> 1 : 0;
    this.#foreign = Uint8Array.from({ length: 128 }, (_, code) => Number(((chars >> BigInt(code)) & 1n) === 0n));
  }

  /** Tells whether something is found in a text. */
  finds(text: string): boolean {
    if (text.length < this.length) return false;
    const { mark } = this;
    if (mark === "") return (this.#stride === 0 || this.#mayFind(text)) && this.#pattern.test(text);
    return text.includes(mark) && text.includes(this.#text) && this.#pattern.test(text);
  }

  /**
   * Looks at every eighth character, for a card's 16 digits: what is found covers two of them that follow one another, and both are of its
   * characters (107 to 95 ns for a text of 27). What is not ASCII may be one of them.
   */
  #mayFind(text: string): boolean {
    const foreign = this.#foreign;
    const stride = this.#stride;
    const { length } = text;
    let before = 1;
    for (let i = stride - 1; i < length; i += stride) {
      const code = text.charCodeAt(i);
      const here = code < 128 ? (foreign[code] as number) : 0;
      if ((here | before) === 0) return true;
      before = here;
    }
    return false;
  }
}

/** Of shorter ones so many characters would be looked at that running the pattern is no dearer. */
const LEAST_SAMPLED = 8;

/** From the rarest in texts to the commonest; what is none of them is common. */
const RARE = [/[^\w\s.,:/-]/, /[A-Z]/, /[\d_]/];

function rarestOf(text: string): string {
  for (const each of RARE) {
    const [found] = each.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return text.slice(0, 1);
}
