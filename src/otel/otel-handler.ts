import { TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { resolveLimits } from "../value/limits.ts";
import { ExporterQueue } from "./exporter-queue.ts";
import { isExporter, isProcessor } from "./log-record-processor.ts";
import { isProvider, ProviderLoggers, registeredProvider } from "./logger-provider.ts";
import { ProcessorHandler } from "./processor-handler.ts";
import { ProviderHandler } from "./provider-handler.ts";
import { readResource } from "./resource.ts";
import { expected, knownOptions } from "../value/option.ts";
import type { Handler } from "../handler/handler.ts";
import type { LevelInput } from "../level/level.ts";
import type { Limits } from "../value/limits.ts";
import type { OtelLogRecordExporter, OtelLogRecordProcessor } from "./log-record-processor.ts";
import type { OtelLoggerProvider, Scope } from "./logger-provider.ts";
import type { ResourceInput } from "./resource.ts";

/** Says where {@link otelHandler} sends records to; of `loggerProvider`, `processor` and `exporter` at most one. */
export interface OtelHandlerOptions {
  /** Takes the records in place of the registered LoggerProvider. It stays the app's: it is flushed, never shut down. */
  readonly loggerProvider?: OtelLoggerProvider;
  /** Takes the records without a LoggerProvider: one official LogRecordProcessor, or several in their order. Shut down with the handler. */
  readonly processor?: OtelLogRecordProcessor | readonly OtelLogRecordProcessor[];
  /** Takes the records in batches, one or more for each turn of the event loop; `flush()` rejects when an export failed. Shut down with the handler. */
  readonly exporter?: OtelLogRecordExporter;
  /** The lowest level to send. Default: all. */
  readonly level?: LevelInput | LevelVar;
  /** Bounds values. How many attributes a record may have is a LoggerProvider's own limit; here it counts for `processor` and `exporter`. */
  readonly limits?: Partial<Limits>;
  /** Names the instrumentation scope of records whose logger has no name. Default: `correlog`. */
  readonly scope?: Scope;
  /**
   * Describes the service, for `processor` and `exporter`: an official Resource, or its attributes. Default: what
   * `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` say.
   */
  readonly resource?: ResourceInput;
}

/**
 * Makes a handler that sends records through the OpenTelemetry SDK: to the LoggerProvider that the app registered, on SDK 2.x and
 * 3.x, whether before or after the handler was made, or to an official processor or exporter. Nothing of OpenTelemetry is imported.
 *
 * Ids are those captured at the call. No SDK drops a value and no exporter loses a batch for one: a bigint beyond 2^53, a number
 * beyond 2^63, NaN and the infinities are text, because the official JSON exporter sends them in a form that a Collector refuses.
 *
 * @throws TypeError or RangeError when an option is not what is expected; the message names it.
 *
 * @example
 * ```ts
 * const logger = new Logger(fanout(jsonHandler(), otelHandler()));
 * const direct = new Logger(otelHandler({ processor: new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() }) }));
 * ```
 */
export function otelHandler(options: OtelHandlerOptions = {}): Handler {
  knownOptions("otelHandler", options, ["loggerProvider", "processor", "exporter", "level", "limits", "scope", "resource"]);
  const { loggerProvider, level = TRACE, limits: someLimits } = options;
  const processors = readProcessors(options);
  const threshold = level instanceof LevelVar ? level : new LevelVar(level);
  const limits = resolveLimits(someLimits);
  const scope = readScope(options.scope);
  if (processors !== undefined) {
    return new ProcessorHandler(processors, { threshold, limits, resource: readResource(options.resource), scope });
  }
  if (loggerProvider !== undefined && !isProvider(loggerProvider)) {
    throw new TypeError(expected("loggerProvider", "an object with getLogger()", loggerProvider));
  }
  if (options.resource !== undefined)
    throw new TypeError("resource: expected only with processor or exporter, a LoggerProvider has its own");
  const find = loggerProvider === undefined ? registeredProvider : (): OtelLoggerProvider => loggerProvider;
  return new ProviderHandler(new ProviderLoggers(find, scope), threshold, limits);
}

function readProcessors(options: OtelHandlerOptions): readonly OtelLogRecordProcessor[] | undefined {
  const { loggerProvider, processor, exporter } = options;
  const targets = Object.entries({ loggerProvider, processor, exporter }).filter(([, value]) => value !== undefined);
  if (targets.length > 1)
    throw new TypeError(`otelHandler: expected one of ${targets.map(([name]) => name).join(", ")}, got all of them`);
  if (exporter !== undefined) {
    if (isExporter(exporter)) return [new ExporterQueue(exporter)];
    throw new TypeError(expected("exporter", "an object with export() and shutdown()", exporter));
  }
  if (processor === undefined) return undefined;
  const processors = [processor].flat() as readonly unknown[];
  if (processors.length > 0 && processors.every(isProcessor)) return processors;
  throw new TypeError(expected("processor", "objects with onEmit(), forceFlush() and shutdown()", processor));
}

function readScope(scope: unknown): Scope {
  if (scope === undefined) return { name: "correlog" };
  const { name, version } = typeof scope === "object" && scope !== null ? (scope as Partial<Scope>) : {};
  if (typeof name !== "string" || name === "") throw new TypeError(expected("scope.name", "a name", name));
  if (version !== undefined && typeof version !== "string") throw new TypeError(expected("scope.version", "a string", version));
  return version === undefined ? { name } : { name, version };
}
