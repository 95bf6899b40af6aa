/**
 * Names the method by which a value says what it is in a log: slog's `LogValuer`. It is called when the record is written, at any
 * depth, never on a disabled call. What it returns is resolved again; after 100 in a row, or when it throws, a marker stands there.
 *
 * @example
 * ```ts
 * class User {
 *   constructor(readonly id: number, readonly password: string) {}
 *   [logValue]() { return { id: this.id }; }
 * }
 * ```
 */
export const logValue: unique symbol = Symbol.for("correlog.logValue");

/** Is a value that says itself what it is in a log. */
export interface LogValuer {
  /** Gives what is logged in its place; asked once for each output that writes it. What it throws is said at its place. */
  [logValue](): unknown;
}

/**
 * Delays a value until a record that carries it is written; a disabled call never computes it. It is computed once, however many
 * outputs there are.
 *
 * @example
 * ```ts
 * logger.debug("cache", { size: lazy(() => measure(cache)) });
 * ```
 */
export function lazy(compute: () => unknown): LogValuer {
  return new Lazy(compute);
}

class Lazy implements LogValuer {
  readonly #compute: () => unknown;
  #done = false;
  #value: unknown;

  constructor(compute: () => unknown) {
    this.#compute = compute;
  }

  [logValue](): unknown {
    if (!this.#done) {
      this.#value = this.#compute();
      this.#done = true;
    }
    return this.#value;
  }
}
