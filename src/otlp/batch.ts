import type { Envelope, Run } from "./envelope.ts";

/** Is a row of encoded records on its way, immutable from its cut on. */
export class Batch {
  /** The number of its first record, counted since the handler began: the order of delivery. */
  readonly first: number;
  readonly bytes: Uint8Array;
  /** Where each record starts; the first not always at 0. */
  readonly starts: readonly number[];
  readonly runs: readonly Run[];
  readonly envelope: Envelope;
  /** Where the last record ends. */
  readonly end: number;

  constructor(first: number, bytes: Uint8Array, starts: readonly number[], runs: readonly Run[], envelope: Envelope) {
    this.first = first;
    this.bytes = bytes;
    this.starts = starts;
    this.runs = runs;
    this.envelope = envelope;
    this.end = runs.at(-1)?.to ?? 0;
  }

  get count(): number {
    return this.starts.length;
  }

  /** The size of its records, in bytes. */
  get size(): number {
    return this.end - (this.starts[0] ?? 0);
  }

  /** Gives the request's body, in parts that are not copied. */
  body(): readonly Uint8Array[] {
    return this.envelope.body(this.bytes, this.runs);
  }

  /** Gives its two halves over the same bytes, to find the record for which a receiver refuses all. */
  halves(): readonly [Batch, Batch] {
    const middle = this.count >> 1;
    const at = this.starts[middle] ?? this.end;
    const before = this.runs.flatMap(({ scope, from, to }) => runOf(scope, from, Math.min(to, at)));
    const after = this.runs.flatMap(({ scope, from, to }) => runOf(scope, Math.max(from, at), to));
    return [
      new Batch(this.first, this.bytes, this.starts.slice(0, middle), before, this.envelope),
      new Batch(this.first + middle, this.bytes, this.starts.slice(middle), after, this.envelope),
    ];
  }
}

function runOf(scope: string, from: number, to: number): readonly Run[] {
  return from < to ? [{ scope, from, to }] : [];
}
