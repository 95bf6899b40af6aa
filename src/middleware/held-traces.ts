import { attempt } from "../handler/fanout.ts";
import { createRecord } from "../record/log-record.ts";
import { contextOf } from "./held-context.ts";
import { Interval } from "./interval.ts";
import { isPrimitive, snapshotAttrs, snapshotBinding } from "./snapshot.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Attrs } from "../record/attrs.ts";
import type { LogRecord } from "../record/log-record.ts";

export interface HoldBounds {
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly maxTraces: number;
  readonly maxAgeMs: number;
}

interface HeldTrace {
  readonly id: string;
  readonly since: number;
  records: HeldRecord[];
  /** Where the oldest record stands that is still held: taking the first off a list costs a move of all others. */
  first: number;
  /** Records that no longer fitted. */
  dropped: number;
  /** It mattered: what comes now passes at once. */
  isReleased: boolean;
}

interface HeldRecord {
  readonly record: LogRecord;
  readonly bytes: number;
}

/** Bytes that a record is counted for beside its text: measured, 9 members and the copy of a few attributes. */
const RECORD_BYTES = 256;
const VALUE_BYTES = 16;

/** Keeps records by trace until it is known whether they matter. */
export class HeldTraces {
  readonly #next: Handler;
  readonly #bounds: HoldBounds;
  readonly #clock: () => number;
  readonly #sweep: Interval;
  /** Oldest first. */
  readonly #traces = new Map<string, HeldTrace>();
  #last: HeldTrace | undefined;
  #lastBinding: LogRecord["binding"];
  #lastBound: LogRecord["binding"];
  #bytes = 0;

  constructor(next: Handler, bounds: HoldBounds, clock: () => number) {
    this.#next = next;
    this.#bounds = bounds;
    this.#clock = clock;
    this.#sweep = new Interval(Math.ceil(bounds.maxAgeMs / 4), () => this.#dropOld());
  }

  /** Keeps a record; false when its trace is let through already. */
  hold(record: LogRecord): boolean {
    const trace = this.#of(record.spanContext?.traceId ?? "");
    if (trace.isReleased) return false;
    const { binding } = record;
    if (binding !== this.#lastBinding) {
      this.#lastBinding = binding;
      this.#lastBound = binding === undefined ? undefined : snapshotBinding(binding);
    }
    const held = take(record, this.#lastBound);
    trace.records.push(held);
    this.#bytes += held.bytes;
    if (trace.records.length - trace.first > this.#bounds.maxRecords) this.#dropFirst(trace);
    if (this.#bytes > this.#bounds.maxBytes) this.#makeRoom(trace);
    return true;
  }

  /** Lets through what is held of a trace, and what comes of it later. */
  release(id: string, ctx?: Context): void {
    const trace = this.#of(id);
    if (trace.isReleased) return;
    trace.isReleased = true;
    const { dropped } = trace;
    const records = this.#forget(trace);
    const [first] = records;
    if (dropped > 0 && first !== undefined) this.#pass(missing(first.record, dropped), ctx);
    for (const { record } of records) this.#pass(record, ctx);
  }

  /** Forgets a trace that is over and did not matter. */
  discard(id: string): void {
    const trace = this.#traces.get(id);
    if (trace !== undefined) this.#delete(trace);
  }

  /** Forgets all. */
  shutdown(): void {
    for (const trace of this.#traces.values()) this.#delete(trace);
    this.#sweep.shutdown();
  }

  #of(id: string): HeldTrace {
    if (this.#last?.id === id) return this.#last;
    let trace = this.#traces.get(id);
    if (trace === undefined) {
      trace = { id, since: this.#clock(), records: [], first: 0, dropped: 0, isReleased: false };
      this.#traces.set(id, trace);
      this.#sweep.begin();
      if (this.#traces.size > this.#bounds.maxTraces) this.#dropOldest();
    }
    return (this.#last = trace);
  }

  #pass(record: LogRecord, ctx: Context | undefined): void {
    attempt(this.#next, record, contextOf(record.spanContext, ctx));
  }

  #dropOldest(): void {
    for (const trace of this.#traces.values()) return this.#delete(trace);
  }

  #dropOld(): void {
    const before = this.#clock() - this.#bounds.maxAgeMs;
    for (const trace of this.#traces.values()) {
      if (trace.since > before) break;
      this.#delete(trace);
    }
    if (this.#traces.size > 0) this.#sweep.begin();
  }

  /** Takes the records of the oldest traces, and of the trace that needs the room its own oldest ones. */
  #makeRoom(needy: HeldTrace): void {
    for (const trace of this.#traces.values()) {
      if (this.#bytes <= this.#bounds.maxBytes) return;
      if (trace === needy) continue;
      trace.dropped += this.#forget(trace).length;
    }
    while (this.#bytes > this.#bounds.maxBytes && needy.first < needy.records.length) this.#dropFirst(needy);
  }

  #dropFirst(trace: HeldTrace): void {
    this.#bytes -= trace.records[trace.first]?.bytes ?? 0;
    trace.dropped++;
    // Let go of in a row: a record is moved once, and at most twice the bound is kept.
    if (++trace.first < this.#bounds.maxRecords) return;
    trace.records.splice(0, trace.first);
    trace.first = 0;
  }

  #forget(trace: HeldTrace): readonly HeldRecord[] {
    const held = trace.records.slice(trace.first);
    for (const { bytes } of held) this.#bytes -= bytes;
    trace.records = [];
    trace.first = 0;
    return held;
  }

  #delete(trace: HeldTrace): void {
    this.#forget(trace);
    this.#traces.delete(trace.id);
    if (this.#last === trace) this.#last = undefined;
  }
}

/** Says in the trace itself that the beginning of it is not there. */
function missing({ time, level, logger, spanContext }: LogRecord, dropped: number): LogRecord {
  return createRecord({
    time,
    level,
    logger,
    spanContext,
    message: "earlier records of this trace were dropped",
    attrs: { dropped },
  });
}

/** Takes what is the caller's out of a record: a copy of its attributes, one level deep where that is all, and resolved where not. */
function take(record: LogRecord, binding: LogRecord["binding"]): HeldRecord {
  const { attrs, time, level, message, eventName, logger, spanContext, baggage } = record;
  let own = attrs;
  let bytes = RECORD_BYTES + message.length * 2;
  if (attrs !== undefined) {
    own = snapshotAttrs(attrs);
    bytes += sizeOf(own);
  }
  return { record: { time, level, message, eventName, logger, attrs: own, binding, spanContext, baggage }, bytes };
}

function sizeOf(attrs: Attrs): number {
  let bytes = 0;
  for (const key in attrs) {
    const value = attrs[key];
    bytes += VALUE_BYTES + key.length;
    if (typeof value === "string") bytes += value.length * 2;
    else if (!isPrimitive(value)) bytes += sizeOfObject(value as object);
  }
  return bytes;
}

/** Estimates a snapshot: literals, lists, maps, errors and bytes; it has no circles. */
function sizeOfObject(value: object): number {
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return sizeOf(Object.fromEntries(value as Map<string, unknown>));
  const text = value instanceof Error ? 2 * (String(value.stack).length + String(value.message).length) : 0;
  return VALUE_BYTES + text + sizeOf(value as Attrs);
}
