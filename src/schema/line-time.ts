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
  readonly #field: LineField;
  #ms = Number.NaN;
  #secondMs = Number.NaN;
  #member: Member | undefined;
  #digits: Uint8Array = new Uint8Array(3);

  /** @param field takes any time, or none. */
  constructor(field: LineField) {
    this.#field = field;
  }

  /** Puts a time into its field; false when it does not fit. */
  take(ms: number): boolean {
    const since = ms - this.#secondMs;
    if (!(since >= 0 && since < 1000 && Number.isInteger(ms))) return this.#takeSecond(ms);
    if (ms !== this.#ms) this.#write(since);
    this.#ms = ms;
    this.#field.member = this.#member;
    return true;
  }

  #takeSecond(ms: number): boolean {
    const time = isoTime(ms);
    if (!this.#field.take(time)) return false;
    if (!Number.isInteger(ms) || Math.abs(ms) >= MOST_MS) return true;
    const bytes = this.#field.bytesOf(time);
    this.#member = { value: undefined, text: "", times: 0, bytes };
    this.#digits = new Uint8Array(bytes.words.buffer, bytes.length - BEHIND - 3, 3);
    this.#secondMs = Math.floor(ms / 1000) * 1000;
    this.#ms = ms;
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
