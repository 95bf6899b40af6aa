import { createRequire } from "node:module";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import type * as NodeHttp from "node:http";
import type * as Api from "@opentelemetry/api";
import type * as JsonExporter from "@opentelemetry/exporter-logs-otlp-http";
import type * as SdkLogs from "@opentelemetry/sdk-logs";
import type * as SdkTrace from "@opentelemetry/sdk-trace";
import type { Context, Span } from "@opentelemetry/api";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";

/** Is one generation of OpenTelemetry, in its CommonJS build: 3 is the root's, 2 the fixture app's with an API copy of its own. */
export interface Generation {
  readonly number: 2 | 3;
  /** The manifest of an app that has this generation installed. */
  readonly root: string;
  readonly require: NodeJS.Require;
  readonly api: typeof Api;
  /** Where the SDK registers: `api.logs` in generation 3, api-logs in generation 2. */
  readonly logs: Pick<typeof Api.logs, "disable" | "getLoggerProvider" | "setGlobalLoggerProvider">;
  readonly sdkLogs: typeof SdkLogs;
  readonly sdkTrace: typeof SdkTrace;
  readonly OTLPLogExporter: typeof JsonExporter.OTLPLogExporter;
}

const ROOTS = {
  2: join(import.meta.dirname, "../fixtures/otel-2/package.json"),
  3: join(import.meta.dirname, "../../package.json"),
};

export function generation(number: 2 | 3): Generation {
  const require = createRequire(ROOTS[number]);
  const api = require("@opentelemetry/api") as typeof Api;
  const { AsyncLocalStorageContextManager } = require("@opentelemetry/context-async-hooks");
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    number,
    root: ROOTS[number],
    require,
    api,
    logs: number === 3 ? api.logs : require("@opentelemetry/api-logs").logs,
    sdkLogs: require("@opentelemetry/sdk-logs"),
    sdkTrace: require("@opentelemetry/sdk-trace"),
    OTLPLogExporter: require("@opentelemetry/exporter-logs-otlp-http").OTLPLogExporter,
  };
}

/** Keeps what a provider would export. */
export function memoryProvider({ sdkLogs }: Generation, options: object = {}) {
  const exporter = new sdkLogs.InMemoryLogRecordExporter();
  const provider = new sdkLogs.LoggerProvider({ processors: [new sdkLogs.SimpleLogRecordProcessor({ exporter })], ...options });
  return { exporter, provider, records: () => exporter.getFinishedLogRecords().map(content) };
}

/** Gives what is sent of a record, but for the resource. */
export function content(record: ReadableLogRecord) {
  const { hrTime, severityNumber, severityText, body, eventName, attributes, droppedAttributesCount, spanContext } = record;
  const { traceId, spanId, traceFlags } = spanContext ?? {};
  const scope = record.instrumentationScope.name;
  return {
    scope,
    hrTime,
    severityNumber,
    severityText,
    body,
    eventName,
    attributes,
    droppedAttributesCount,
    traceId,
    spanId,
    traceFlags,
  };
}

/** Makes spans, and keeps those that ended. */
export function memoryTracer({ sdkTrace }: Generation, options: object = {}) {
  const exporter = new sdkTrace.InMemorySpanExporter();
  const provider = new sdkTrace.TracerProvider({ spanProcessors: [new sdkTrace.SimpleSpanProcessor({ exporter })], ...options });
  const tracer = provider.getTracer("test");
  return { provider, tracer, spans: () => exporter.getFinishedSpans() };
}

/** Ends a span and gives what it was told. */
export function ended(span: Span) {
  span.end();
  const { events, status, attributes } = span as unknown as {
    events: { name: string; time: [number, number]; attributes?: { [key: string]: unknown }; droppedAttributesCount?: number }[];
    status: object;
    attributes: object;
  };
  return {
    events: events.map(({ name, attributes }) => ({ name, attributes })),
    times: events.map(({ time }) => time),
    status,
    attributes,
  };
}

/** Gives a context with a span that was not sampled, or of a remote parent: its ids are valid and it records nothing. */
export function remoteContext({ api }: Generation, traceFlags: number): { ctx: Context; traceId: string; spanId: string } {
  const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  return { ctx: api.trace.setSpan(api.ROOT_CONTEXT, api.trace.wrapSpanContext({ ...ids, traceFlags })), ...ids };
}

/** Takes OTLP requests, and answers each with a status. */
export async function otlpServer({ require }: Generation, status = 200) {
  const { createServer } = require("node:http") as typeof NodeHttp;
  const bodies: { resourceLogs: { scopeLogs: { scope: object; logRecords: { [key: string]: unknown }[] }[] }[] }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url, bodies, close };
}
