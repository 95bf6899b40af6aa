import { textHash } from "../value/text-hash.ts";
import { needsOf } from "./redact-pattern.ts";
import type { PatternNeeds } from "./redact-pattern.ts";

const MOST_MESSAGES = 256;
const LONGEST_MESSAGE = 128;

interface Pattern {
  /** Without `g`: it keeps no place, which spares setting one. */
  readonly test: RegExp;
  readonly needs: PatternNeeds;
  /** A character of the text that it needs; empty when it needs none. To look for one costs 10 ns, for several 26. */
  readonly mark: string;
}

/** Is a part of a text, in UTF-16 code units. */
interface Place {
  readonly from: number;
  end: number;
}

/** From the rarest in texts to the commonest; what is none of them is common. */
const RARE = [/[^\w\s.,:/-]/, /[A-Z]/, /[\d_]/];

/** Tells texts in which a pattern finds something; most are told by their length, or by a character that they do not have. */
export class RedactTexts {
  readonly regExps: readonly RegExp[];
  readonly any: boolean;
  readonly #patterns: readonly Pattern[];
  /** No shorter text has anything that a pattern finds. */
  readonly leastLength: number;
  /** Numbers between these have fewer digits than any pattern finds. */
  readonly mostNumber: number;
  readonly leastNumber: number;
  readonly #messages: string[] = Array.from({ length: MOST_MESSAGES }, () => "");

  /** @param regExps are global, and none matches the empty text. */
  constructor(regExps: readonly RegExp[]) {
    this.regExps = regExps;
    this.any = regExps.length > 0;
    this.#patterns = regExps.map(({ source, flags }) => {
      const test = new RegExp(source, flags.replace("g", ""));
      const needs = needsOf(test);
      return { test, needs, mark: rarestOf(needs.text) };
    });
    this.leastLength = Math.min(...this.#patterns.map(({ needs }) => needs.length));
    const digits = Math.min(...this.#patterns.filter(({ needs }) => needs.inNumbers).map(({ needs }) => needs.length));
    // The sign counts as one of the characters.
    this.mostNumber = digits === 1 ? -1 : 10 ** (digits - 1);
    this.leastNumber = digits === 1 ? 0 : -(10 ** Math.max(digits - 2, 0));
  }

  /** Tells a text without anything to censor. */
  isClean(text: string): boolean {
    if (text.length < this.leastLength) return true;
    for (const { test, needs, mark } of this.#patterns) {
      if (text.length < needs.length || (mark !== "" && !(text.includes(mark) && text.includes(needs.text)))) continue;
      if (test.test(text)) return false;
    }
    return true;
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
    if (length < this.leastLength) return true;
    if (length > LONGEST_MESSAGE) return this.isClean(text);
    const slot = textHash(text) & (MOST_MESSAGES - 1);
    if (this.#messages[slot] === text) return true;
    if (!this.isClean(text)) return false;
    this.#messages[slot] = text;
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

function rarestOf(text: string): string {
  for (const each of RARE) {
    const [found] = each.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return text.slice(0, 1);
}
