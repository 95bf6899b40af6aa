import { ERROR, levelName, parseLevel } from "../level/level.ts";
import { createRecord } from "../record/log-record.ts";
import { report } from "../report/report.ts";
import { toHandler } from "./children.ts";
import { delegate } from "./delegate.ts";
import { emit, endsOf, Interval } from "./interval.ts";
import { aFunction, knownOptions, synchronous, timerMs, wholeNumber } from "./option.ts";
import type { Handler, Middleware } from "../handler/handler.ts";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";

/** Configures {@link sample}. */
export interface SampleOptions {
  /** How many records of a key pass in each interval before any is left out. From 0; default 100. */
  readonly first?: number | undefined;
  /** Of the later ones each m-th passes; 0 lets none pass. Default 100. */
  readonly oneIn?: number | undefined;
  /** Milliseconds from the first record to when counting begins anew. Default 1000. */
  readonly intervalMs?: number | undefined;
  /** What is counted as one. Default: level and message. A record for which it throws passes, and that is reported. */
  readonly key?: ((record: LogRecord) => string) | undefined;
  /** From this level up nothing is left out; `"off"` spares none. Default: `error`. */
  readonly keepLevel?: LevelInput | undefined;
  /** Keys that are counted each by itself, and 16 MiB of them at most; the records of further ones count as one key. Default 1000. */
  readonly maxKeys?: number | undefined;
  /** Gives the time of the summary. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/** UTF-16 units of the keys: a message may be as large as a client's request. */
const MOST_UNITS = 8_388_608;

const OPTIONS = ["first", "oneIn", "intervalMs", "keepLevel", "maxKeys", "clock", "key"];

/**
 * Lets the first records of each key pass in an interval, and of the others one in so many. At the end of an interval in which
 * something was left out, and at `flush()`, `shutdown()` and the process's end, a record `records left out` says how many, and of which keys the most;
 * its level is the highest of those left out. It belongs to no request: what goes by the call's context or its trace (`debugRequest`, `hold`) stands
 * before, or drops it.
 *
 * Intervals end by a timer or, where that is late because the event loop is held up, with the first record behind the end.
 *
 * @throws RangeError or TypeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { sample } from "correlog/middleware";
 *
 * const logger = new Logger(sample({ first: 2, oneIn: 10 })(jsonHandler()));
 * for (let i = 0; i < 30; i++) logger.info("cache miss"); // 2, and each tenth of the other 28
 * await logger.flush();
 * ```
 */
export function sample(options: SampleOptions = {}): Middleware {
  knownOptions("sample", options, OPTIONS);
  const {
    first = 100,
    oneIn = 100,
    intervalMs = 1000,
    keepLevel = ERROR,
    maxKeys = 1000,
    clock = () => Date.now(),
    key,
  } = options;
  const rule: SampleRule = {
    first: wholeNumber("first", first, 0),
    oneIn: wholeNumber("oneIn", oneIn, 0),
    intervalMs: timerMs("intervalMs", intervalMs),
    keepLevel: parseLevel(keepLevel, "keepLevel"),
    maxKeys: wholeNumber("maxKeys", maxKeys),
    clock: aFunction("clock", clock),
    key: key === undefined ? undefined : synchronous("key", key),
  };
  return (next) => {
    const sampler = new Sampler(next, rule);
    return delegate(toHandler("sample", next), {
      handle: (record, ctx) => (sampler.keeps(record) ? next.handle(record, ctx) : undefined),
      ...endsOf(sampler.interval, next),
    });
  };
}

interface SampleRule {
  readonly first: number;
  readonly oneIn: number;
  readonly intervalMs: number;
  readonly keepLevel: Level;
  readonly maxKeys: number;
  readonly clock: () => number;
  readonly key: ((record: LogRecord) => string) | undefined;
}

interface Count {
  readonly level: Level;
  readonly key: string;
  seen: number;
  passed: number;
}

class Sampler {
  readonly interval: Interval;
  readonly #next: Handler;
  readonly #rule: SampleRule;
  /** By level, then by key: a key joined of both would be a string made for each record. */
  readonly #counts = new Map<Level, Map<string, Count>>();
  readonly #other: Count = { level: 0, key: "(other keys)", seen: 0, passed: 0 };
  #keys = 0;
  #units = 0;
  #highest: Level = 0;

  constructor(next: Handler, rule: SampleRule) {
    this.#next = next;
    this.#rule = rule;
    this.interval = Interval.saying(rule.intervalMs, () => this.#summarize());
  }

  keeps(record: LogRecord): boolean {
    const { level, message, time } = record;
    const { first, oneIn, keepLevel, key } = this.#rule;
    if (level >= keepLevel) return true;
    this.interval.reach(time);
    const count = key === undefined ? this.#count(level, message, time) : this.#countBy(key, record);
    if (count === undefined) return true;
    const over = ++count.seen - first;
    const isKept = over <= 0 || (oneIn > 0 && over % oneIn === 0);
    if (isKept) count.passed++;
    else if (level > this.#highest) this.#highest = level;
    return isKept;
  }

  #countBy(key: (record: LogRecord) => string, record: LogRecord): Count | undefined {
    try {
      // What is no text would be a key of its own each time.
      return this.#count(0, String(key(record)), record.time);
    } catch (error) {
      report("sample", error);
      return undefined;
    }
  }

  #count(level: Level, key: string, time: number | undefined): Count | undefined {
    const known = this.#counts.get(level)?.get(key);
    if (known !== undefined) return known;
    // What is left out now would never be said.
    if (this.interval.isOver) return undefined;
    // An interval that is over ends here, and takes all counts with it.
    this.interval.begin(time);
    if (this.#keys >= this.#rule.maxKeys || this.#units + key.length > MOST_UNITS) return this.#other;
    let counts = this.#counts.get(level);
    if (counts === undefined) this.#counts.set(level, (counts = new Map<string, Count>()));
    const count: Count = { level, key, seen: 0, passed: 0 };
    counts.set(key, count);
    this.#keys++;
    this.#units += key.length;
    return count;
  }

  #summarize(): void {
    const counts = [...this.#counts.values()].flatMap((each) => Array.from(each.values())).concat({ ...this.#other });
    const level = this.#highest;
    this.#counts.clear();
    this.#keys = this.#units = this.#highest = this.#other.seen = this.#other.passed = 0;
    const out = counts.filter(({ seen, passed }) => seen > passed);
    if (out.length > 0) emit(this.#next, leftOut(level, out, this.#rule));
  }
}

/** How many keys a summary names. */
const MOST_NAMED = 10;

function leftOut(level: Level, counts: readonly Count[], { intervalMs, clock }: SampleRule): LogRecord {
  const rows = counts
    .map((count) => ({ ...count, dropped: count.seen - count.passed }))
    .toSorted((a, b) => b.dropped - a.dropped);
  const dropped = rows.reduce((sum, row) => sum + row.dropped, 0);
  const by = rows.slice(0, MOST_NAMED).map(({ level: each, key, dropped: of }) => ({
    // What is counted by a key of the user's has no level: undefined leaves no trace.
    level: each > 0 ? levelName(each) : undefined,
    key,
    dropped: of,
  }));
  return createRecord({ time: clock(), level, message: "records left out", attrs: { dropped, interval_ms: intervalMs, by } });
}
