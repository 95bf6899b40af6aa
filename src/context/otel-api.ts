import type { Baggage, Context, Span } from "@opentelemetry/api";

/**
 * Reads what the app registered with its own copy of `@opentelemetry/api`, by the global and the context keys that copies of the
 * API use to find one another. Nothing is imported at run time: that saves 30 ms at start, and a second copy of the API, which
 * would see no span, cannot arise. Checked by tests against 1.9.1 and 1.10.0.
 */
export interface RegisteredApi {
  readonly context?: { active(): Context };
  readonly diag?: { warn(message: string, ...args: unknown[]): void; error(message: string, ...args: unknown[]): void };
  readonly logs?: unknown;
  readonly metrics?: unknown;
}

const API = Symbol.for("opentelemetry.js.api.1");
/** Is the key under which a context keeps its span. */
export const SPAN: symbol = Symbol.for("OpenTelemetry Context Key SPAN");
const BAGGAGE = Symbol.for("OpenTelemetry Baggage Key");

let registered: RegisteredApi | undefined;

/** Gives what is registered, as soon as something is: the API keeps one object for good and changes its members. */
export function registeredApi(): RegisteredApi | undefined {
  return (registered ??= (globalThis as { [API]?: RegisteredApi })[API]);
}

/** Gives the active context, or {@link ROOT} where the app registered no context manager. */
export function activeContext(): Context {
  return registeredApi()?.context?.active() ?? ROOT;
}

/** Gives the live span of a context, recording or not. */
export function spanOf(ctx: Context): Span | undefined {
  return ctx.getValue(SPAN) as Span | undefined;
}

/** Gives the baggage of a context. */
export function baggageOf(ctx: Context): Baggage | undefined {
  return ctx.getValue(BAGGAGE) as Baggage | undefined;
}

/** Tells a context from attributes: by its method, since every copy of the API has a class of its own. */
export function isContext(value: unknown): value is Context {
  try {
    return typeof value === "object" && value !== null && typeof (value as { getValue?: unknown }).getValue === "function";
  } catch {
    // A getter or a Proxy throws: no context does.
    return false;
  }
}

/** Is a context that carries nothing, for when no API is there; what is set on it is kept as the API's own contexts keep it. */
class PlainContext implements Context {
  readonly #values: ReadonlyMap<symbol, unknown>;

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values;
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new PlainContext(new Map(this.#values).set(key, value));
  }

  deleteValue(key: symbol): Context {
    const values = new Map(this.#values);
    values.delete(key);
    return new PlainContext(values);
  }
}

/** Carries no span and no baggage. */
export const ROOT: Context = new PlainContext(new Map());
