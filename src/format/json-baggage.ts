import { bytesOf } from "./json-bytes.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { JsonKeys } from "./json-keys.ts";

/** Are the members that a context chose, as they stand in a line: `,"tenant":"t1"`. */
export interface JsonBaggage {
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  /** The bits of all keys: none of them is odd beside what has none of these. */
  readonly bits: number;
}

/**
 * Keeps what a context's baggage is as bytes: a context stamps all records of its request with the same members. Two of them add 17 to 24 %
 * to a line of three attributes; written anew in each they added 50.
 */
export class JsonBaggages {
  readonly #keys: JsonKeys;
  readonly #kept = new WeakMap<BaggageMembers, JsonBaggage>();
  #last: BaggageMembers | undefined;
  #lastKept: JsonBaggage = { bytes: bytesOf(""), names: [], bits: 0 };

  constructor(keys: JsonKeys) {
    this.#keys = keys;
  }

  of(members: BaggageMembers): JsonBaggage {
    if (members !== this.#last) {
      this.#last = members;
      this.#lastKept = this.#found(members);
    }
    return this.#lastKept;
  }

  #found(members: BaggageMembers): JsonBaggage {
    let kept = this.#kept.get(members);
    if (kept === undefined) {
      const text = members.map(([name, value]) => `,${quoted(name)}:${quoted(value)}`).join("");
      const names = isPlain(members) ? members.map(([name]) => name) : ODD_NAMES;
      const bits = names.reduce((all, name) => all | this.#keys.of(name).bits, 0);
      kept = { bytes: bytesOf(text), names, bits };
      this.#kept.set(members, kept);
    }
    return kept;
  }
}

/** Stand for what is not for the fast way: the empty name never is. */
const ODD_NAMES = [""];

/** Tells members as a context has them, each name once and all well-formed, from those that somebody wrote into a record. */
function isPlain(members: BaggageMembers): boolean {
  return new Set(members.map(([name]) => name)).size === members.length && members.every(([, value]) => value.isWellFormed());
}

function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
