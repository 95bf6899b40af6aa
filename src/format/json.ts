import { eachLineField } from "../record/line-fields.ts";
import { base64 } from "../value/base64.ts";
import { isPlainMap } from "../value/plain.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/**
 * Writes a record as one line of JSON: `time`, `level`, `msg`, bound and own attributes, baggage, `trace_id`, `span_id`, `trace_flags`.
 * NaN and the infinities are strings, as are integers that a JSON reader would round; bytes are base64.
 */
export function formatJson(record: LogRecord, limits?: Limits): string {
  let members = "";
  eachLineField(record, limits, (key, value) => {
    members += `,${quoted(key)}:${jsonValue(value)}`;
  });
  return `{${members.slice(1)}}\n`;
}

/** Writes a plain value as JSON. */
export function jsonValue(value: Plain): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value === 0 ? 0 : value) : `"${value}"`;
  if (typeof value === "bigint") return isExact(value) ? String(value) : `"${value}"`;
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isPlainMap(value)) return jsonMap(value);
  return value instanceof Uint8Array ? `"${base64(value)}"` : `[${value.map(jsonValue).join(",")}]`;
}

function jsonMap(map: PlainMap): string {
  return `{${jsonMembers(map).slice(1)}}`;
}

/** Writes members as `,"key":value`, a comma before each: what is put into an object that is being written. */
export function jsonMembers(map: PlainMap): string {
  let members = "";
  for (const [key, value] of map) members += `,${quoted(key)}:${jsonValue(value)}`;
  return members;
}

/** Short text mostly needs nothing but its quotes, which is sooner seen than JSON.stringify is called. */
function quoted(text: string): string {
  return text.length < 64 && /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Tells whether a reader that holds numbers as doubles gets an integer back as it was. */
export function isExact(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}
