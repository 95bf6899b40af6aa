import { attempt } from "../handler/fanout.ts";
import { createRecord } from "../record/log-record.ts";
import { contextOf } from "./held-context.ts";
import { keep, letGo, RecordTaker } from "./held-record.ts";
import { Interval } from "./interval.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { HeldRecord } from "./held-record.ts";

export interface HoldBounds {
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly maxTraces: number;
  readonly maxAgeMs: number;
}

interface HeldTrace {
  readonly id: string;
  /** When it last held a record, or was let through. */
  since: number;
  /** Oldest first; one that was dropped is gone, but its place is not yet. */
  records: (HeldRecord | undefined)[];
  /** Where the oldest record stands that is still held: taking the first off a list costs a move of all others. */
  first: number;
  /** Records that no longer fitted. */
  dropped: number;
  /** Stands for the records of which none is left. */
  gap: LogRecord | undefined;
  /** It mattered: what comes now passes at once. */
  isReleased: boolean;
}

/** Places of dropped records that are not worth a move of the others. */
const FEW = 32;

/** Keeps records by trace until it is known whether they matter. */
export class HeldTraces {
  readonly #next: Handler;
  readonly #bounds: HoldBounds;
  readonly #clock: () => number;
  readonly #sweep: Interval;
  /** Oldest first. */
  readonly #traces = new Map<string, HeldTrace>();
  /** Those that hold records, in the order in which they began to: to make room must not cost a look at all that hold none. */
  readonly #holding = new Set<HeldTrace>();
  readonly #taker = new RecordTaker();
  /** Those that mattered and are over: when there are too many, they go first. */
  readonly #over = new Set<HeldTrace>();
  #last: HeldTrace | undefined;
  #bytes = 0;
  /** The time when it was last asked for: asking for each record would cost half of what holding it does. */
  #now = 0;

  constructor(next: Handler, bounds: HoldBounds, clock: () => number) {
    this.#next = next;
    this.#bounds = bounds;
    this.#clock = clock;
    this.#sweep = Interval.silent(Math.ceil(bounds.maxAgeMs / 4), () => this.#dropOld());
  }

  /** Keeps a record; false when its trace is let through already. */
  hold(record: LogRecord): boolean {
    const id = record.spanContext?.traceId ?? "";
    if (this.#of(id).isReleased) return false;
    const held = this.#taker.take(record, this.#now);
    // A value that logs when it is read may have let its trace through meanwhile, or made it give way to another.
    const trace = this.#of(id);
    if (trace.isReleased) return false;
    trace.since = this.#now;
    if (trace.records.push(held) === 1) this.#holding.add(trace);
    this.#bytes += keep(held);
    if (trace.records.length - trace.first > this.#bounds.maxRecords) this.#dropFirst(trace);
    if (this.#bytes > this.#bounds.maxBytes) this.#makeRoom(trace);
    return true;
  }

  /** Lets through what is held of a trace, and what comes of it later. */
  release(id: string, ctx?: Context): void {
    const trace = this.#of(id);
    if (trace.isReleased) return;
    trace.isReleased = true;
    trace.since = this.#now = this.#clock();
    const { dropped, gap } = trace;
    const records = this.#forget(trace);
    const before = records[0]?.record ?? gap;
    if (dropped > 0 && before !== undefined) this.#pass(missing(before, dropped), ctx);
    for (const { record } of records) this.#pass(record, ctx);
  }

  /** Forgets a trace that is over, unless it mattered: what is said of that later passes, too. */
  discard(id: string): void {
    const trace = this.#traces.get(id);
    if (trace?.isReleased === true) this.#over.add(trace);
    else if (trace !== undefined) this.#delete(trace);
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
      this.#now = this.#clock();
      trace = { id, since: this.#now, records: [], first: 0, dropped: 0, gap: undefined, isReleased: false };
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
    for (const trace of this.#over) return this.#delete(trace);
    for (const trace of this.#traces.values()) return this.#delete(trace);
  }

  /** Drops what is held for too long; of a trace that goes on the newer records stay. */
  #dropOld(): void {
    this.#now = this.#clock();
    const before = this.#now - this.#bounds.maxAgeMs;
    for (const trace of this.#traces.values()) {
      if (trace.since <= before) this.#delete(trace);
      else while ((trace.records[trace.first]?.since ?? Infinity) <= before) this.#dropFirst(trace);
    }
    if (this.#traces.size > 0) this.#sweep.begin();
  }

  /** Takes the records of the traces that hold theirs longest, and of the trace that needs the room its own oldest ones. */
  #makeRoom(needy: HeldTrace): void {
    for (const trace of this.#holding) {
      if (this.#bytes <= this.#bounds.maxBytes) return;
      if (trace === needy) continue;
      const forgotten = this.#forget(trace);
      trace.dropped += forgotten.length;
      trace.gap = headOf(forgotten.at(-1)) ?? trace.gap;
    }
    while (this.#bytes > this.#bounds.maxBytes && needy.first < needy.records.length) this.#dropFirst(needy);
  }

  #dropFirst(trace: HeldTrace): void {
    const { records, first } = trace;
    const dropped = records[first];
    if (dropped !== undefined) this.#bytes -= letGo(dropped);
    records[first] = undefined;
    trace.dropped++;
    trace.first++;
    if (trace.first === records.length) trace.gap = headOf(dropped);
    // Half of the places at a time: a record is moved once.
    if (trace.first < FEW || trace.first * 2 < records.length) return;
    records.splice(0, trace.first);
    trace.first = 0;
  }

  #forget(trace: HeldTrace): readonly HeldRecord[] {
    const held = trace.records.filter((each) => each !== undefined);
    for (const each of held) this.#bytes -= letGo(each);
    trace.records = [];
    trace.first = 0;
    this.#holding.delete(trace);
    return held;
  }

  #delete(trace: HeldTrace): void {
    this.#forget(trace);
    this.#traces.delete(trace.id);
    this.#over.delete(trace);
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

/** Gives what is said of a record that is dropped; the rest of it is let go of. */
function headOf(held: HeldRecord | undefined): LogRecord | undefined {
  if (held === undefined) return undefined;
  const { time, level, logger, spanContext } = held.record;
  return createRecord({ time, level, logger, spanContext });
}
