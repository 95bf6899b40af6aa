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
      const bits = members.reduce((all, [name]) => all | this.#keys.of(name).bits, 0);
      kept = { bytes: bytesOf(text), names: members.map(([name]) => name), bits };
      this.#kept.set(members, kept);
    }
    return kept;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
