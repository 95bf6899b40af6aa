import { DEFAULT_LIMITS } from "../value/limits.ts";
import { copyGroup, Group, isPlainMap } from "../value/plain.ts";
import { resolveAttrs } from "../value/resolve.ts";
import { bind, boundTooMany } from "./binding.ts";
import { sourceAttrs } from "./source.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { LogRecord } from "./log-record.ts";

/** Are all attributes of a record as an output shows them, and how many the limit cut. */
export interface RecordAttrs {
  readonly attrs: PlainMap;
  readonly dropped: number;
}

/**
 * Gives the attributes of a record as plain values: bound ones first, then the call's, groups opened and merged, then the baggage
 * and the source that no attribute stands for. This is the one definition that every output follows; a fast path may only do the same sooner.
 */
export function plainAttrs(record: LogRecord, limits: Limits = DEFAULT_LIMITS): RecordAttrs {
  // Who makes a record by hand may write null.
  const given: object | null | undefined = record.attrs;
  const own = given === undefined || given === null ? NONE : resolveAttrs(given, limits);
  const tooMany = own.dropped + boundTooMany(record.binding, limits);
  const attrs = withStamps(bind(record.binding, own.attrs, limits), record);
  if (attrs.size <= limits.attributes) return { attrs, dropped: tooMany };
  const kept = new Group([...attrs].slice(0, limits.attributes));
  return { attrs: kept, dropped: tooMany + attrs.size - kept.size };
}

function withStamps(attrs: Group, { baggage, source }: LogRecord): Group {
  if (baggage === undefined && source === undefined) return attrs;
  const all = copyGroup(attrs);
  for (const [key, value] of baggage ?? []) if (!all.has(key)) all.set(key, value);
  for (const [key, value] of source === undefined ? [] : sourceAttrs(source)) if (!all.has(key)) all.set(key, value);
  return all;
}

const NONE: RecordAttrs & { readonly attrs: Group } = { attrs: new Group(), dropped: 0 };

/** Is a value of {@link recordAttrs}: what `JSON.parse` could give, and bigint, NaN and bytes. */
export type AttrValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly AttrValue[]
  | { readonly [key: string]: AttrValue };

/**
 * Gives all attributes of a record, bound ones and baggage included, as an object of plain values of its own: what a custom handler
 * reads, and may keep.
 *
 * @example
 * ```ts
 * const handler = { enabled: () => true, handle: (record) => queue.push({ msg: record.message, attrs: recordAttrs(record) }) };
 * ```
 */
export function recordAttrs(record: LogRecord, limits: Limits = DEFAULT_LIMITS): { readonly [key: string]: AttrValue } {
  return toObject(plainAttrs(record, limits).attrs);
}

function toObject(map: PlainMap): { readonly [key: string]: AttrValue } {
  // fromEntries defines properties, so that a key named __proto__ is one like any other.
  return Object.fromEntries([...map].map(([key, value]) => [key, toValue(value)]));
}

function toValue(value: Plain): AttrValue {
  if (isPlainMap(value)) return toObject(value);
  if (Array.isArray(value)) return (value as readonly Plain[]).map(toValue);
  return value instanceof Uint8Array ? value.slice() : (value as AttrValue);
}
