/** Are the characters that a whole number below 1e21 is written with. */
const OF_NUMBERS = "0123456789-".split("");
const MOST_REPEATS = 1_000_000;

/** Is what every text has in which a pattern finds something: each part may only promise too little. */
export interface PatternNeeds {
  /** The least length, in UTF-16 code units. */
  readonly length: number;
  /** A piece of text; empty when none is known. */
  readonly text: string;
  /** It may be found among the digits of a number. */
  readonly inNumbers: boolean;
  /** The ASCII characters that may be in what it finds, a bit for each. */
  readonly chars: bigint;
}

const ALL_CHARS = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffffn;
const NOTHING: PatternNeeds = { length: 0, text: "", inNumbers: true, chars: ALL_CHARS };

/**
 * Reads of a pattern's source what a text must have before it is worth running: most texts are shorter than a card's number, and
 * have no `@`. What is not understood promises nothing.
 */
export function needsOf({ source, flags, unicode, unicodeSets }: RegExp): PatternNeeds {
  // Sets of the flag v nest, and may match several characters or none. Without u and names of groups `\k<` is text, and what follows is the pattern's.
  if (unicodeSets || (!unicode && source.includes("\\k"))) return { ...NOTHING, length: 1 };
  const needs = new Reader(source, flags).alternatives();
  return { ...needs, length: Math.max(needs.length, 1) };
}

/** Is one element of a pattern, before its quantifier; `literal` where it is a character that stands for itself alone. */
interface Atom extends PatternNeeds {
  readonly literal: boolean;
}

/** Takes no character itself. */
const NO_WIDTH: Atom = { ...NOTHING, chars: 0n, literal: false };

class Reader {
  readonly #source: string;
  readonly #flags: string;
  readonly #unicode: boolean;
  readonly #ignoreCase: boolean;
  /** Asking takes 20 µs, and a list of words has few letters. */
  readonly #known = new Map<string, Atom>();
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags.replaceAll(/[^isu]/g, "");
    this.#unicode = flags.includes("u");
    this.#ignoreCase = flags.includes("i");
  }

  alternatives(): PatternNeeds {
    let all = this.#sequence();
    while (this.#source[this.#at] === "|") {
      this.#at++;
      const other = this.#sequence();
      all = {
        length: Math.min(all.length, other.length),
        text: all.text === other.text ? all.text : "",
        inNumbers: all.inNumbers || other.inNumbers,
        chars: all.chars | other.chars,
      };
    }
    return all;
  }

  #sequence(): PatternNeeds {
    let [length, inNumbers, text, run, chars] = [0, true, "", "", 0n];
    while (this.#at < this.#source.length && this.#source[this.#at] !== "|" && this.#source[this.#at] !== ")") {
      const atom = this.#atom();
      const least = this.#quantifier();
      length = Math.min(length + atom.length * (least ?? 1), MOST_REPEATS);
      inNumbers &&= atom.inNumbers || least === 0;
      chars |= atom.chars;
      // What is said once stands beside what is said next; what repeats ends a run, and what may be left out is none.
      run = atom.literal && least !== 0 ? run + atom.text : "";
      if (run.length > text.length) text = run;
      if (!atom.literal && least !== 0 && atom.text.length > text.length) ({ text } = atom);
      if (least !== undefined) run = "";
    }
    return { length, text, inNumbers, chars };
  }

  /** Gives the least count; undefined when there is no quantifier. */
  #quantifier(): number | undefined {
    const found = this.#take(/[*+?]\??|\{(\d+)(?:,\d*)?\}\??/y);
    if (found === undefined) return undefined;
    return found[1] === undefined ? (found[0].startsWith("+") ? 1 : 0) : Math.min(Number(found[1]), MOST_REPEATS);
  }

  #atom(): Atom {
    if (this.#take(/[\^$]|\\[bB]/y) !== undefined) return NO_WIDTH;
    const look = this.#take(/\(\?<?[=!]/y);
    // What lies ahead or behind is not what is found, but it must be read to its end.
    if (look !== undefined) return { ...this.#group(), ...NO_WIDTH };
    // A group with flags of its own may ignore the case of its letters.
    if (this.#take(/\(\?[ims-]+:/y) !== undefined)
      return { ...this.#group(), text: "", inNumbers: true, chars: ALL_CHARS, literal: false };
    if (this.#take(/\((?:\?:|\?<[^>]*>)?/y) !== undefined) return { ...this.#group(), literal: false };
    // A reference may stand for an empty text, a number for a character by its octal code.
    if (this.#take(/\\(?:\d+|k(?:<[^>]*>)?)/y) !== undefined) return { ...NOTHING, literal: false };
    return this.#character();
  }

  #group(): PatternNeeds {
    const inner = this.alternatives();
    this.#at++;
    return inner;
  }

  #character(): Atom {
    const escape = this.#unicode
      ? /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c.|[^])/uy
      : /\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[^])/y;
    const plain = this.#unicode ? /[^\\]/uy : /[^\\]/y;
    const [atom = ""] = this.#take(/\[(?:\\[^]|[^\]\\])*\]/y) ?? this.#take(escape) ?? this.#take(plain) ?? [];
    // Never at its end without having moved: what is read is a pattern that compiled.
    if (atom === "") this.#at++;
    let known = this.#known.get(atom);
    if (known === undefined) this.#known.set(atom, (known = this.#ask(atom)));
    return known;
  }

  /** Asks the pattern of one character for each that it may be. */
  #ask(atom: string): Atom {
    const literal = /^(?:[^[\\]|\\[^\w\s])$/u.test(atom) ? atom.replace(/^\\(?=.)/, "") : "";
    const isItself = literal !== "" && atom !== "." && (!this.#ignoreCase || /^[\0-@[-`{-\x7f]$/.test(literal));
    const one = new RegExp(`^(?:${atom})$`, this.#flags);
    const inNumbers = OF_NUMBERS.some((char) => one.test(char));
    return { length: 1, text: isItself ? literal : "", inNumbers, chars: charsOf(one, atom), literal: isItself };
  }

  #take(part: RegExp): RegExpExecArray | undefined {
    part.lastIndex = this.#at;
    const found = part.exec(this.#source);
    if (found === null) return undefined;
    this.#at = part.lastIndex;
    return found;
  }
}

/** Asks the pattern of one element for each character, its flags included. `\c` before no letter stands for two, and is not known by asking. */
function charsOf(one: RegExp, atom: string): bigint {
  if (atom === "\\c" || atom === "") return ALL_CHARS;
  let chars = 0n;
  for (let code = 0; code < 128; code++) if (one.test(String.fromCharCode(code))) chars |= 1n << BigInt(code);
  return chars;
}
