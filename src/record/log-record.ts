import type { Level } from "../level/level.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Attrs } from "./attrs.ts";
import type { Binding } from "./binding.ts";
import type { Source } from "./source.ts";

/**
 * Is one log record on its way to the outputs: the OpenTelemetry log data model, with the attributes still as the caller gave them.
 * It is valid during `handle()`: who keeps it longer encodes it first, or takes {@link recordAttrs} of it. A middleware that changes
 * something passes on a new object: `next.handle({ ...record, attrs: { ...record.attrs, zone } }, ctx)`.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/
 */
export interface LogRecord {
  /** Milliseconds since the epoch; undefined leaves the time out. */
  readonly time: number | undefined;
  /** How severe it is: 1 to 24, OpenTelemetry's severity number. */
  readonly level: Level;
  /** What happened, in words; may be empty. */
  readonly message: string;
  /** Names the event that the record stands for; empty or undefined in an ordinary record. */
  readonly eventName: string | undefined;
  /** Names the logger: OpenTelemetry's instrumentation scope. */
  readonly logger: string | undefined;
  /** The call's own attributes; they belong inside the groups that {@link LogRecord.binding} opened. */
  readonly attrs: Attrs | undefined;
  /** What `with()` and `withGroup()` bound, newest step first. */
  readonly binding: Binding | undefined;
  /** The span that the record belongs to, captured at the call; there only when its ids are valid. Always at the root. */
  readonly spanContext: SpanContext | undefined;
  /** The chosen baggage of the context, captured at the call. Always at the root, behind the attributes, and never instead of one. */
  readonly baggage: BaggageMembers | undefined;
  /** Where the record was made, for loggers that were asked to say. Always at the root, and never instead of an attribute. */
  readonly source?: Source | undefined;
}

/** Makes a record by hand, as a test or an adapter does; what is not given is absent, the level is `INFO`. */
export function createRecord(fields: Partial<LogRecord>): LogRecord {
  const empty = { time: undefined, level: 9, message: "", eventName: undefined, logger: undefined, attrs: undefined };
  return { ...empty, binding: undefined, spanContext: undefined, baggage: undefined, ...fields };
}
