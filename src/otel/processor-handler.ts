import { levelName } from "../level/level.ts";
import { report } from "../report/report.ts";
import { otelAttributes } from "./any-value.ts";
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

/** Hands records to official processors, in their order, without a LoggerProvider between; it makes the SDK's records itself. */
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
    for (const processor of this.#processors) processor.onEmit(made, context);
  }

  async flush(): Promise<void> {
    return this.#turns.run(async () => this.#all(async (processor) => processor.forceFlush()));
  }

  /** Shuts the processors down, after a flush that is under way. */
  async shutdown(): Promise<void> {
    this.#closed = true;
    return this.#turns.run(async () => this.#all(async (processor) => processor.shutdown()));
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
    if (failed.length > 0) throw failed.length === 1 ? failed[0] : new AggregateError(failed, "several processors failed");
  }
}

function now(): HrTime {
  return new HrClock().at(Date.now());
}
