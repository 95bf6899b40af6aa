import { logValue } from "./log-value.ts";
import { REDACTED } from "./marker.ts";
import type { LogValuer } from "./log-value.ts";

/**
 * Keeps a value out of every output: in logs, `JSON.stringify`, string templates, `console.log` and `util.inspect` it is
 * `[Redacted]`, with or without `redact()`, whose censor it gets in the literals and lists that are looked through.
 */
export interface Secret<T> extends LogValuer {
  /** Gives the value itself, for the call that needs it. */
  reveal(): T;
  /** Is `[Redacted]`, as `toString()` is. */
  toJSON(): string;
  toString(): string;
}

class SecretValue<T> implements Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  [logValue](): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  toString(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}

/**
 * Marks a value as one that must not be seen, wherever it is carried.
 *
 * @example
 * ```ts
 * import { log } from "correlog";
 * import { secret } from "correlog/middleware";
 *
 * const config = { host: "db", password: secret("hunter2") };
 * log.info("configured", { config });
 * console.assert(`${config.password}` === "[Redacted]" && config.password.reveal() === "hunter2");
 * ```
 */
export function secret<T>(value: T): Secret<T> {
  return new SecretValue(value);
}

/** Tells a value that {@link secret} made. */
export function isSecret(value: unknown): value is Secret<unknown> {
  return value instanceof SecretValue;
}
