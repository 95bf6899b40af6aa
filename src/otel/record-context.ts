import { withoutSpan, withSpanContext } from "../context/captured-span.ts";
import { spanOf } from "../context/otel-api.ts";
import type { Context, SpanContext } from "@opentelemetry/api";
import type { LogRecord } from "../record/log-record.ts";

/**
 * Gives a context whose span is the record's: the ids that were captured at the call are what is sent, whatever a middleware, a
 * buffer or another context put between. Mostly it is the given one.
 */
export function contextOf(record: LogRecord, ctx: Context): Context {
  const own = record.spanContext;
  const carried = spanOf(ctx)?.spanContext();
  if (own === carried) return ctx;
  if (own === undefined) return withoutSpan(ctx);
  return carried !== undefined && isSame(own, carried) ? ctx : withSpanContext(ctx, own);
}

function isSame(a: SpanContext, b: SpanContext): boolean {
  return a.traceId === b.traceId && a.spanId === b.spanId && a.traceFlags === b.traceFlags;
}
