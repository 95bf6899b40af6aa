import { levelName } from "../level/level.ts";
import { plainAttrs } from "./record-attrs.ts";
import { lineKey, RESERVED } from "./reserved.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { LogRecord } from "./log-record.ts";

/** Takes one field of a line. */
type Put = (key: string, value: Plain) => void;

/**
 * Gives all fields of a record's line in their order, for formats that write one after the other: the definition of a line. No two are
 * named alike.
 */
export function eachLineField(record: LogRecord, limits: Limits | undefined, put: Put): void {
  const { attrs, dropped } = plainAttrs(record, limits);
  const { time, logger, eventName, spanContext } = record;
  if (time !== undefined) put("time", isoTime(time));
  put("level", levelName(record.level));
  if (logger !== undefined) put("logger", logger.toWellFormed());
  put("msg", record.message.toWellFormed());
  if (eventName !== undefined && eventName !== "") put("event_name", eventName.toWellFormed());
  let reserved = 0;
  for (const [key, value] of attrs) {
    if (RESERVED.has(key)) reserved++;
    else put(key, value);
  }
  if (reserved > 0) putReserved(attrs, put);
  if (dropped > 0) put("dropped_attributes_count", dropped);
  if (spanContext === undefined) return;
  put("trace_id", spanContext.traceId);
  put("span_id", spanContext.spanId);
  put("trace_flags", flagsText(spanContext));
}

/** Come behind the others, so that an attribute that is really named `attr.level` keeps its place and its value. */
function putReserved(attrs: PlainMap, put: Put): void {
  for (const [key, value] of attrs) if (RESERVED.has(key)) put(free(lineKey(key), attrs), value);
}

/** Gives the same as a map. */
export function lineFields(record: LogRecord, limits?: Limits): PlainMap {
  const fields = new Map<string, Plain>();
  eachLineField(record, limits, (key, value) => fields.set(key, value));
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
  // Records of one millisecond follow one another, then those of one second.
  if (ms !== lastMs) {
    lastTime = timeOf(ms);
    lastMs = ms;
  }
  return lastTime;
}

/** Writes the milliseconds behind the second of the last time, where it is the same: a date takes 500 ns. */
function timeOf(ms: number): string {
  const since = ms - secondMs;
  if (since >= 0 && since < 1000 && Number.isInteger(ms)) return `${second}${String(since + 1000).slice(1)}Z`;
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  const text = date.toISOString();
  if (!Number.isInteger(ms) || Math.abs(ms) >= MOST_MS) return text;
  secondMs = Math.floor(ms / 1000) * 1000;
  second = text.slice(0, -4);
  return text;
}

/** No date is further from the epoch. */
const MOST_MS = 8.64e15;
let lastMs = 0;
let lastTime = "1970-01-01T00:00:00.000Z";
let secondMs = 0;
let second = "1970-01-01T00:00:00.";
