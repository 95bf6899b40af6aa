import { textHash } from "../value/text-hash.ts";
import { PatternSearch } from "./redact-search.ts";

const MOST_MESSAGES = 256;
const LONGEST_MESSAGE = 128;
/** From here up a number is written with a point and an exponent. */
const LEAST_WITH_EXPONENT = 1e21;
/** Is looked for where no pattern has a mark. */
const RARELY_THERE = "\0";

/** Is a part of a text, in UTF-16 code units. */
interface Place {
  readonly from: number;
  end: number;
}

/** Tells texts in which a pattern finds something; most are told by their length, or by a character that they do not have. */
export class RedactTexts {
  readonly regExps: readonly RegExp[];
  readonly any: boolean;
  readonly #searches: readonly PatternSearch[];
  /** A text that has none of these has nothing that a pattern finds but those of {@link #unmarked}. */
  readonly #marks: readonly string[];
  readonly #unmarked: readonly PatternSearch[];
  /** No shorter text has anything that a pattern finds. */
  readonly leastLength: number;
  /** Numbers between these have fewer digits than any pattern finds. */
  readonly mostNumber: number;
  readonly leastNumber: number;
  /** Was clean last: a call site that logs again is told by comparing pointers. */
  #lastMessage = "";
  readonly #messages: string[] = Array.from({ length: MOST_MESSAGES }, () => "");

  /** @param regExps are global, and none matches the empty text. */
  constructor(regExps: readonly RegExp[]) {
    this.regExps = regExps;
    this.any = regExps.length > 0;
    const searches = regExps.map((each) => new PatternSearch(each));
    this.#searches = searches;
    this.#unmarked = searches.filter(({ mark }) => mark === "");
    const marks = new Set(searches.map(({ mark }) => mark).filter((mark) => mark !== ""));
    // A text in parts is joined when it is first looked into: by a search for a character 12 ns sooner than by looking at one.
    this.#marks = marks.size > 0 ? [...marks] : [RARELY_THERE];
    this.leastLength = Math.min(...searches.map(({ length }) => length));
    const digits = Math.min(...searches.filter(({ inNumbers }) => inNumbers).map(({ length }) => length));
    // The sign counts as one of the characters.
    this.mostNumber = digits === 1 ? -1 : Math.min(10 ** (digits - 1), LEAST_WITH_EXPONENT);
    this.leastNumber = digits === 1 ? 0 : -Math.min(10 ** Math.max(digits - 2, 0), LEAST_WITH_EXPONENT);
  }

  /** Tells a text without anything to censor. */
  isClean(text: string): boolean {
    if (text.length < this.leastLength) return true;
    const marks = this.#marks;
    for (let i = 0; i < marks.length; i++) if (text.includes(marks[i] as string)) return this.#isCleanOfAll(text);
    const unmarked = this.#unmarked;
    for (let i = 0; i < unmarked.length; i++) {
      const search = unmarked[i] as PatternSearch;
      if (search.mayFind(text) && search.finds(text)) return false;
    }
    return true;
  }

  #isCleanOfAll(text: string): boolean {
    return this.#searches.every((search) => !search.finds(text));
  }

  /** Gives the places of what patterns find, from left to right; those that overlap are one: what one takes out another may have needed. */
  found(text: string): readonly Place[] {
    const all = this.regExps.flatMap((each) =>
      Array.from(text.matchAll(each), ({ 0: { length }, index }) => ({ from: index, end: index + length })),
    );
    const places: Place[] = [];
    for (const place of all.filter(({ from, end }) => from < end).toSorted((a, b) => a.from - b.from)) {
      const last = places.at(-1);
      if (last === undefined || place.from >= last.end) places.push(place);
      else last.end = Math.max(last.end, place.end);
    }
    return places;
  }

  /** Tells a message without anything to censor: most calls repeat theirs, and those seen last are known. */
  isCleanMessage(text: string): boolean {
    const { length } = text;
    if (length < this.leastLength || text === this.#lastMessage) return true;
    if (length > LONGEST_MESSAGE) return this.isClean(text);
    const slot = textHash(text) & (MOST_MESSAGES - 1);
    if (this.#messages[slot] !== text && !this.isClean(text)) return false;
    this.#messages[slot] = text;
    this.#lastMessage = text;
    return true;
  }

  /** Tells a value that is no object. A function or a symbol becomes text first. */
  isCleanPrimitive(value: unknown): boolean {
    if (!this.any) return true;
    switch (typeof value) {
      case "string":
        return this.isClean(value);
      case "number":
        // What must not be seen and is a number counts something out: a card, a phone, a person. Writing out a fraction costs 100 ns.
        return (value < this.mostNumber && value > this.leastNumber) || !Number.isInteger(value) || this.isClean(String(value));
      case "bigint":
        return (value < this.mostNumber && value > this.leastNumber) || this.isClean(String(value));
      case "function":
      case "symbol":
        return false;
      default:
        return true;
    }
  }
}
