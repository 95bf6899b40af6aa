import { withSpanContext } from "../context/captured-span.ts";
import { ROOT, spanOf } from "../context/otel-api.ts";
import type { Context, SpanContext } from "@opentelemetry/api";

/**
 * Gives the context that a held record is let through with. The call's own is not kept, because it keeps the request alive: where the
 * context of now is of the same span it stands for it, live span and all, else one that has the span's ids.
 */
export function contextOf(span: SpanContext | undefined, now: Context | undefined): Context {
  if (span === undefined) return ROOT;
  if (now !== undefined && spanOf(now)?.spanContext().spanId === span.spanId) return now;
  return withSpanContext(ROOT, span);
}
