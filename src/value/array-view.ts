import { tagOf } from "./classify.ts";
import { listOf } from "./collections.ts";
import type { Plain } from "./plain.ts";
import type { Walk } from "./walk.ts";

/** Resolves a view of memory: a DataView and unsigned bytes are bytes, the caller's own; other typed arrays are lists of their numbers. */
export function viewOf(walk: Walk, value: ArrayBufferView, depth: number): Plain {
  if (isBytes(value)) return walk.room.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  return listOf(walk, value as unknown as ArrayLike<unknown>, depth);
}

function isBytes(value: ArrayBufferView): boolean {
  const tag = tagOf(value);
  if (value instanceof DataView || tag === "[object DataView]") return true;
  return (value as Uint8Array).BYTES_PER_ELEMENT === 1 && tag !== "[object Int8Array]";
}
