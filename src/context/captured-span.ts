import { SPAN } from "./otel-api.ts";
import type { Context, Span, SpanContext } from "@opentelemetry/api";

/** Gives a context that is the given one, but has a span of these ids, which takes nothing: for a record whose live span is not at hand. */
export function withSpanContext(ctx: Context, spanContext: SpanContext): Context {
  return ctx.setValue(SPAN, new CapturedSpan(spanContext));
}

/** Gives a context that is the given one, but has no span. */
export function withoutSpan(ctx: Context): Context {
  return ctx.deleteValue(SPAN);
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
