import { createRequire } from "node:module";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  ExportResultCode,
  getNumberFromEnv,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { defaultResource, detectResources, envDetector, serviceNameEnvDetector } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { ExportResult } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";

/** Counts what an exporter delivered: the SDK's own flush resolves also when nothing arrived. */
class SpanCount implements SpanExporter {
  spans = 0;
  failed = 0;
  readonly #exporter: SpanExporter;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.spans += spans.length;
      else this.failed += spans.length;
      done(result);
    });
  }

  async shutdown(): Promise<void> {
    await this.#exporter.shutdown();
  }
}

/** Is the running SDK of a service. */
export interface Tracing {
  readonly count: { readonly spans: number; readonly failed: number };
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Sets the OpenTelemetry SDK up as its variables say: traces by OTLP, W3C trace context and baggage, spans for HTTP in and out. */
export function startTracing(): Tracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  const protocol = process.env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? process.env["OTEL_EXPORTER_OTLP_PROTOCOL"];
  const count = new SpanCount(protocol === "http/json" ? new JsonExporter() : new ProtobufExporter());
  const scheduledDelayMillis = getNumberFromEnv("OTEL_BSP_SCHEDULE_DELAY") ?? 5000;
  const detected = detectResources({ detectors: [envDetector, serviceNameEnvDetector] });
  const provider = new TracerProvider({
    resource: defaultResource().merge(detected),
    spanProcessors: [new BatchSpanProcessor({ exporter: count, scheduledDelayMillis })],
  });
  trace.setGlobalTracerProvider(provider);
  instrument();
  return { count, flush: async () => provider.forceFlush(), shutdown: async () => provider.shutdown() };
}

/**
 * Gives HTTP its spans. In ESM that takes a loader hook as a rule, whose registration warns on Node 26 (DEP0205). A server needs
 * none: it is patched on `Server.prototype`, which ESM and CommonJS share, as soon as a `require` shows it to the instrumentation.
 * `fetch` is watched through a diagnostics channel.
 */
function instrument(): void {
  registerInstrumentations({
    instrumentations: [new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true }), new UndiciInstrumentation()],
  });
  createRequire(import.meta.url)("node:http");
}
