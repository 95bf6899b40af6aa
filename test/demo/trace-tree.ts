import type { ReceivedRecord, Span, SpanEvent } from "./otlp-json.ts";
import type { Telemetry } from "./telemetry.ts";

/** Is what happened within a span, in the order of time. */
export type Step =
  | { readonly kind: "record"; readonly record: ReceivedRecord }
  | { readonly kind: "event"; readonly event: SpanEvent }
  | { readonly kind: "span"; readonly node: SpanNode };

export interface SpanNode {
  readonly span: Span;
  readonly steps: readonly Step[];
}

export interface TraceTree {
  readonly traceId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly spans: readonly Span[];
  readonly records: readonly ReceivedRecord[];
  /** Holds the spans whose parent is not in the trace: the root, and what lost its parent. */
  readonly roots: readonly SpanNode[];
  /** Holds the records whose span is not in the trace. */
  readonly strays: readonly ReceivedRecord[];
}

/** Puts the spans and records of one trace in order. */
export function traceTree(telemetry: Telemetry, traceId: string): TraceTree {
  const spans = telemetry.spans.filter((span) => span.traceId === traceId);
  const records = telemetry.records.filter((record) => record.traceId === traceId);
  const known = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => !known.has(parentSpanId)).sort((a, b) => a.startMs - b.startMs);
  return {
    traceId,
    startMs: Math.min(...spans.map(({ startMs }) => startMs)),
    endMs: Math.max(...spans.map(({ endMs }) => endMs)),
    spans,
    records,
    roots: roots.map((span) => spanNode(span, spans, records)),
    strays: records.filter(({ spanId }) => !known.has(spanId)),
  };
}

function spanNode(span: Span, spans: readonly Span[], records: readonly ReceivedRecord[]): SpanNode {
  const steps: (readonly [at: number, step: Step])[] = [
    // An event made from a record has its time, and comes after it; a microsecond is more than the rounding of either.
    ...span.events.map((event) => [event.timeMs + 0.001, { kind: "event", event }] as const),
    ...records
      .filter(({ spanId }) => spanId === span.spanId)
      .map((record) => [record.timeMs, { kind: "record", record }] as const),
    ...spans
      .filter(({ parentSpanId }) => parentSpanId === span.spanId)
      .map((child) => [sortTime(child), { kind: "span", node: spanNode(child, spans, records) }] as const),
  ];
  return { span, steps: steps.sort(([a], [b]) => a - b).map(([, step]) => step) };
}

/** Says when a span began: the SDK cuts a start to the millisecond, and what led to the span must not seem to come after it. */
function sortTime({ startMs, endMs }: Span): number {
  return Number.isInteger(startMs) ? Math.min(startMs + 0.999, endMs) : startMs;
}
