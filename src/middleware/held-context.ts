import { ROOT, spanOf } from "../context/otel-api.ts";
import type { Context, Span, SpanContext } from "@opentelemetry/api";

const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/**
 * Gives the context that a held record is let through with. The call's own is not kept, because it keeps the request alive: where the
 * context of now is of the same span it stands for it, live span and all, else one that has the span's ids.
 */
export function contextOf(span: SpanContext | undefined, now: Context | undefined): Context {
  if (span === undefined) return ROOT;
  if (now !== undefined && spanOf(now)?.spanContext().spanId === span.spanId) return now;
  return ROOT.setValue(SPAN, new EndedSpan(span));
}

/** Has a span's ids, and takes nothing any more. */
class EndedSpan implements Span {
  readonly #context: SpanContext;

  constructor(context: SpanContext) {
    this.#context = context;
  }

  spanContext(): SpanContext {
    return this.#context;
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
    // It has ended.
  }

  recordException(): void {
    // It takes nothing any more.
  }
}
