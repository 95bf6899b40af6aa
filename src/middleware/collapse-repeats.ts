import { toHandler } from "./children.ts";
import { delegate } from "./delegate.ts";
import { HashFilter } from "./hash-filter.ts";
import { emit, endsOf, Interval } from "./interval.ts";
import { knownOptions, timerMs, wholeNumber } from "./option.ts";
import {
  hashOf,
  hashOfBinding,
  hashOfFlat,
  isSameAttrs,
  isSameBaggage,
  isSameBinding,
  isSameSource,
  NOT_FLAT,
  toComparable,
} from "./same-record.ts";
import { RECORD_BYTES, sizeOf, sizeOfBinding, sizeOfObject } from "./record-size.ts";
import { snapshotBinding, toAttrs } from "./snapshot.ts";
import { Group } from "../value/plain.ts";
import type { Handler, Middleware } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Comparable } from "./same-record.ts";

/** Configures {@link collapseRepeats}. */
export interface CollapseRepeatsOptions {
  /** Milliseconds from the first record to when repeats are counted anew. Default 1000. */
  readonly intervalMs?: number | undefined;
  /** Different records that are remembered in an interval, and 16 MiB of them at most; later ones pass, repeats included. Default 1000. */
  readonly maxKeys?: number | undefined;
}

/** What the count is called; it stands at the root of the record, or in the group that is open. */
const COUNT = "repeated";

/** Bytes that are remembered, estimated: what is logged may be as large as a client's request. */
const MOST_BYTES = 16_777_216;

/**
 * Makes one of records that are the same: level, message, logger, event, source, and all attributes, bound ones and baggage included. The
 * first passes at once; those that follow in the interval are counted, and at its end, at `flush()`, `shutdown()` or the process's end, the record
 * comes once more, with the time and ids of the last of them and `repeated`, how many it stands for, also where it has an attribute of that
 * name. What comes so keeps the order in which the first ones came. What goes by the call's context or adds attributes that tell records apart
 * (`debugRequest`, `contextAttrs`) stands before.
 *
 * @throws RangeError or TypeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { collapseRepeats } from "correlog/middleware";
 *
 * const logger = new Logger(collapseRepeats()(jsonHandler()));
 * for (let i = 0; i < 500; i++) logger.warn("connection refused", { host: "db" });
 * await logger.flush(); // the first, and one with "repeated":499
 * ```
 */
export function collapseRepeats(options: CollapseRepeatsOptions = {}): Middleware {
  knownOptions("collapseRepeats", options, ["intervalMs", "maxKeys"]);
  const { intervalMs = 1000, maxKeys = 1000 } = options;
  timerMs("intervalMs", intervalMs);
  wholeNumber("maxKeys", maxKeys);
  return (next) => {
    const repeats = new Repeats(next, intervalMs, maxKeys);
    return delegate(toHandler("collapseRepeats", next), {
      handle: (record, ctx) => (repeats.takes(record) ? undefined : next.handle(record, ctx)),
      ...endsOf(repeats.interval, next),
    });
  };
}

/** Is a record that passed, and what came of it since. */
interface Seen {
  readonly first: LogRecord;
  readonly attrs: Comparable;
  count: number;
  time: number | undefined;
  spanContext: LogRecord["spanContext"];
}

class Repeats {
  readonly interval: Interval;
  readonly #next: Handler;
  readonly #maxKeys: number;
  readonly #byHash = new Map<number, Seen[]>();
  /** What is not there before is told by it: to find nothing in a Map costs 30 ns. */
  readonly #hashes: HashFilter;
  /** In the order in which they came first. */
  #all: Seen[] = [];
  #lastBinding: LogRecord["binding"];
  #lastHash = 0;
  /** What was repeated last: who says the same thing goes on saying it, and comparing costs half of finding. */
  #lastRepeated: Seen | undefined;
  #bytes = 0;
  #lastSized: LogRecord["binding"];

  constructor(next: Handler, intervalMs: number, maxKeys: number) {
    this.#next = next;
    this.#maxKeys = maxKeys;
    this.#hashes = new HashFilter(maxKeys);
    this.interval = Interval.saying(intervalMs, () => this.#end());
  }

  /** Counts a record that was there before; false when it is to pass. */
  takes(record: LogRecord): boolean {
    this.interval.reach(record.time);
    const last = this.#lastRepeated;
    if (last !== undefined && isSameAgain(record, last)) return again(last, record);
    if (record.binding !== this.#lastBinding) {
      this.#lastBinding = record.binding;
      this.#lastHash = hashOfBinding(record.binding);
    }
    let attrs: Comparable = record.attrs;
    let hash = hashOfFlat(record, this.#lastHash);
    if (hash === NOT_FLAT) {
      attrs = toComparable(record.attrs);
      hash = hashOf(record, attrs, this.#lastHash);
    }
    const seen = this.#hashes.has(hash) ? this.#byHash.get(hash) : undefined;
    if (seen !== undefined) {
      for (const each of seen) {
        if (!isRepeat(record, attrs, each)) continue;
        this.#lastRepeated = each;
        return again(each, record);
      }
    }
    if (this.#all.length < this.#maxKeys) this.#remember(hash, seen, record, attrs);
    return false;
  }

  #remember(hash: number, seen: Seen[] | undefined, record: LogRecord, attrs: Comparable): void {
    // What is held back now would never be said.
    if (this.interval.isOver) return;
    const kept = attrs instanceof Group || attrs === undefined ? attrs : { ...attrs };
    const binding = record.binding === undefined ? undefined : snapshotBinding(record.binding);
    const bytes = RECORD_BYTES + 2 * record.message.length + sizeOfComparable(kept) + this.#sizeOnce(binding);
    if (this.#bytes + bytes > MOST_BYTES) return;
    this.#bytes += bytes;
    this.#lastSized = binding;
    const first = { ...record, attrs: undefined, binding };
    const entry: Seen = { first, attrs: kept, count: 0, time: record.time, spanContext: record.spanContext };
    if (seen !== undefined) seen.push(entry);
    else {
      this.#hashes.add(hash);
      this.#byHash.set(hash, [entry]);
    }
    if (this.#all.push(entry) === 1) this.interval.begin(record.time);
  }

  /** Counts what is bound to a logger once for its records in a row. */
  #sizeOnce(binding: LogRecord["binding"]): number {
    return binding === undefined || binding === this.#lastSized ? 0 : sizeOfBinding(binding);
  }

  #end(): void {
    const all = this.#all;
    this.#all = [];
    this.#lastRepeated = this.#lastSized = undefined;
    this.#bytes = 0;
    this.#byHash.clear();
    this.#hashes.clear();
    for (const { first, attrs, count, time, spanContext } of all) {
      if (count === 0) continue;
      const own = attrs instanceof Group ? toAttrs(attrs) : attrs;
      // First, so that no bound of an output cuts it off.
      const said: { [key: string]: unknown } = { [COUNT]: count, ...own };
      said[COUNT] = count;
      emit(this.#next, { ...first, attrs: said, time, spanContext });
    }
  }
}

/** Counts a record; it is true that it was taken. */
function again(seen: Seen, { time, spanContext }: LogRecord): true {
  seen.count++;
  seen.time = time;
  seen.spanContext = spanContext;
  return true;
}

/** Tells a repeat whose attributes can be compared as they are. */
function isSameAgain(record: LogRecord, last: Seen): boolean {
  const { attrs } = record;
  if (record.message !== last.first.message || last.attrs instanceof Group) return false;
  try {
    return isRepeat(record, attrs, last);
  } catch {
    // A getter or a proxy threw: resolving says so in its place, and that can be compared.
    return false;
  }
}

function isRepeat(record: LogRecord, attrs: Comparable, { first, attrs: kept }: Seen): boolean {
  return (
    record.message === first.message &&
    record.level === first.level &&
    record.logger === first.logger &&
    record.eventName === first.eventName &&
    isSameAttrs(attrs, kept) &&
    isSameBinding(record.binding, first.binding) &&
    isSameBaggage(record.baggage, first.baggage) &&
    isSameSource(record.source, first.source)
  );
}

/** Estimates what is kept of a record's own attributes. */
function sizeOfComparable(attrs: Comparable): number {
  if (attrs === undefined) return 0;
  return attrs instanceof Group ? sizeOfObject(attrs) : sizeOf(attrs);
}
