// One variant of bench/otlp/cost.ts, in a process of its own: logs 100,000 records ten times over to a receiver in another process and prints what it took.
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { measure } from "./measure.ts";
import { A_TURN, turn } from "./turn.ts";
import type { OtlpOptions } from "../../src/otlp/index.ts";
import type { Cost } from "./measure.ts";
import type { Attrs } from "./peers/subject.ts";

interface Subject {
  readonly log: (message: string, attrs: Attrs) => void;
  readonly flush: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A burst, which is flushed before the next one: several, so that a run is no shorter than half a second. */
const BURST = 100_000;
export const BURSTS = 10;
export const RECORDS: number = BURST * BURSTS;

const SUBJECTS: Readonly<Record<string, (url: string) => Promise<Subject>>> = {
  noop: async () => ({ log: () => {}, flush: async () => {}, end: async () => {} }),
  "correlog protobuf": async (url) => ours(url, {}),
  "correlog protobuf gzip": async (url) => ours(url, { compression: "gzip" }),
  "correlog json": async (url) => ours(url, { protocol: "http/json" }),
  "correlog json gzip": async (url) => ours(url, { protocol: "http/json", compression: "gzip" }),
  "sdk protobuf": async (url) => official(url, "proto", "none"),
  "sdk protobuf gzip": async (url) => official(url, "proto", "gzip"),
  "sdk json": async (url) => official(url, "http", "none"),
  "sdk json gzip": async (url) => official(url, "http", "gzip"),
};

export const VARIANTS: readonly string[] = Object.keys(SUBJECTS);

async function ours(endpoint: string, options: OtlpOptions): Promise<Subject> {
  const handler = otlpHandler({ env: {}, endpoint, resource: { "service.name": "bench" }, ...options });
  const logger = new Logger(handler, { name: "bench" });
  return {
    log: (message, attrs) => logger.info(message, attrs),
    flush: async () => handler.flush(),
    end: async () => handler.shutdown(),
  };
}

/** The official pipeline, with a queue and batches so large that it loses nothing. */
async function official(endpoint: string, kind: "http" | "proto", compression: "none" | "gzip"): Promise<Subject> {
  const { BatchLogRecordProcessor, LoggerProvider } = await import("@opentelemetry/sdk-logs");
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const { OTLPLogExporter } =
    kind === "http"
      ? await import("@opentelemetry/exporter-logs-otlp-http")
      : await import("@opentelemetry/exporter-logs-otlp-proto");
  const exporter = new OTLPLogExporter({ url: `${endpoint}/v1/logs`, compression: compression as never });
  const processor = new BatchLogRecordProcessor({ exporter, maxQueueSize: 200_000, maxExportBatchSize: 4096 });
  const provider = new LoggerProvider({ resource: resourceFromAttributes({ "service.name": "bench" }), processors: [processor] });
  const logger = provider.getLogger("bench");
  return {
    log: (body, attributes) => logger.emit({ severityNumber: 9, severityText: "INFO", body, attributes }),
    flush: async () => provider.forceFlush(),
    end: async () => provider.shutdown(),
  };
}

async function run(name: string, url: string): Promise<Cost> {
  const subject = await SUBJECTS[name]?.(url);
  if (subject === undefined) throw new RangeError(`no variant ${name}`);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  // Warm: every variant has its modules loaded and its code compiled.
  for (let i = 0; i < 20; i++) await turn(subject.log, (i - 20) * A_TURN);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return measure(RECORDS, async () => {
    for (let i = 0; i < RECORDS; i += A_TURN) {
      await turn(subject.log, i);
      if ((i + A_TURN) % BURST === 0) await subject.flush();
    }
    await subject.end();
  });
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const [, , name = "", url = ""] = process.argv;
  process.send(await run(name, url), () => process.exit(0));
}
