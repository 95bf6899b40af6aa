import { exceptionAttrs } from "../record/exception.ts";
import { base64 } from "../value/base64.ts";
import { isPlainMap } from "../value/plain.ts";
import { freeKey, toAnyValue } from "./any-value.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { AnyValue } from "./any-value.ts";

/** Is an attribute of a span event; the SDKs take nothing else there. */
export type EventValue = string | number | boolean | string[] | number[] | boolean[];

/** Are the attributes of a span event. */
export type EventAttributes = { [key: string]: EventValue };

/**
 * How long a path may be that is repeated before each member. Without a bound, one key of 60,000 characters above 3,000 members, which
 * the limits let pass, would hold the process up for 30 s.
 */
const LONGEST_PATH = 256;

/**
 * Gives a record's attributes as a span event takes them, with `exception.*` of an Error at the root. A group's and a map's members
 * stand under their path, joined by dots; without members there is nothing; below a path of more than 256 characters they are JSON
 * text. An array of one primitive type is kept; other arrays are JSON text, as is null; bytes are base64. A bigint beyond 2^53, NaN and the infinities are text.
 */
export function eventAttributes(attrs: PlainMap): EventAttributes {
  const into: EventAttributes = {};
  for (const [key, value] of attrs) flatten(into, freeKey(key, attrs), value);
  for (const [key, value] of exceptionAttrs(attrs)) flatten(into, key, value);
  return into;
}

function flatten(into: EventAttributes, path: string, value: Plain): void {
  if (isPlainMap(value) && (value.size === 0 || path.length <= LONGEST_PATH)) {
    for (const [key, inner] of value) flatten(into, `${path}.${key}`, inner);
  } else into[path] = eventValue(toAnyValue(value));
}

function eventValue(value: AnyValue): EventValue {
  if (typeof value !== "object") return value;
  if (value instanceof Uint8Array) return base64(value);
  return Array.isArray(value) && isOfOneType(value) ? value : jsonText(value);
}

function isOfOneType(items: readonly AnyValue[]): items is string[] | number[] | boolean[] {
  const type = typeof items[0];
  return items.every((item) => typeof item === type && typeof item !== "object");
}

/** Writes a value as JSON text, bytes in base64. */
export function jsonText(value: AnyValue): string {
  return JSON.stringify(value, (_key, member: AnyValue) => (member instanceof Uint8Array ? base64(member) : member));
}
