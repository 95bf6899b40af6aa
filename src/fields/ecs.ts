import { levelName } from "../level/level.ts";
import { layoutLines } from "../console/json-lines.ts";
import { LINE_OPTIONS } from "../console/line-options.ts";
import { knownOptions } from "../value/option.ts";
import { flagsText } from "../record/line-fields.ts";
import { isPlainLiteral } from "../format/json-values.ts";
import { logValue } from "../value/log-value.ts";
import { isPlainMap } from "../value/plain.ts";
import { attrsOf, headFields, layoutOf, putAttrs, putEnd, replaced, withError } from "./field-map.ts";
import type { LineOptions } from "../console/line-options.ts";
import type { JsonLayout } from "../format/json-layout.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { OwnFields } from "./field-map.ts";

const OWN: OwnFields = {
  time: "@timestamp",
  level: "log.level",
  logger: "log.logger",
  eventName: "event.action",
  fixed: new Map([["ecs.version", "8.11.0"]]),
  levelName: (level) => levelName(level).toLowerCase(),
  source: ({ file, line, function: name }) =>
    new Map<string, Plain>([
      ...(name === undefined ? [] : [["log.origin.function", name.toWellFormed()] as const]),
      ["log.origin.file.name", file.toWellFormed()],
      ["log.origin.file.line", line],
    ]),
  span: (span) =>
    new Map([
      ["trace.id", span.traceId],
      ["span.id", span.spanId],
      ["trace_flags", flagsText(span)],
    ]),
};

/**
 * What has members at the root of the schema, 8.11 to 9.4: each is an object in an index that was made from it, and Elasticsearch refuses a whole
 * document in which one of them is a text or a number. Sets that only lie in others (`geo`, `hash`, `os`) are free.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-field-reference
 */
const OBJECTS: ReadonlySet<string> = new Set(
  (
    "agent client cloud container data_stream destination device dll dns ecs email entity error event faas file gen_ai group host http labels log " +
    "network observer orchestrator organization package process registry related rule server service source span threat tls trace transaction url " +
    "user user_agent volume vulnerability"
  ).split(" "),
);

/** The record's own fields that lie in an object where attributes may lie too. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  log: ["level", "logger"],
  trace: ["id"],
  span: ["id"],
  ecs: ["version"],
  event: ["action"],
};
const DOTTED: ReadonlySet<string> = new Set(
  Object.entries(MEMBERS).flatMap(([set, names]) => names.map((name) => `${set}.${name}`)),
);
const TAKEN: ReadonlySet<string> = new Set(["@timestamp", "message", "trace_flags", ...DOTTED]);

/** Is a text or a list of texts, the only such field at the root but for the record's own. */
const TAGS = "tags";

const ERROR_NAMES = { stack: "stack_trace" };

/**
 * Gives a record's fields in the Elastic Common Schema: `@timestamp`, `log.level`, `message`, `log.logger`, `event.action` (the event's name),
 * `trace.id`, `span.id`, `ecs.version`. The first Error among the attributes is `error`, with `type`, `message` and `stack_trace`; a `service` that is
 * a text is `service.name`. The place in the code is `log.origin.…`. Whatever else would be a text where the schema has an object, or an object in
 * `tags`, is moved to `attr.…`.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-field-reference
 */
export function ecsFields(record: LogRecord, limits?: Limits): PlainMap {
  const { attrs, dropped } = attrsOf(record, limits);
  const fields = headFields(OWN, record);
  // Without an event's name `event.action` is free for who sets it, beside the other members of `event`.
  const free = record.eventName === undefined || record.eventName === "" ? "event" : undefined;
  putAttrs(fields, withService(withError(attrs, ERROR_NAMES)), (key, value) => isTaken(key, value, free));
  if (dropped > 0) fields.set("labels.dropped_attributes_count", dropped);
  putEnd(fields, OWN, record);
  return fields;
}

function withService(attrs: PlainMap): PlainMap {
  const service = attrs.get("service");
  if (typeof service !== "string" || attrs.has("service.name")) return attrs;
  return replaced(attrs, "service", "service.name", service);
}

/** @param free is a set whose members no field of this record's own has. */
function isTaken(key: string, value: Plain, free: string | undefined): boolean {
  if (TAKEN.has(key)) return free === undefined || key !== `${free}.action`;
  if (key === TAGS) return hasObject(value);
  if (!OBJECTS.has(key)) return false;
  return (
    !isPlainMap(value) || (key !== free && Object.hasOwn(MEMBERS, key) && (MEMBERS[key] ?? []).some((name) => value.has(name)))
  );
}

function hasObject(value: Plain): boolean {
  return isPlainMap(value) || (Array.isArray(value) && value.some(hasObject));
}

/** Is what {@link isTaken} leaves alone, of what is written as it stands. */
function stays(key: string, value: unknown): boolean {
  if (typeof value === "string") return key === TAGS;
  if (typeof value !== "object" || value === null || logValue in value) return false;
  if (Array.isArray(value)) return key === TAGS && value.every((each) => typeof each === "string");
  if (!OBJECTS.has(key) || !isPlainLiteral(value) || "toJSON" in value) return false;
  return !Object.hasOwn(MEMBERS, key) || !(MEMBERS[key] ?? []).some((name) => name in value);
}

/** Is {@link ecsFields} for the encoder of bytes: what may be moved goes by the map, but for a bound `service` and what {@link stays}. */
export const ECS_LAYOUT: JsonLayout = /* @__PURE__ */ layoutOf(
  OWN,
  ecsFields,
  new Set([...TAKEN, ...OBJECTS, TAGS]),
  withService,
  stays,
);

/**
 * Writes each record as one line of JSON in the Elastic Common Schema, see {@link ecsFields}, for Filebeat, Elastic Agent or Logstash.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function ecsHandler(options: LineOptions = {}): Handler {
  knownOptions("ecsHandler", options, LINE_OPTIONS);
  return layoutLines(ECS_LAYOUT, options);
}
