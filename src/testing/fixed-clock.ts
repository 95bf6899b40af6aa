import { expected } from "../value/option.ts";

/** Is a clock that a test sets: `new Logger(handler, { clock })`. */
export interface FixedClock {
  (): number;
  /** Moves it to a time, in milliseconds since the epoch, a date, or its text in ISO 8601. */
  set(time: number | Date | string): void;
  /** Moves it on by milliseconds. */
  advance(ms: number): void;
}

/**
 * Makes a clock that stands still.
 *
 * @param start is a time in milliseconds since the epoch, a date, or its text. Default: 2001-09-09T01:46:40.000Z, a million million milliseconds.
 * @throws RangeError when it is no time.
 */
export function fixedClock(start: number | Date | string = 1_000_000_000_000): FixedClock {
  let now = timeOf(start);
  return Object.assign(() => now, {
    set(time: number | Date | string) {
      now = timeOf(time);
    },
    advance(ms: number) {
      now = timeOf(now + ms);
    },
  });
}

function timeOf(time: number | Date | string): number {
  const ms = typeof time === "string" || time instanceof Date ? new Date(time).getTime() : time;
  if (Number.isFinite(ms)) return ms;
  throw new RangeError(expected("time", "milliseconds, a date or its text", time));
}
