import { exceptionAttrs } from "../record/exception.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { isPlainMap } from "../value/plain.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** Is a value as the OpenTelemetry SDKs take one: of all JavaScript values those that no SDK drops and no serializer refuses. */
export type AnyValue = null | boolean | number | string | Uint8Array | AnyValue[] | AnyValueMap;

/** Holds attributes, or the members of one. */
export interface AnyValueMap {
  [key: string]: AnyValue;
}

/** Are the attributes of a record for an SDK, and how many the limit cut. */
export interface OtelAttributes {
  readonly attributes: AnyValueMap;
  readonly dropped: number;
}

const INT64 = 2 ** 63;

/** Gives all attributes of a record, `exception.*` of an Error at its root included, as values of their own. */
export function otelAttributes(record: LogRecord, limits: Limits): OtelAttributes {
  const { attrs, dropped } = plainAttrs(record, limits);
  const attributes: AnyValueMap = {};
  for (const [key, value] of attrs) attributes[freeKey(key, attrs)] = toAnyValue(value);
  for (const [key, value] of exceptionAttrs(attrs)) attributes[key] = toAnyValue(value);
  return { attributes, dropped };
}

/** Turns a plain value into one that an SDK keeps. Bytes are copied, because batches are read later. */
export function toAnyValue(value: Plain): AnyValue {
  if (typeof value === "number") return safeNumber(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return value.slice();
  return isPlainMap(value) ? toMap(value) : value.map(toAnyValue);
}

/**
 * Keeps a number that every official exporter sends as one, and turns the others into text: for NaN, the infinities and whole
 * numbers of 2^63 and more the JSON exporter writes what a Collector answers with 400, and the whole batch is lost.
 */
function safeNumber(value: number): number | string {
  return Number.isFinite(value) && !(Number.isInteger(value) && Math.abs(value) >= INT64) ? value : String(value);
}

function toMap(map: PlainMap): AnyValueMap {
  const object: AnyValueMap = {};
  for (const [key, value] of map) object[isLostInside(key) ? `attr.${key}` : key] = toAnyValue(value);
  return object;
}

/** The SDKs copy by assignment, which loses `__proto__`, and drop a whole object for a member named `constructor`. */
function isLostInside(key: string): boolean {
  return key === "__proto__" || key === "constructor";
}

/** Names an attribute at the root: the SDKs drop the empty key and lose `__proto__`, so these become `attr.` and `attr.__proto__`. */
export function freeKey(key: string, taken: PlainMap): string {
  if (key !== "" && key !== "__proto__") return key;
  let free = `attr.${key}`;
  while (taken.has(free)) free = `attr.${free}`;
  return free;
}
