import { bytesOf } from "../format/json-bytes.ts";
import { isoTime } from "../record/line-fields.ts";
import { isShort, ownText } from "../value/own-text.ts";
import { messageHead } from "./syslog-message.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { SyslogForm } from "./syslog-message.ts";

/** Characters of a time. */
const STAMP = 24;
const NONE = isoTime(0);
const MOST_HEADS = 1024;

/** Is how the messages of one level and event begin, up to the name of the element; the time in it is the last record's. */
interface Head {
  readonly bytes: Uint8Array;
  readonly level: Level;
  readonly eventName: string | undefined;
  /** Where the time begins. */
  readonly timeFrom: number;
  timeMs: number;
}

/** Keeps how messages begin, up to and with `[attrs@…`, and brings the time up to date where the millisecond changed. */
export class MessageHeads {
  readonly #form: SyslogForm;
  readonly #heads = new Map<string | undefined, Map<Level, Head>>();
  #kept = 0;
  #last: Head = { bytes: bytesOf(""), level: -1, eventName: undefined, timeFrom: 0, timeMs: Number.NaN };
  /** The characters of the time that was written last. */
  readonly #stamp = bytesOf(NONE);
  #timeMs = Number.NaN;
  #secondMs = Number.NaN;

  constructor(form: SyslogForm) {
    this.#form = form;
  }

  /** Gives the bytes until the next record's are asked for; undefined for a record without a time that has four digits for the year. */
  of({ time, level, eventName }: LogRecord): Uint8Array | undefined {
    const head = this.#head(level, eventName);
    if (time !== head.timeMs) {
      if (time === undefined || (time !== this.#timeMs && !this.#setTime(time))) return undefined;
      head.bytes.set(this.#stamp, head.timeFrom);
      head.timeMs = time;
    }
    return head.bytes;
  }

  /** Gives the head of a level and event, the one given last without a look-up. */
  #head(level: Level, eventName: string | undefined): Head {
    const last = this.#last;
    if (last.level === level && last.eventName === eventName) return last;
    return (this.#last = this.#heads.get(eventName)?.get(level) ?? this.#made(level, eventName));
  }

  #made(level: Level, eventName: string | undefined): Head {
    const text = `${messageHead(level, NONE, eventName, this.#form)}[${this.#form.sdId}`;
    const isKept = this.#kept < MOST_HEADS && isShort(eventName);
    const event = isKept && eventName !== undefined ? ownText(eventName) : eventName;
    const head = { bytes: bytesOf(text), level, eventName: event, timeFrom: text.indexOf(" ") + 1, timeMs: Number.NaN };
    if (isKept) this.#keep(head);
    return head;
  }

  #keep(head: Head): void {
    this.#kept++;
    const levels = this.#heads.get(head.eventName) ?? new Map<Level, Head>();
    levels.set(head.level, head);
    this.#heads.set(head.eventName, levels);
  }

  /** Writes the digits of a time: three while the second stays. */
  #setTime(time: number): boolean {
    // As a date does.
    const ms = Math.trunc(time);
    const passed = ms - this.#secondMs;
    if (!(passed >= 0 && passed < 1000)) return this.#setSecond(time, ms);
    const hundreds = (passed / 100) | 0;
    const tens = ((passed - hundreds * 100) / 10) | 0;
    this.#stamp[STAMP - 4] = 48 + hundreds;
    this.#stamp[STAMP - 3] = 48 + tens;
    this.#stamp[STAMP - 2] = 48 + passed - hundreds * 100 - tens * 10;
    this.#timeMs = time;
    return true;
  }

  #setSecond(time: number, ms: number): boolean {
    const text = isoTime(ms);
    // Other years begin with a sign and have six digits.
    if (text.length !== STAMP) return false;
    this.#stamp.set(bytesOf(text));
    this.#timeMs = time;
    this.#secondMs = Math.floor(ms / 1000) * 1000;
    return true;
  }
}
