import { levelName } from "../level/level.ts";
import { report } from "../report/report.ts";
import { atExit } from "../write/exit.ts";
import { otelAttributes } from "./any-value.ts";
import { contextOf } from "./record-context.ts";
import { HrClock } from "./hr-time.ts";
import { Turns } from "./turns.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { EnabledQuestion, ProviderLoggers } from "./logger-provider.ts";

/** Emits records to a LoggerProvider. It is flushed at a natural end and, for 2 s at most, on a signal; all other ends are the app's. */
export class ProviderHandler implements Handler {
  readonly threshold: LevelVar;
  readonly #loggers: ProviderLoggers;
  readonly #limits: Limits;
  readonly #uncut: Limits;
  readonly #clock = new HrClock();
  readonly #turns = new Turns();
  /** Records that were emitted, and how many of them a flush was asked for that ended. */
  #emitted = 0;
  #flushed = 0;
  readonly #forget: () => void;
  #closed = false;

  constructor(loggers: ProviderLoggers, threshold: LevelVar, limits: Limits) {
    this.#loggers = loggers;
    this.threshold = threshold;
    this.#limits = limits;
    this.#uncut = { ...limits, attributes: Number.MAX_SAFE_INTEGER };
    this.#forget = atExit({
      pending: () => this.#flushed < this.#emitted,
      flush: async () => this.flush(),
      flushSync: () => {
        // Nothing of an SDK goes out at once, and the app may have shut its own down before: there is nothing to do, and nothing to say.
      },
    });
  }

  /**
   * Is false where no provider is registered. The provider's own answer depends on the logger's name and the event's, which are not
   * known here: it is asked in {@link ProviderHandler.handle}, before the attributes are read.
   */
  enabled(level: Level): boolean {
    return level >= this.threshold.level && this.#loggers.provider !== undefined;
  }

  handle(record: LogRecord, ctx: Context): void {
    if (this.#closed) return report("otel", "records logged after shutdown: dropped");
    const logger = this.#loggers.of(record.logger);
    if (logger === undefined) return;
    const context = contextOf(record, ctx);
    const question = questionOf(record, context);
    if (logger.enabled?.(question) === false) return;
    this.#emitted++;
    logger.emit({
      ...question,
      timestamp: this.#clock.at(record.time),
      severityText: levelName(record.level),
      body: record.message.toWellFormed(),
      attributes: this.#attributes(record),
    });
  }

  async flush(): Promise<void> {
    const until = this.#emitted;
    try {
      await this.#turns.run(async () => this.#loggers.provider?.forceFlush?.());
    } finally {
      this.#flushed = until;
    }
  }

  /** Flushes; the provider is the app's, and goes on. */
  async shutdown(): Promise<void> {
    this.#closed = true;
    try {
      await this.flush();
    } finally {
      this.#forget();
    }
  }

  /** Leaves the count of attributes to the provider, which cuts it at its own limit and says so in the record. */
  #attributes(record: LogRecord): ReturnType<typeof otelAttributes>["attributes"] {
    const { attributes, dropped } = otelAttributes(record, this.#limits);
    return dropped === 0 ? attributes : otelAttributes(record, this.#uncut).attributes;
  }
}

/** An event's name is a key only where there is one: in an SDK `undefined` counts as given. */
export function questionOf({ level, eventName }: LogRecord, context: Context): EnabledQuestion {
  const question = { context, severityNumber: level };
  return eventName === undefined || eventName === "" ? question : { ...question, eventName: eventName.toWellFormed() };
}
