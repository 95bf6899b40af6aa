import { expected, knownOptions } from "../value/option.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Counted from the epoch, so that every process cuts at the same moments. */
const PERIODS: Readonly<Record<string, number>> = { day: DAY_MS, hour: HOUR_MS };
const DEFAULT_KEEP = 10;

/** Says when a file is set aside for a new one, and how many are kept. */
export interface RotateOptions {
  /**
   * The largest size of a file, in bytes. One line that is longer has a file of its own. Where several processes share the file it is a mark: while one
   * sets the file aside, the others go on writing into it, each up to as much again before it looks, and where it is killed amid that, for 10 s.
   * Default: none.
   */
  readonly maxBytes?: number;
  /**
   * How long a file is written to: a day or an hour of UTC, or milliseconds, counted from the epoch. It is looked at when a line is written: without
   * lines nothing rotates, and an empty file never does. Default: no end.
   */
  readonly every?: "day" | "hour" | number;
  /** How many files are kept beside the one that is written to, 1 to 1,000; the oldest is removed. Default 10. */
  readonly keep?: number;
}

/** Is a rule of rotation, checked. */
export interface Rotation {
  /** `Infinity` where size is no reason. */
  readonly maxBytes: number;
  /** Milliseconds; `Infinity` where time is no reason. */
  readonly everyMs: number;
  readonly keep: number;
}

/**
 * Checks the rule of rotation.
 *
 * @throws RangeError or TypeError that names the option, its value and what was expected.
 */
export function readRotation(options: unknown): Rotation {
  knownOptions("rotate", options, ["maxBytes", "every", "keep"]);
  const { maxBytes, every, keep = DEFAULT_KEEP } = options as RotateOptions;
  if (maxBytes === undefined && every === undefined) throw new TypeError("rotate: expected maxBytes, every or both, got neither");
  if (maxBytes !== undefined && !isWhole(maxBytes)) {
    throw new RangeError(expected("rotate.maxBytes", "a whole number of bytes from 1 up", maxBytes));
  }
  if (!isWhole(keep) || keep > 1000) throw new RangeError(expected("rotate.keep", "a whole number from 1 to 1000", keep));
  return { maxBytes: maxBytes ?? Infinity, everyMs: periodMs(every), keep };
}

function periodMs(every: RotateOptions["every"]): number {
  if (every === undefined) return Infinity;
  const ms = typeof every === "string" && Object.hasOwn(PERIODS, every) ? PERIODS[every] : every;
  if (isWhole(ms)) return ms;
  throw new RangeError(expected("rotate.every", "day, hour or a whole number of milliseconds from 1 up", every));
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** Numbers the period that a time lies in; always 0 where time is no reason. */
export function periodOf(timeMs: number, { everyMs }: Rotation): number {
  return Math.floor(timeMs / everyMs);
}
