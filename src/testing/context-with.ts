import { withSpanContext } from "../context/captured-span.ts";
import { ROOT } from "../context/otel-api.ts";
import type { Baggage, BaggageEntry, Context, SpanContext } from "@opentelemetry/api";

/** The trace id of {@link contextWith}'s span. */
export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
/** Its span id. */
export const SPAN_ID = "b7ad6b7169203331";

/** Says what {@link contextWith} puts into a context. */
export interface ContextParts {
  /** `true` gives a sampled span with the ids {@link TRACE_ID} and {@link SPAN_ID}; default: no span. */
  readonly span?: true | Partial<SpanContext>;
  /** Members by key; default: no baggage. */
  readonly baggage?: { readonly [key: string]: string };
}

/**
 * Makes a context with a span and baggage, without an OpenTelemetry SDK, to log with. The span does not record, as a remote one.
 *
 * @example
 * ```ts
 * logger.info(contextWith({ span: true, baggage: { tenant: "t1" } }), "order paid");
 * ```
 */
export function contextWith({ span, baggage }: ContextParts = {}): Context {
  let ctx: Context = ROOT;
  if (span !== undefined)
    ctx = withSpanContext(ctx, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, ...(span === true ? {} : span) });
  if (baggage !== undefined) ctx = ctx.setValue(Symbol.for("OpenTelemetry Baggage Key"), baggageOf(Object.entries(baggage)));
  return ctx;
}

function baggageOf(members: readonly [string, string][]): Baggage {
  const entries = members.map(([key, value]): [string, BaggageEntry] => [key, { value }]);
  return {
    getEntry: (key) => new Map(entries).get(key),
    getAllEntries: () => entries,
    setEntry: (key, entry) => baggageOf([...members.filter(([name]) => name !== key), [key, entry.value]]),
    removeEntry: (key) => baggageOf(members.filter(([name]) => name !== key)),
    removeEntries: (...keys) => baggageOf(members.filter(([name]) => !keys.includes(name))),
    clear: () => baggageOf([]),
  };
}
