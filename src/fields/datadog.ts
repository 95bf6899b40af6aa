import { levelName } from "../level/level.ts";
import { layoutLines } from "../console/json-lines.ts";
import { LINE_OPTIONS } from "../console/line-options.ts";
import { knownOptions } from "../value/option.ts";
import { flagsText } from "../record/line-fields.ts";
import { sourceAttrs } from "../record/source.ts";
import { attrsOf, headFields, layoutOf, putAttrs, putEnd, withError } from "./field-map.ts";
import type { LineOptions } from "../console/line-options.ts";
import type { JsonLayout } from "../format/json-layout.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { PlainMap } from "../value/plain.ts";
import type { OwnFields } from "./field-map.ts";

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

const OWN: OwnFields = {
  time: "timestamp",
  level: "status",
  logger: "logger.name",
  eventName: "evt.name",
  fixed: new Map(),
  levelName: (level) => levelName(level).toLowerCase(),
  source: (source) => new Map(sourceAttrs(source)),
  span: (span) =>
    new Map([
      ["dd.trace_id", span.traceId],
      ["dd.span_id", BigInt(`0x${span.spanId}`).toString()],
      ["trace_flags", flagsText(span)],
    ]),
};

const ERROR_NAMES = { type: "kind" };

/**
 * Gives a record's fields as Datadog's standard attributes: `timestamp`, `status` (the level in lower case, which the status remapper reads by its
 * first letter), `message`, `logger.name`, `evt.name`, `dd.trace_id` (128 bits in hex), `dd.span_id` (decimal, as Datadog's own tracers write it). The
 * first Error among the attributes is `error`, with `kind`, `message` and `stack`.
 *
 * @see https://docs.datadoghq.com/standard-attributes/
 */
export function datadogFields(record: LogRecord, limits?: Limits): PlainMap {
  const { attrs, dropped } = attrsOf(record, limits);
  const fields = headFields(OWN, record);
  putAttrs(fields, withError(attrs, ERROR_NAMES), (key) => TAKEN.has(key));
  if (dropped > 0) fields.set("dropped_attributes_count", dropped);
  putEnd(fields, OWN, record);
  return fields;
}

/** Is {@link datadogFields} for the encoder of bytes. */
export const DATADOG_LAYOUT: JsonLayout = /* @__PURE__ */ layoutOf(OWN, datadogFields, TAKEN, (attrs) => attrs);

/**
 * Writes each record as one line of JSON in Datadog's standard attributes, see {@link datadogFields}, for its agent.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function datadogHandler(options: LineOptions = {}): Handler {
  knownOptions("datadogHandler", options, LINE_OPTIONS);
  return layoutLines(DATADOG_LAYOUT, options);
}
