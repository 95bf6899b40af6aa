import { aFunction, expected } from "../value/option.ts";

export { aFunction, expected, knownOptions } from "../value/option.ts";

/**
 * Checks a count, a size or a duration.
 *
 * @throws RangeError when it is no whole number from `least` up.
 */
export function wholeNumber(option: string, value: unknown, least = 1): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(expected(option, `a whole number from ${least} up`, value));
}

/**
 * Checks a function whose answer is needed at once.
 *
 * @throws TypeError when it is none, or is async: the promise would be taken for what it answers.
 */
export function synchronous<T>(option: string, value: T): T {
  if (Object.prototype.toString.call(value) !== "[object AsyncFunction]") return aFunction(option, value);
  throw new TypeError(`${option}: expected a function that answers at once, got an async one`);
}

/** The longest that a timer of JavaScript waits; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Checks a duration that a timer will wait.
 *
 * @throws RangeError when it is no whole number of milliseconds from 1 to 2,147,483,647.
 */
export function timerMs(option: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= LONGEST_MS) return value;
  throw new RangeError(expected(option, `a whole number of milliseconds from 1 to ${LONGEST_MS}`, value));
}
