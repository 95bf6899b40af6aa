import { registeredApi } from "../context/otel-api.ts";
import type { Context, HrTime } from "@opentelemetry/api";
import type { AnyValueMap } from "./any-value.ts";

/** Is a record as both generations of the Logs API take one. What is absent is left out: a key that is undefined would count as given. */
export interface OtelLogRecord {
  timestamp: HrTime;
  severityNumber: number;
  severityText: string;
  body: string;
  attributes: AnyValueMap;
  context: Context;
  eventName?: string;
}

/** Says what a record would be, so that a logger can tell whether it is wanted. */
export interface EnabledQuestion {
  context: Context;
  severityNumber: number;
  eventName?: string;
}

/** Is the OpenTelemetry Logger of either generation. */
export interface OtelLogger {
  emit(record: OtelLogRecord): void;
  enabled?(question: EnabledQuestion): boolean;
}

/** Is the LoggerProvider of `@opentelemetry/api` 1.10 and later, or of `@opentelemetry/api-logs`; an SDK's can be flushed as well. */
export interface OtelLoggerProvider {
  getLogger(name: string, version?: string): OtelLogger;
  forceFlush?(): Promise<void>;
}

/** Names and versions what logs, where a logger has no name of its own: OpenTelemetry's instrumentation scope. */
export interface Scope {
  readonly name: string;
  readonly version?: string;
}

const API_LOGS = Symbol.for("io.opentelemetry.js.api.logs");
/** The version that every release of api-logs asks its own global for. */
const API_LOGS_VERSION = 1;
/** A logger's name may come from data; what is more is asked for each time. */
const MOST_LOGGERS = 1024;

/**
 * Gives the LoggerProvider that the app registered, in either API generation; SDK 3.x registers with the API itself, SDK 2.x with
 * api-logs, and there is no bridge between the two. Undefined until one is.
 */
export function registeredProvider(): OtelLoggerProvider | undefined {
  const provider = registeredApi()?.logs;
  if (isProvider(provider)) return provider;
  const getter = (globalThis as { [API_LOGS]?: unknown })[API_LOGS];
  if (typeof getter !== "function") return undefined;
  const older: unknown = (getter as (version: number) => unknown)(API_LOGS_VERSION);
  return isProvider(older) ? older : undefined;
}

/** Tells a LoggerProvider by its method: an app may hold several copies of the class. */
export function isProvider(value: unknown): value is OtelLoggerProvider {
  return typeof value === "object" && value !== null && typeof (value as { getLogger?: unknown }).getLogger === "function";
}

/**
 * Gives a provider's loggers. A logger is kept only as long as its provider is the current one: one taken before the SDK was
 * registered may stay a no-op for good.
 */
export class ProviderLoggers {
  readonly #find: () => OtelLoggerProvider | undefined;
  readonly #scope: Scope;
  readonly #loggers = new Map<string, OtelLogger>();
  #provider: OtelLoggerProvider | undefined;

  constructor(find: () => OtelLoggerProvider | undefined, scope: Scope) {
    this.#find = find;
    this.#scope = scope;
  }

  get provider(): OtelLoggerProvider | undefined {
    return this.#find();
  }

  /** Gives the logger of a name, or of the scope where it has none; undefined while no provider is registered. */
  of(name: string | undefined): OtelLogger | undefined {
    const provider = this.#find();
    if (provider === undefined) return undefined;
    if (provider !== this.#provider) {
      this.#provider = provider;
      this.#loggers.clear();
    }
    const key = name ?? "";
    const known = this.#loggers.get(key);
    if (known !== undefined) return known;
    const logger = this.#make(provider, key);
    if (this.#loggers.size < MOST_LOGGERS) this.#loggers.set(key, logger);
    return logger;
  }

  #make(provider: OtelLoggerProvider, name: string): OtelLogger {
    if (name !== "") return provider.getLogger(name.toWellFormed());
    const { version } = this.#scope;
    return version === undefined ? provider.getLogger(this.#scope.name) : provider.getLogger(this.#scope.name, version);
  }
}
