import { isoTime } from "../record/line-fields.ts";
import type { LineField, Member } from "./line-field.ts";

/** What stands behind the digits of the milliseconds: `Z"`. */
const BEHIND = 2;
const ZERO = 48;
/** No date is further from the epoch. */
const MOST_MS = 8.64e15;

/**
 * Is the time of a line. Within a second only the last three digits of what was serialized change, and are written over: a line with a
 * millisecond of its own 536 to 205 ns.
 */
export class LineTime {
  readonly field: LineField;
  #ms = Number.NaN;
  #secondMs = Number.NaN;
  #member: Member | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #digits: Uint8Array = new Uint8Array(3);

  /** @param field takes any time. */
  constructor(field: LineField) {
    this.field = field;
  }

  /** Puts a time into its field; false when it does not fit. */
  take(ms: number): boolean {
    if (this.bytes(ms) === undefined) return this.field.take(isoTime(ms));
    this.field.member = this.#member;
    return true;
  }

  /** Gives `,"time":"…"`, to be copied at once; undefined for a time that is no whole millisecond of a date. */
  bytes(ms: number): Uint8Array | undefined {
    if (ms === this.#ms) return this.#bytes;
    const since = ms - this.#secondMs;
    if (!Number.isInteger(ms)) return undefined;
    if (since >= 0 && since < 1000) this.#write(since);
    else if (!this.#setSecond(ms)) return undefined;
    this.#ms = ms;
    return this.#bytes;
  }

  #setSecond(ms: number): boolean {
    if (Math.abs(ms) >= MOST_MS) return false;
    const bytes = this.field.bytesOf(isoTime(ms));
    this.#member = { value: undefined, text: "", times: 0, bytes };
    this.#bytes = new Uint8Array(bytes.words.buffer, 0, bytes.length);
    this.#digits = this.#bytes.subarray(bytes.length - BEHIND - 3);
    this.#secondMs = Math.floor(ms / 1000) * 1000;
    return true;
  }

  #write(ms: number): void {
    const hundreds = (ms / 100) | 0;
    const left = ms - hundreds * 100;
    const tens = (left / 10) | 0;
    this.#digits[0] = ZERO + hundreds;
    this.#digits[1] = ZERO + tens;
    this.#digits[2] = ZERO + left - tens * 10;
  }
}
