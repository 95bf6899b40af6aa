import { peer } from "./project.ts";
import { queueOf } from "./subject.ts";
import type { LoggerProvider } from "@opentelemetry/sdk-logs";
import type * as Sdk from "@opentelemetry/sdk-logs";
import type * as Http from "@opentelemetry/exporter-logs-otlp-http";
import type * as Proto from "@opentelemetry/exporter-logs-otlp-proto";
import type * as Resources from "@opentelemetry/resources";
import type { Open, Queue } from "./subject.ts";

interface Logs {
  setGlobalLoggerProvider(provider: unknown): unknown;
}

/** Is how the official pipeline sends. */
export interface Pipeline {
  readonly kind: "proto" | "json";
  readonly compression: "none" | "gzip";
  readonly queue: Queue;
}

/** Opens the official pipeline, called as its instrumentations call it. */
export function sdk(pipeline: Pipeline): Open {
  return async (url) => {
    const provider = providerOf(url, pipeline);
    const logger = provider.getLogger("bench");
    return {
      log: (body, attributes) => logger.emit({ severityNumber: 9, severityText: "INFO", body, attributes }),
      end: async () => provider.shutdown(),
    };
  };
}

/** Makes the provider that the instrumentations and LogTape send through. */
export function providerOf(url: string, { kind, compression, queue }: Pipeline): LoggerProvider {
  const { BatchLogRecordProcessor, LoggerProvider } = peer("@opentelemetry/sdk-logs") as typeof Sdk;
  const { resourceFromAttributes } = peer("@opentelemetry/resources") as typeof Resources;
  const { OTLPLogExporter } =
    kind === "json"
      ? (peer("@opentelemetry/exporter-logs-otlp-http") as typeof Http)
      : (peer("@opentelemetry/exporter-logs-otlp-proto") as typeof Proto);
  const exporter = new OTLPLogExporter({ url: `${url}/v1/logs`, compression: compression as never });
  const processor = new BatchLogRecordProcessor({ exporter, ...queueOf(queue) });
  return new LoggerProvider({ resource: resourceFromAttributes({ "service.name": "bench" }), processors: [processor] });
}

/** Makes it the provider of the process: one API has it in `@opentelemetry/api`, the older one in a package of its own. */
export function globalProvider(url: string, queue: Queue): LoggerProvider {
  const provider = providerOf(url, { kind: "proto", compression: "none", queue });
  for (const name of ["@opentelemetry/api", "@opentelemetry/api-logs"]) {
    (peer(name) as { readonly logs: Logs }).logs.setGlobalLoggerProvider(provider);
  }
  return provider;
}
