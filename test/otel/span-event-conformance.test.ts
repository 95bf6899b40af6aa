import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, test } from "vitest";
import { parseLevel } from "../../src/index.ts";
import { spanEvents } from "../../src/otel/index.ts";
import { testHandler } from "../../src/testing/index.ts";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Handler } from "../../src/index.ts";
import type { ParsedRecord } from "../../src/testing/index.ts";

const tracer = new TracerProvider({ spanLimits: { eventCountLimit: 1e6, attributePerEventCountLimit: 1e6 } }).getTracer("test");

// Defect 10 of slog-otel: what it puts onto the span was never held against slog's own cases.
describe("spanEvents, as a mirror, conforms", () => {
  testHandler(test, {
    lacks: ["nesting", "types", "event name", "logger", "trace"],
    skip: {
      "empty-key-value": "the SDK drops the empty key; its value is kept as `attr.`",
      "zero-time": "a span's event always has a time: its own, when the record has none",
      times: "so it has when a record's time is none that OTLP can hold",
    },
    makeHandler() {
      const span = tracer.startSpan("request");
      const mirror = spanEvents({ mode: "mirror", level: "trace", maxEvents: 1e6 });
      // The kit logs in contexts of its own: each record is put onto the one span.
      const handler: Handler = {
        enabled: (level) => mirror.enabled(level, trace.setSpan(ROOT_CONTEXT, span)),
        handle: (record, ctx) => mirror.handle({ ...record, spanContext: span.spanContext() }, trace.setSpan(ctx, span)),
        shutdown: async () => span.end(),
      };
      return { handler, records: () => (span as unknown as ReadableSpan).events.map(parsed) };
    },
  });
});

function parsed({ time, attributes = {} }: ReadableSpan["events"][number]): ParsedRecord {
  const { "log.severity": level, "log.message": message, ...attrs } = attributes;
  return { time: time[0] * 1000 + Math.floor(time[1] / 1e6), level: parseLevel(String(level)), message: String(message), attrs };
}
