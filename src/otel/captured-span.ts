import { spanOf } from "../context/otel-api.ts";
import type { Context, Span, SpanContext } from "@opentelemetry/api";
import type { LogRecord } from "../record/log-record.ts";

const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/**
 * Gives a context whose span is the record's: the ids that were captured at the call are what is sent, whatever a middleware, a
 * buffer or another context put between. Mostly it is the given one.
 */
export function contextOf(record: LogRecord, ctx: Context): Context {
  const own = record.spanContext;
  const carried = spanOf(ctx)?.spanContext();
  if (own === carried) return ctx;
  if (own === undefined) return ctx.deleteValue(SPAN);
  return carried !== undefined && isSame(own, carried) ? ctx : ctx.setValue(SPAN, new CapturedSpan(own));
}

function isSame(a: SpanContext, b: SpanContext): boolean {
  return a.traceId === b.traceId && a.spanId === b.spanId && a.traceFlags === b.traceFlags;
}

/** Stands for a span of which only the ids are known: it records nothing. */
class CapturedSpan implements Span {
  readonly #spanContext: SpanContext;

  constructor(spanContext: SpanContext) {
    this.#spanContext = spanContext;
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {
    // It was never started here.
  }

  recordException(): void {
    // It records nothing.
  }
}
