import { levelName } from "../level/level.ts";
import { isoTime } from "../record/line-fields.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { isPlainMap } from "../value/plain.ts";
import { fieldsHandler, firstError, flagsOf, putAttrs, renamed, replaced } from "./field-map.ts";
import type { LineOptions } from "../console/line-options.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

const VERSION = "8.11.0";

/**
 * The field sets of the schema: each is an object in an index that was made from it, and Elasticsearch refuses a whole document in which one of them
 * is a text or a number.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-field-reference
 */
const OBJECTS: ReadonlySet<string> = new Set(
  (
    "agent as client cloud code_signature container data_stream destination device dll dns ecs email error event faas file geo group hash host http " +
    "interface log network observer orchestrator organization os package process registry related risk rule server service source span threat tls " +
    "trace transaction url user user_agent vlan volume vulnerability"
  ).split(" "),
);

/** The record's own fields that lie in an object where attributes may lie too. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  log: ["level", "logger"],
  trace: ["id"],
  span: ["id"],
  ecs: ["version"],
  event: ["action"],
};
const DOTTED: ReadonlySet<string> = new Set(Object.entries(OWN).flatMap(([set, names]) => names.map((name) => `${set}.${name}`)));

const ERROR_NAMES = { stack: "stack_trace" };

/**
 * Gives a record's fields in the Elastic Common Schema: `@timestamp`, `log.level`, `message`, `log.logger`, `event.action` (the event's name),
 * `trace.id`, `span.id`, `ecs.version`. The first Error among the attributes is `error`, with `type`, `message` and `stack_trace`; a `service` that is
 * a text is `service.name`. Whatever else would be a text where the schema has an object is moved to `attr.…`.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-field-reference
 */
export function ecsFields(record: LogRecord, limits?: Limits): PlainMap {
  const { attrs, dropped } = plainAttrs(record, limits);
  const { time, eventName, logger, spanContext } = record;
  const fields = new Map<string, Plain>();
  if (time !== undefined) fields.set("@timestamp", isoTime(time));
  fields.set("log.level", levelName(record.level).toLowerCase());
  fields.set("message", record.message.toWellFormed());
  fields.set("ecs.version", VERSION);
  if (logger !== undefined) fields.set("log.logger", logger.toWellFormed());
  if (eventName !== undefined && eventName !== "") fields.set("event.action", eventName.toWellFormed());
  if (spanContext !== undefined) {
    fields.set("trace.id", spanContext.traceId);
    fields.set("span.id", spanContext.spanId);
    fields.set("trace_flags", flagsOf(spanContext));
  }
  putAttrs(fields, withService(withError(attrs)), isTaken);
  if (dropped > 0) fields.set("labels.dropped_attributes_count", dropped);
  return fields;
}

function withError(attrs: PlainMap): PlainMap {
  const [key, error] = firstError(attrs) ?? [];
  if (key === undefined || error === undefined || (key !== "error" && attrs.has("error"))) return attrs;
  return replaced(attrs, key, "error", renamed(error, ERROR_NAMES));
}

function withService(attrs: PlainMap): PlainMap {
  const service = attrs.get("service");
  if (typeof service !== "string" || attrs.has("service.name")) return attrs;
  return replaced(attrs, "service", "service.name", service);
}

function isTaken(key: string, value: Plain): boolean {
  if (key === "@timestamp" || key === "message" || key === "trace_flags" || DOTTED.has(key)) return true;
  if (!OBJECTS.has(key)) return false;
  return !isPlainMap(value) || (Object.hasOwn(OWN, key) && (OWN[key] ?? []).some((name) => value.has(name)));
}

/**
 * Writes each record as one line of JSON in the Elastic Common Schema, see {@link ecsFields}, for Filebeat, Elastic Agent or Logstash.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function ecsHandler(options: LineOptions = {}): Handler {
  return fieldsHandler(ecsFields, options);
}
