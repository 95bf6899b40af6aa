import { isPrimitive } from "./snapshot.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";

/** Bytes that a record is counted for beside its text: measured, 10 members and the copy of a few attributes. */
export const RECORD_BYTES = 256;
/** Bytes that an attribute is counted for beside its text. */
export const VALUE_BYTES = 16;

/** Estimates the bytes of a chain of snapshots. */
export function sizeOfBinding(binding: Binding): number {
  let bytes = 0;
  for (let step: Binding | undefined = binding; step !== undefined; step = step.parent) {
    bytes += RECORD_BYTES + (step.group?.length ?? 0) * 2 + (step.attrs === undefined ? 0 : sizeOf(step.attrs));
  }
  return bytes;
}

/** Estimates the bytes of attributes that are primitive or snapshots. */
export function sizeOf(attrs: Attrs): number {
  let bytes = 0;
  for (const key in attrs) {
    const value = attrs[key];
    bytes += VALUE_BYTES + key.length;
    if (typeof value === "string") bytes += value.length * 2;
    else if (!isPrimitive(value)) bytes += sizeOfObject(value as object);
  }
  return bytes;
}

/** Estimates a snapshot: literals, lists, maps, errors and bytes; it has no circles. */
export function sizeOfObject(value: object): number {
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return sizeOf(Object.fromEntries(value as Map<string, unknown>));
  const text = value instanceof Error ? 2 * (String(value.stack).length + String(value.message).length) : 0;
  return VALUE_BYTES + text + sizeOf(value as Attrs);
}
