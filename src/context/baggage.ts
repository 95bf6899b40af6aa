import { expected, knownOptions } from "../value/option.ts";
import type { Baggage } from "@opentelemetry/api";

/** Are the chosen members of a context's baggage, as attribute keys and values. */
export type BaggageMembers = readonly (readonly [key: string, value: string])[];

/** Chooses which baggage becomes attributes. Baggage is a client's input: it is escaped like any value, and never replaces an attribute. */
export interface BaggageOptions {
  /** Names the members to take, or says for each. Default: all but `correlog.debug`, which holds a credential of `debugRequest`. */
  readonly keys?: readonly string[] | ((key: string, value: string) => boolean);
  /** Stands before each key. Default: nothing. */
  readonly prefix?: string;
}

/** Chooses baggage: none, all, those named, those for which a predicate holds, or with a prefix. */
export type BaggageInput = boolean | readonly string[] | ((key: string, value: string) => boolean) | BaggageOptions;

/** The member that holds the token of `debugRequest`, also in services that do not know it: a credential, which is logged only where it is asked for. */
export const DEBUG_MEMBER = "correlog.debug";

/** The bounds of the W3C baggage header, kept also where a context was filled by other means. */
const MOST_MEMBERS = 64;
const MOST_BYTES = 8192;

/** Applies one choice of baggage to contexts. */
export class BaggageRule {
  readonly #takes: (key: string, value: string) => boolean;
  readonly #prefix: string;

  /** @throws TypeError when the option is of no form that is known. Default: all members but {@link DEBUG_MEMBER}. */
  constructor(input: BaggageInput = true, option = "baggage") {
    const { keys, prefix = "" } = isOptions(input) ? checked(input, option) : { keys: input };
    if (typeof prefix !== "string") throw new TypeError(expected(`${option}.prefix`, "a string", prefix));
    this.#takes = predicate(keys ?? true, option);
    this.#prefix = prefix;
  }

  /** Gives the chosen members, at most 64 and 8 KiB, in their order; undefined when none is. */
  choose(baggage: Baggage | undefined): BaggageMembers | undefined {
    if (baggage === undefined) return undefined;
    const members = new Map<string, string>();
    let bytes = 0;
    for (const [key, entry] of baggage.getAllEntries()) {
      const value = String(entry.value);
      if (!this.#takes(key, value)) continue;
      bytes += utf8Length(key) + utf8Length(value);
      if (members.size === MOST_MEMBERS || bytes > MOST_BYTES) break;
      members.set((this.#prefix + key).toWellFormed(), value.toWellFormed());
    }
    return members.size === 0 ? undefined : [...members];
  }
}

function isOptions(input: unknown): input is BaggageOptions {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function checked(options: BaggageOptions, option: string): BaggageOptions {
  knownOptions(option, options, ["keys", "prefix"]);
  return options;
}

function predicate(keys: unknown, option: string): (key: string, value: string) => boolean {
  if (typeof keys === "boolean") return (key) => keys && key !== DEBUG_MEMBER;
  if (typeof keys === "function") return keys as (key: string, value: string) => boolean;
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string")) {
    const named = new Set<string>(keys);
    return (key) => named.has(key);
  }
  throw new TypeError(expected(option, "true, false, a list of keys, a predicate or { keys, prefix }", keys));
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A surrogate pair is two units and four bytes; every other unit from U+0800 up is three.
    if (code > 0x7f) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}
