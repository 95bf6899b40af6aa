import { ERROR, INFO, TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { resolveLimits } from "../value/limits.ts";
import { EventBudget } from "./event-budget.ts";
import { RecordedErrors } from "./recorded-errors.ts";
import { bridged, mirrored } from "./span-event.ts";
import { failureMessage } from "./span-record.ts";
import { expected, knownOptions } from "../value/option.ts";
import type { SpanStatus } from "@opentelemetry/api";
import type { LevelInput } from "../level/level.ts";
import type { Limits } from "../value/limits.ts";
import type { ToSpanEvent } from "./span-event.ts";
import type { SpanRecord } from "./span-record.ts";

/** Says which records set their span's status, and to what: none; those from `ERROR` up, with the Error's message; or what a function says. */
export type StatusPolicy = "never" | "error" | ((record: SpanRecord) => SpanStatus | undefined);

interface AnySpanEventOptions {
  /** Sets the status of the span, whether or not the record becomes an event. Default: `never`. */
  readonly status?: StatusPolicy;
  /** Records a logged Error as the span's exception too, as `span.recordException()` does, each once a span. Default: false. */
  readonly recordException?: boolean;
  /** Bounds values. */
  readonly limits?: Partial<Limits>;
}

/** Follows the specification's bridge: only records with an event name become events. */
export interface BridgeOptions extends AnySpanEventOptions {
  /** Chooses this way, also where it is left out. */
  readonly mode?: "bridge";
  /** The lowest level to look at. Default: all. */
  readonly level?: LevelInput | LevelVar;
}

/** Mirrors every record onto its span. */
export interface MirrorOptions extends AnySpanEventOptions {
  /** Chooses this way. */
  readonly mode: "mirror";
  /** The lowest level to mirror. Default: `info`. */
  readonly level?: LevelInput | LevelVar;
  /** Names the event of a record that has no event name. Default: `log`. */
  readonly eventName?: string;
  /**
   * How many events one span is given; a quarter is kept for records with an Error or from `ERROR` up. What is over is counted on the
   * span, as `log.dropped_events_count`. Default 32: an SDK's span keeps 128, from whomever, and then discards the oldest.
   */
  readonly maxEvents?: number;
}

/** Chooses what goes onto the span; the mode is `bridge` where none is given. */
export type SpanEventOptions = BridgeOptions | MirrorOptions;

/** Is what the options come to. */
export interface SpanEventPolicy {
  readonly threshold: LevelVar;
  readonly limits: Limits;
  readonly toEvent: ToSpanEvent;
  readonly budget: EventBudget;
  readonly toStatus: (record: SpanRecord) => SpanStatus | undefined;
  readonly recordException: boolean;
  readonly recorded: RecordedErrors;
}

/** @throws TypeError or RangeError when an option is not what is expected; the message names it. */
export function readSpanEventOptions(options: SpanEventOptions): SpanEventPolicy {
  knownOptions("spanEvents", options, ["mode", "level", "eventName", "maxEvents", "status", "recordException", "limits"]);
  const { status = "never", recordException = false } = options;
  if (typeof recordException !== "boolean") {
    throw new TypeError(expected("recordException", "true or false", recordException));
  }
  const shared = {
    limits: resolveLimits(options.limits),
    toStatus: readStatus(status),
    recordException,
    recorded: new RecordedErrors(),
  };
  return options.mode === "mirror" ? { ...shared, ...readMirror(options) } : { ...shared, ...readBridge(options) };
}

function readMirror({
  level = INFO,
  eventName = "log",
  maxEvents = 32,
}: MirrorOptions): Pick<SpanEventPolicy, "threshold" | "toEvent" | "budget"> {
  if (typeof eventName !== "string" || eventName === "") throw new TypeError(expected("eventName", "a name", eventName));
  if (!Number.isInteger(maxEvents) || maxEvents < 1) {
    throw new RangeError(expected("maxEvents", "a whole number from 1 up", maxEvents));
  }
  return { threshold: readLevel(level), toEvent: mirrored(eventName), budget: new EventBudget(maxEvents) };
}

function readBridge(options: BridgeOptions): Pick<SpanEventPolicy, "threshold" | "toEvent" | "budget"> {
  const { mode = "bridge", level = TRACE } = options;
  if (mode !== "bridge") throw new TypeError(expected("mode", '"bridge" or "mirror"', mode));
  for (const name of ["eventName", "maxEvents"]) {
    if (name in options)
      throw new TypeError(`${name}: expected only with mode "mirror"; the bridge takes every record that has an event name`);
  }
  return { threshold: readLevel(level), toEvent: bridged, budget: new EventBudget(Infinity) };
}

function readLevel(level: LevelInput | LevelVar): LevelVar {
  return level instanceof LevelVar ? level : new LevelVar(level);
}

/** The API's SpanStatusCode.ERROR. */
const ERROR_STATUS = 2;

function readStatus(status: unknown): SpanEventPolicy["toStatus"] {
  if (typeof status === "function") return status as SpanEventPolicy["toStatus"];
  if (status === "never") return () => undefined;
  if (status !== "error") throw new TypeError(expected("status", '"never", "error" or a function', status));
  return (record) => (record.level >= ERROR ? { code: ERROR_STATUS, message: failureMessage(record) } : undefined);
}
