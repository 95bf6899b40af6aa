import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Context, SpanContext } from "@opentelemetry/api";

const SPAN: SpanContext = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

/** Is the context of the cases with a span, made with the real API and its real context manager. */
export const span = {
  ids: { trace_id: SPAN.traceId, span_id: SPAN.spanId, trace_flags: "01" },
  empty: ROOT_CONTEXT,
  context: trace.setSpanContext(ROOT_CONTEXT, SPAN),
  /** Requests that are under way at the same time, whose calls alternate. */
  several: Array.from({ length: 16 }, (_, i) =>
    trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, spanId: `b7ad6b71692033${(i + 16).toString(16)}` }),
  ),
  withBaggage: propagation.setBaggage(
    trace.setSpanContext(ROOT_CONTEXT, SPAN),
    propagation.createBaggage({ "tenant.id": { value: "acme" }, plan: { value: "gold" } }),
  ),

  /** Runs a function with the span active; the context manager is registered by the first call, as an app does. */
  async within(run: () => Promise<void>): Promise<void> {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    await context.with(span.context, run);
  },

  /** Reads the ids from a context, as an app that logs with another library does in its mixin. */
  read(from: Context | undefined): { trace_id?: string; span_id?: string; trace_flags?: string } {
    const found = from === undefined ? trace.getActiveSpan()?.spanContext() : trace.getSpanContext(from);
    if (found === undefined) return {};
    return { trace_id: found.traceId, span_id: found.spanId, trace_flags: `0${found.traceFlags.toString(16)}` };
  },
};
