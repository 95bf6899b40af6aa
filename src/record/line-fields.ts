import { levelName } from "../level/level.ts";
import { Group } from "../value/plain.ts";
import { plainAttrs } from "./record-attrs.ts";
import { lineKey, RESERVED } from "./reserved.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Limits } from "../value/limits.ts";
import type { Plain } from "../value/plain.ts";
import type { LogRecord } from "./log-record.ts";

/** Gives all fields of a record's line in their order, for formats that write one after the other: the definition of a line. */
export function lineFields(record: LogRecord, limits?: Limits): ReadonlyMap<string, Plain> {
  const { attrs, dropped } = plainAttrs(record, limits);
  const { time, spanContext } = record;
  const fields = new Group();
  if (time !== undefined) fields.set("time", isoTime(time));
  fields.set("level", levelName(record.level));
  if (record.logger !== undefined) fields.set("logger", record.logger.toWellFormed());
  fields.set("msg", record.message.toWellFormed());
  if (record.eventName !== undefined && record.eventName !== "") fields.set("event_name", record.eventName.toWellFormed());
  for (const [key, value] of attrs) if (!RESERVED.has(key)) fields.set(key, value);
  // Behind the others, so that an attribute that is really named `attr.level` keeps its place and its value.
  for (const [key, value] of attrs) if (RESERVED.has(key)) fields.set(free(lineKey(key), attrs), value);
  if (dropped > 0) fields.set("dropped_attributes_count", dropped);
  if (spanContext !== undefined) {
    fields.set("trace_id", spanContext.traceId);
    fields.set("span_id", spanContext.spanId);
    fields.set("trace_flags", flagsText(spanContext));
  }
  return fields;
}

function free(key: string, taken: ReadonlyMap<string, Plain>): string {
  return taken.has(key) ? free(`attr.${key}`, taken) : key;
}

/** Writes all trace flags as OpenTelemetry does outside OTLP: two hex digits. */
export function flagsText({ traceFlags }: SpanContext): string {
  return (traceFlags & 0xff).toString(16).padStart(2, "0");
}

/** Writes a time in ISO 8601 with milliseconds, UTC; `Invalid Date` for what is no time. */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}
