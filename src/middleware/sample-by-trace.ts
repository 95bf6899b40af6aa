import { ERROR, parseLevel } from "../level/level.ts";
import { createRecord } from "../record/log-record.ts";
import { toHandler } from "./children.ts";
import { delegate } from "./delegate.ts";
import { emit, endsOf, Interval } from "./interval.ts";
import { aFunction, expected, knownOptions, timerMs } from "./option.ts";
import { randomnessOf, thresholdOfRatio, thresholdOfTrace } from "./trace-threshold.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Handler, Middleware } from "../handler/handler.ts";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";

/** Configures {@link sampleByTrace}. */
export interface SampleByTraceOptions {
  /** How many of all traces keep their records: 0 to 1. */
  readonly ratio: number;
  /** From this level up nothing is left out; `"off"` spares none. Default: `error`. */
  readonly keepLevel?: LevelInput | undefined;
  /** Milliseconds from a record that is left out to the summary. Default 60,000. */
  readonly intervalMs?: number | undefined;
  /** Gives the time of the summary. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Keeps the records of some traces whole and leaves out those of the others. The decision follows from the trace's own random bits,
 * so that each service and each language that decides by them agrees, without a word between them: a trace kept at a ratio is kept
 * at every higher one. Where the tracestate states by which threshold the trace itself was sampled, the stricter of the two holds:
 * `ratio: 1` keeps the records of exactly the traces that are kept.
 *
 * Records without a trace pass. At the end of an interval in which something was left out, and at `flush()`, `shutdown()` and the
 * process's end, a record `records of traces left out` says how many.
 *
 * @throws RangeError or TypeError when an option is not what is expected.
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { sampleByTrace } from "correlog/middleware";
 *
 * const logger = new Logger(sampleByTrace({ ratio: 0.1 })(jsonHandler()));
 * logger.info("order paid", { orderId: 17 });
 * ```
 */
export function sampleByTrace(options: SampleByTraceOptions): Middleware {
  knownOptions("sampleByTrace", options, ["ratio", "keepLevel", "intervalMs", "clock"]);
  const { ratio, keepLevel = ERROR, intervalMs = 60_000, clock = () => Date.now() } = options;
  if (typeof ratio !== "number" || !(ratio >= 0 && ratio <= 1))
    throw new RangeError(expected("ratio", "a number from 0 to 1", ratio));
  const lowest = parseLevel(keepLevel, "keepLevel");
  const threshold = thresholdOfRatio(ratio);
  timerMs("intervalMs", intervalMs);
  aFunction("clock", clock);
  return (next) => {
    const left = new LeftOut(next, intervalMs, clock);
    const decision = new TraceDecision(threshold);
    return delegate(toHandler("sampleByTrace", next), {
      handle(record, ctx) {
        const { level, spanContext, time } = record;
        if (spanContext === undefined || level >= lowest || decision.keeps(spanContext)) return next.handle(record, ctx);
        left.count(level, time);
      },
      ...endsOf(left.interval, next),
    });
  };
}

class TraceDecision {
  readonly #threshold: string;
  #last: SpanContext | undefined;
  #keepsLast = true;

  constructor(threshold: string) {
    this.#threshold = threshold;
  }

  keeps(span: SpanContext): boolean {
    if (span === this.#last) return this.#keepsLast;
    const ofTrace = thresholdOfTrace(span);
    const threshold = ofTrace !== undefined && ofTrace > this.#threshold ? ofTrace : this.#threshold;
    this.#last = span;
    return (this.#keepsLast = randomnessOf(span) >= threshold);
  }
}

class LeftOut {
  readonly interval: Interval;
  readonly #next: Handler;
  readonly #clock: () => number;
  readonly #intervalMs: number;
  #dropped = 0;
  #highest: Level = 0;

  constructor(next: Handler, intervalMs: number, clock: () => number) {
    this.#next = next;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.interval = Interval.saying(intervalMs, () => this.#summarize());
  }

  count(level: Level, time: number | undefined): void {
    this.interval.reach(time);
    if (this.#dropped++ === 0) this.interval.begin(time);
    if (level > this.#highest) this.#highest = level;
  }

  #summarize(): void {
    if (this.#dropped === 0) return;
    const attrs = { dropped: this.#dropped, interval_ms: this.#intervalMs };
    const record: LogRecord = createRecord({
      time: this.#clock(),
      level: this.#highest,
      message: "records of traces left out",
      attrs,
    });
    this.#dropped = this.#highest = 0;
    emit(this.#next, record);
  }
}
