/** Words an option's error in the house's form: the option, what was expected, what was given. */
export function expected(option: string, what: string, got: unknown): string {
  return `${option}: expected ${what}, got ${show(got)}`;
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}

/**
 * Checks a count, a size or a duration.
 *
 * @throws RangeError when it is no whole number from `least` up.
 */
export function wholeNumber(option: string, value: unknown, least = 1): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(expected(option, `a whole number from ${least} up`, value));
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

/** Checks a function. @throws TypeError when it is none. */
export function aFunction<T>(option: string, value: T): T {
  if (typeof value === "function") return value;
  throw new TypeError(expected(option, "a function", value));
}

/** Checks that options are an object with known members only. @throws TypeError or RangeError when not. */
export function knownOptions(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(expected(name, "an object of options", options));
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new RangeError(expected(name, `options among ${known.join(", ")}`, key));
  }
}
