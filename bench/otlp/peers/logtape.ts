import { openSync, writeSync } from "node:fs";
import { peer } from "./project.ts";
import { providerOf } from "./sdk.ts";
import type { Attrs, Open, Queue } from "./subject.ts";

interface LogTape {
  readonly configureSync: (config: object) => void;
  readonly getJsonLinesFormatter: () => (record: unknown) => string;
  readonly getLogger: (category: string) => { info(message: string, attrs: Attrs): void };
}
type OtelSink = ((record: unknown) => void) & AsyncDisposable;

/** Opens LogTape with `@logtape/otel`, over a provider with a batching processor, as its documentation advises for production. */
export function logtape(queue: Queue): Open {
  return async (url, path) => opened({ loggerProvider: providerOf(url, { kind: "proto", compression: "none", queue }) }, path);
}

/** Opens it as it is without a provider: one request for each record. */
export const logtapeAlone: Open = async (url, path) =>
  opened({ serviceName: "bench", otlpExporterConfig: { url: `${url}/v1/logs` } }, path);

function opened(options: object, path: string | undefined): Awaited<ReturnType<Open>> {
  const { configureSync, getJsonLinesFormatter, getLogger } = peer("@logtape/logtape") as LogTape;
  const { getOpenTelemetrySink } = peer("@logtape/otel") as { getOpenTelemetrySink: (options: object) => OtelSink };
  const otel = getOpenTelemetrySink(options);
  const sinks: { [name: string]: (record: unknown) => void } = { otel: (record) => otel(record) };
  if (path !== undefined) {
    const format = getJsonLinesFormatter();
    const fd = openSync(path, "w");
    // Its own streams drop records in a burst.
    sinks["line"] = (record) => void writeSync(fd, format(record));
  }
  const meta = { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" };
  configureSync({ reset: true, sinks, loggers: [{ category: "bench", sinks: Object.keys(sinks), lowestLevel: "info" }, meta] });
  const logger = getLogger("bench");
  return { log: (message, attrs) => logger.info(message, attrs), end: async () => otel[Symbol.asyncDispose]() };
}
