import { activeContext } from "../context/otel-api.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { eventAttributes } from "./event-attributes.ts";
import { HrClock, UNKNOWN_TIME } from "./hr-time.ts";
import { readSpanEventOptions } from "./span-event-options.ts";
import { errorOf, SpanRecord } from "./span-record.ts";
import { recordingSpan, writeToSpan } from "./span-writer.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { SpanEventOptions, SpanEventPolicy } from "./span-event-options.ts";

/**
 * Makes a handler that puts records onto the live span of their context as span events; compose it with one that sends them, since a
 * span that does not record gets nothing. It never throws, and never touches a span that has ended or is not the record's own.
 *
 * The mode `bridge`, the default, follows the specification: a record with an event name becomes one event of that name. The mode
 * `mirror` takes every record from a level up, within a budget for each span. The span's status is left alone unless `status` says so.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/sdk/#event-to-span-event-bridge
 * @throws TypeError or RangeError when an option is not what is expected; the message names it.
 *
 * @example
 * ```ts
 * const logger = new Logger(fanout(jsonHandler(), spanEvents({ mode: "mirror", level: "warn", status: "error" })));
 * ```
 */
export function spanEvents(options: SpanEventOptions = {}): Handler {
  return new SpanEvents(readSpanEventOptions(options));
}

class SpanEvents implements Handler {
  readonly threshold: LevelVar;
  readonly #policy: SpanEventPolicy;
  readonly #clock = new HrClock();

  constructor(policy: SpanEventPolicy) {
    this.#policy = policy;
    this.threshold = policy.threshold;
  }

  enabled(level: Level, ctx: Context = activeContext()): boolean {
    return level >= this.threshold.level && recordingSpan(ctx) !== undefined;
  }

  handle(record: LogRecord, ctx: Context): void {
    writeToSpan(ctx, record.spanContext, this.#policy, () => this.#make(record));
  }

  #make(record: LogRecord): SpanRecord {
    const { level, message, eventName } = record;
    const time = this.#clock.at(record.time);
    const fields = {
      level,
      message: message.toWellFormed(),
      eventName: eventName?.toWellFormed(),
      time: time === UNKNOWN_TIME ? undefined : time,
    };
    return new SpanRecord(fields, {
      attrs: () => eventAttributes(plainAttrs(record, this.#policy.limits).attrs),
      error: () => errorOf(record),
    });
  }
}
