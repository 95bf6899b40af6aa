import { levelName } from "../level/level.ts";
import { isoTime } from "../record/line-fields.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { fieldsHandler, firstError, flagsOf, putAttrs, renamed, replaced } from "./field-map.ts";
import type { LineOptions } from "../console/line-options.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** The fields below, and what Datadog reads before them: another attribute of one of these names would stand for the record's own. */
const TAKEN: ReadonlySet<string> = new Set([
  "status",
  "message",
  "timestamp",
  "@timestamp",
  "dd",
  "dd.trace_id",
  "dd.span_id",
  "trace_id",
  "span_id",
  "trace_flags",
  "logger",
  "logger.name",
  "evt.name",
]);

const ERROR_NAMES = { type: "kind" };

/**
 * Gives a record's fields as Datadog's standard attributes: `timestamp`, `status` (the level in lower case, which the status remapper reads by its
 * first letter), `message`, `logger.name`, `evt.name`, `dd.trace_id` (128 bits in hex), `dd.span_id` (decimal, as Datadog's own tracers write it). The
 * first Error among the attributes is `error`, with `kind`, `message` and `stack`.
 *
 * @see https://docs.datadoghq.com/standard-attributes/
 */
export function datadogFields(record: LogRecord, limits?: Limits): PlainMap {
  const { attrs, dropped } = plainAttrs(record, limits);
  const { time, eventName, logger, spanContext } = record;
  const fields = new Map<string, Plain>();
  if (time !== undefined) fields.set("timestamp", isoTime(time));
  fields.set("status", levelName(record.level).toLowerCase());
  fields.set("message", record.message.toWellFormed());
  if (logger !== undefined) fields.set("logger.name", logger.toWellFormed());
  if (eventName !== undefined && eventName !== "") fields.set("evt.name", eventName.toWellFormed());
  if (spanContext !== undefined) {
    fields.set("dd.trace_id", spanContext.traceId);
    fields.set("dd.span_id", BigInt(`0x${spanContext.spanId}`).toString());
    fields.set("trace_flags", flagsOf(spanContext));
  }
  putAttrs(fields, withError(attrs), (key) => TAKEN.has(key));
  if (dropped > 0) fields.set("dropped_attributes_count", dropped);
  return fields;
}

function withError(attrs: PlainMap): PlainMap {
  const [key, error] = firstError(attrs) ?? [];
  if (key === undefined || error === undefined || (key !== "error" && attrs.has("error"))) return attrs;
  return replaced(attrs, key, "error", renamed(error, ERROR_NAMES));
}

/**
 * Writes each record as one line of JSON in Datadog's standard attributes, see {@link datadogFields}, for its agent.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function datadogHandler(options: LineOptions = {}): Handler {
  return fieldsHandler(datadogFields, options);
}
