import { levelName } from "../level/level.ts";
import { report } from "../report/report.ts";
import { atExit, isExiting } from "../write/exit.ts";
import { otelAttributes } from "./any-value.ts";
import { ExporterQueue } from "./exporter-queue.ts";
import { contextOf } from "./record-context.ts";
import { HrClock, UNKNOWN_TIME } from "./hr-time.ts";
import { questionOf } from "./provider-handler.ts";
import { SdkLogRecord } from "./sdk-log-record.ts";
import { Turns } from "./turns.ts";
import type { Context, HrTime } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { OtelLogRecordProcessor } from "./log-record-processor.ts";
import type { EnabledQuestion, Scope } from "./logger-provider.ts";
import type { OtelResource } from "./resource.ts";

/** A logger's name may come from data; beyond this each record has a scope of its own. */
const MOST_SCOPES = 1024;

/**
 * Hands records to official processors, in their order, without a LoggerProvider between; it makes the SDK's records itself. At a natural
 * end and on a signal the processors are flushed, for 2 s at most; at `process.exit()` and after an uncaught error as far as they go at once, which
 * the official batch processor does not: what may be lost is said. A processor tells nobody how much it holds.
 */
export class ProcessorHandler implements Handler {
  readonly threshold: LevelVar;
  readonly #processors: readonly OtelLogRecordProcessor[];
  readonly #resource: OtelResource;
  readonly #scope: Scope;
  /** One object a scope: exporters group by its identity. */
  readonly #scopes = new Map<string, Scope>();
  readonly #limits: Limits;
  readonly #clock = new HrClock();
  readonly #turns = new Turns();
  /** Records that were handled, and how many of them a flush was asked for that ended. */
  #handled = 0;
  #flushed = 0;
  readonly #forget: () => void;
  #closed = false;

  constructor(
    processors: readonly OtelLogRecordProcessor[],
    { threshold, limits, resource, scope }: { threshold: LevelVar; limits: Limits; resource: OtelResource; scope: Scope },
  ) {
    this.#processors = processors;
    this.threshold = threshold;
    this.#limits = limits;
    this.#resource = resource;
    this.#scope = scope;
    this.#forget = atExit({
      pending: () => this.#flushed < this.#handled,
      flush: async () => this.flush(),
      flushSync: () => this.#flushSync(),
      abandon: () => this.#flushSync(),
    });
  }

  enabled(level: Level): boolean {
    return level >= this.threshold.level;
  }

  handle(record: LogRecord, ctx: Context): void {
    if (this.#closed) return report("otel", "records logged after shutdown: dropped");
    const context = contextOf(record, ctx);
    const question = questionOf(record, context);
    const scope = this.#scopeOf(record.logger);
    if (!this.#isWanted({ ...question, instrumentationScope: scope })) return;
    const made = this.#make(record, question, scope);
    this.#handled++;
    try {
      this.#emit(made, context);
    } finally {
      if (isExiting()) this.#flushSync();
    }
  }

  /** Gives a record to all, also behind one that throws; then throws what they threw. */
  #emit(record: SdkLogRecord, context: Context): void {
    const failed: unknown[] = [];
    for (const processor of this.#processors) {
      try {
        const returned: unknown = processor.onEmit(record, context);
        if (returned !== undefined) Promise.resolve(returned).catch((error: unknown) => report("otel", error));
      } catch (error) {
        failed.push(error);
      }
    }
    throwAll(failed);
  }

  async flush(): Promise<void> {
    const until = this.#handled;
    try {
      await this.#turns.run(async () => this.#all(async (processor) => processor.forceFlush()));
    } finally {
      this.#flushed = until;
    }
  }

  /** Gets out what goes out at once, at an end of the process that waits for nothing, and says what may be lost. */
  #flushSync(): void {
    const since = this.#handled - this.#flushed;
    const work = this.#all(async (processor) =>
      processor instanceof ExporterQueue ? processor.flushSync() : processor.forceFlush(),
    );
    work.catch((error: unknown) => report("otel", error));
    if (this.#processors.every((processor) => processor instanceof ExporterQueue)) return;
    report("otel", `the process ended: what the processors still held of the ${since} records since their last flush is lost`);
    this.#flushed = this.#handled;
  }

  /** Shuts the processors down, after a flush that is under way. */
  async shutdown(): Promise<void> {
    this.#closed = true;
    try {
      await this.#turns.run(async () => this.#all(async (processor) => processor.shutdown()));
    } finally {
      this.#forget();
    }
  }

  /** As in the SDK: one processor that wants a record is enough, and then all get it. */
  #isWanted(question: EnabledQuestion & { instrumentationScope: Scope }): boolean {
    return this.#processors.some((processor) => processor.enabled?.(question) ?? true);
  }

  #make(record: LogRecord, question: EnabledQuestion, instrumentationScope: Scope): SdkLogRecord {
    const { attributes, dropped } = otelAttributes(record, this.#limits);
    const hrTime = this.#clock.at(record.time);
    return new SdkLogRecord({
      resource: this.#resource,
      instrumentationScope,
      attributes,
      hrTime,
      hrTimeObserved: hrTime === UNKNOWN_TIME ? now() : hrTime,
      spanContext: record.spanContext,
      severityNumber: record.level,
      severityText: levelName(record.level),
      body: record.message.toWellFormed(),
      eventName: question.eventName,
      droppedAttributesCount: dropped,
    });
  }

  #scopeOf(name: string | undefined): Scope {
    if (name === undefined || name === "") return this.#scope;
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const scope = { name: name.toWellFormed() };
    if (this.#scopes.size < MOST_SCOPES) this.#scopes.set(name, scope);
    return scope;
  }

  async #all(work: (processor: OtelLogRecordProcessor) => Promise<void>): Promise<void> {
    const failed = (await Promise.allSettled(this.#processors.map(work))).flatMap((each) =>
      each.status === "rejected" ? [each.reason as unknown] : [],
    );
    throwAll(failed);
  }
}

function throwAll(failed: readonly unknown[]): void {
  if (failed.length > 0) throw failed.length === 1 ? failed[0] : new AggregateError(failed, "several processors failed");
}

function now(): HrTime {
  return new HrClock().at(Date.now());
}
