import type { ReceivedRecord, Span } from "./otlp-json.ts";

/** Keeps what a receiver took. */
export class Telemetry {
  readonly spans: Span[] = [];
  readonly records: ReceivedRecord[] = [];
  /** Is called with the traces that something arrived for. */
  onArrival: (traceIds: ReadonlySet<string>) => void = () => undefined;

  addSpans(spans: readonly Span[]): void {
    this.spans.push(...spans);
    this.onArrival(new Set(spans.map(({ traceId }) => traceId)));
  }

  addRecords(records: readonly ReceivedRecord[]): void {
    this.records.push(...records);
    this.onArrival(new Set(records.map(({ traceId }) => traceId)));
  }

  /** Gives the traces with a span that links to one of this trace. */
  linkedTo(traceId: string): readonly string[] {
    const linked = this.spans.filter(({ links }) => links.some((link) => link.traceId === traceId));
    return [...new Set(linked.map((span) => span.traceId))];
  }
}
