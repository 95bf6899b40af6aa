/** Words an option's error in the house's form: the option, what was expected, what was given. */
export function expected(option: string, what: string, got: unknown): string {
  return `${option}: expected ${what}, got ${show(got)}`;
}

/** Gives a value as it stands in an error: in few words, whatever it is. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
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
