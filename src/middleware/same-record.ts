import { DEFAULT_LIMITS } from "../value/limits.ts";
import { Group, isPlainMap, PlainError } from "../value/plain.ts";
import { resolveGroup } from "../value/resolve.ts";
import { isPrimitive, SNAPSHOT_LIMITS } from "./snapshot.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** Are attributes ready to compare: as they are where all values are primitive, else what they resolve to. */
export type Comparable = Attrs | Group | undefined;

/** Makes attributes ready to compare, in this call: flat ones are still the caller's. What outputs cut is still there, for them to cut. */
export function toComparable(attrs: Attrs | undefined): Comparable {
  if (attrs === undefined) return undefined;
  try {
    for (const key in attrs) if (!isPrimitive(attrs[key])) return resolveGroup(attrs, SNAPSHOT_LIMITS);
    return attrs;
  } catch {
    // A getter or a proxy threw: resolving says so in its place.
    return resolveGroup(attrs, SNAPSHOT_LIMITS);
  }
}

/** Tells whether attributes are the same, in their order. */
export function isSameAttrs(one: Comparable, other: Comparable): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one instanceof Group || other instanceof Group) return isSamePlain(one as Group, other as Group);
  let count = 0;
  for (const key in one) {
    const value = one[key];
    if (!Object.is(value, other[key])) return false;
    // It leaves no trace, and a key that is not there gives the same.
    if (value !== undefined) count++;
  }
  for (const key in other) if (other[key] !== undefined) count--;
  return count === 0;
}

/** Tells whether two chains bind the same. */
export function isSameBinding(one: Binding | undefined, other: Binding | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.group !== other.group) return false;
  return isSamePlain(one.own(DEFAULT_LIMITS).attrs, other.own(DEFAULT_LIMITS).attrs) && isSameBinding(one.parent, other.parent);
}

/** Tells whether the baggage of two records is the same; that of one context is the same object. */
export function isSameBaggage(one: LogRecord["baggage"], other: LogRecord["baggage"]): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every(([key, value], i) => key === other[i]?.[0] && value === other[i]?.[1]);
}

/** Tells whether two records were made at the same place in the code; most do not say where. */
export function isSameSource(one: LogRecord["source"], other: LogRecord["source"]): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.line === other.line && one.file === other.file && one.function === other.function;
}

/**
 * Gives a number that is the same for records that are, and mostly another for others: of a text its length and three characters. It
 * costs a fraction of making a key as text. No hash is negative.
 */
export function hashOf(record: LogRecord, attrs: Comparable, bound: number): number {
  const hash = hashOfHead(record, bound);
  return attrs instanceof Group ? hashMap(hash, attrs) & SMALL : hashAttrs(hash, attrs);
}

/** Does the same with the record's own attributes; {@link NOT_FLAT} where they are not ready to compare. */
export function hashOfFlat(record: LogRecord, bound: number): number {
  return hashAttrs(hashOfHead(record, bound), record.attrs);
}

/** Says in place of a hash that attributes are not ready to compare. */
export const NOT_FLAT = -1;

/** 30 bits: a Map finds numbers that are no small integers by twice the cost. */
const SMALL = 0x3fff_ffff;

function hashOfHead({ level, message }: LogRecord, bound: number): number {
  return mix(mix(level, hashText(message)), bound);
}

/** Does the same for what is bound; it is the same for the same chain, and is worth keeping. */
export function hashOfBinding(binding: Binding | undefined): number {
  let hash = 0;
  for (let step = binding; step !== undefined; step = step.parent) {
    if (step.attrs === undefined) hash = mix(hash, hashText(step.group ?? ""));
    else hash = isFlat(step.attrs) ? hashAttrs(hash, step.attrs) : hashMap(hash, step.own(DEFAULT_LIMITS).attrs);
  }
  return hash;
}

function isFlat(attrs: Attrs): boolean {
  return toComparable(attrs) === attrs;
}

function hashAttrs(seed: number, attrs: Attrs | undefined): number {
  let hash = seed;
  try {
    for (const key in attrs) {
      const value = attrs[key];
      // The commonest first.
      if (typeof value === "string") hash = mix(hash, hashText(value));
      else if (typeof value === "number") hash = mix(hash, hashNumber(value));
      else if (isPrimitive(value)) hash = hashValue(hash, value);
      else return NOT_FLAT;
    }
  } catch {
    // A getter or a proxy threw: resolving says so in its place, and that can be compared.
    return NOT_FLAT;
  }
  return hash & SMALL;
}

function hashMap(seed: number, map: PlainMap): number {
  let hash = seed;
  for (const [key, value] of map) {
    if (isPlainMap(value)) hash = hashMap(hash, value);
    else if (Array.isArray(value)) for (const item of value as readonly Plain[]) hash = hashValue(hash, item);
    hash = mix(hashValue(hash, value), key.length);
  }
  return hash;
}

function hashValue(hash: number, value: unknown): number {
  if (typeof value === "string") return mix(hash, hashText(value));
  if (typeof value === "number") return mix(hash, hashNumber(value));
  return mix(hash, value === true ? 3 : 5);
}

/** 0 and -0 have one, which are not the same: that costs a comparison. */
function hashNumber(value: number): number {
  const whole = value | 0;
  return whole === value ? whole : (value * 1_000_003) | 0;
}

function hashText(text: string): number {
  const { length } = text;
  if (length === 0) return 1;
  // Near the end, where ids and times differ; the middle of a UUID is a dash.
  const inside = text.charCodeAt((length * 5) >> 3);
  return (length << 16) ^ (text.charCodeAt(length - 1) << 8) ^ (text.charCodeAt(length >> 1) << 4) ^ inside;
}

function mix(hash: number, value: number): number {
  return (Math.imul(hash, 31) + (value | 0)) | 0;
}

function isSamePlain(one: Plain | undefined, other: Plain | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (isPlainMap(one)) return isPlainMap(other) && isSameMap(one, other);
  if (isPlainMap(other) || one.length !== other.length) return false;
  if (one instanceof Uint8Array !== other instanceof Uint8Array) return false;
  return [...one].every((item, i) => isSamePlain(item, other[i]));
}

function isSameMap(one: PlainMap, other: PlainMap): boolean {
  if (one.size !== other.size || one instanceof PlainError !== other instanceof PlainError) return false;
  const keys = [...other.keys()];
  return [...one].every(([key, value], i) => key === keys[i] && isSamePlain(value, other.get(key)));
}
