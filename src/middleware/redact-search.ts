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
  /** For each ASCII character 1 where nothing that is found has it; none where to look at a few characters does not pay. */
  readonly #foreign: Uint8Array | undefined;

  constructor({ source, flags }: RegExp) {
    this.#pattern = new RegExp(source, flags.replace("g", ""));
    const { length, text, inNumbers, chars } = needsOf(this.#pattern);
    this.length = length;
    this.inNumbers = inNumbers;
    this.mark = rarestOf(text);
    this.#text = text;
    if (this.mark !== "" || length < LEAST_SAMPLED) return;
    this.#foreign = Uint8Array.from({ length: 128 }, (_, code) => Number(((chars >> BigInt(code)) & 1n) === 0n));
  }

  /** Tells whether something is found in a text. */
  finds(text: string): boolean {
    if (text.length < this.length) return false;
    const { mark } = this;
    if (mark === "") return this.mayFind(text) && this.#pattern.test(text);
    return text.includes(mark) && text.includes(this.#text) && this.#pattern.test(text);
  }

  /**
   * Tells a text in which a few characters leave room for what is found: the last of each place where it may stand, the one before and the
   * middle one. The next place begins behind one that nothing found has: of a text of 27 characters one to three are looked at, for a
   * card's 16 digits. What is not ASCII may be one of them. Marks are not asked for.
   */
  mayFind(text: string): boolean {
    const foreign = this.#foreign;
    if (foreign === undefined) return true;
    const { length } = this;
    const half = length >> 1;
    let end = length - 1;
    while (end < text.length) {
      if (isIn(foreign, text.charCodeAt(end))) end += length;
      else if (isIn(foreign, text.charCodeAt(end - 1))) end += length - 1;
      else if (isIn(foreign, text.charCodeAt(end - half))) end += length - half;
      else return true;
    }
    return false;
  }
}

function isIn(set: Uint8Array, code: number): boolean {
  return code < 128 && set[code] === 1;
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
