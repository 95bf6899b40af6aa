import { tagOf } from "./classify.ts";
import { thrown } from "./marker.ts";
import type { Plain } from "./plain.ts";
import type { Walk } from "./walk.ts";

/** Resolves the items of an array, a set or a typed array, until there is no room. */
export function listOf(walk: Walk, items: ArrayLike<unknown>, depth: number): Plain[] {
  const { length } = items;
  const list: Plain[] = [];
  for (let i = 0; i < length; i++) {
    if (walk.room.left <= 0) {
      list.push(`[+${length - i} items]`);
      break;
    }
    list.push(itemOf(walk, items, i, depth));
  }
  return list;
}

/** Resolves what stands at a place that stays when there is nothing: it is null then. */
export function itemOf(walk: Walk, items: object, index: number | string, depth: number): Plain {
  try {
    return walk.any((items as { readonly [index: number | string]: unknown })[index], depth + 1) ?? null;
  } catch (error) {
    return thrown(error);
  }
}

/** Resolves entries, their keys as text, until there is no room. `size` is how many there are, 0 where that is not known. */
export function mapOf(walk: Walk, entries: Iterable<[unknown, unknown]>, size: number, depth: number): Map<string, Plain> {
  const map = new Map<string, Plain>();
  let seen = 0;
  for (const [key, value] of entries) {
    if (walk.room.left <= 0) {
      map.set("…", `[+${Math.max(size - seen, 1)} members]`);
      break;
    }
    seen++;
    const plain = walk.any(value, depth + 1);
    if (plain !== undefined) map.set(keyText(walk, key), plain);
  }
  return map;
}

/** Gives a key as text, an object among the keys by its class. */
function keyText(walk: Walk, key: unknown): string {
  const { room } = walk;
  if (typeof key === "string") return room.text(key);
  const plain = walk.any(key, room.limits.depth);
  return typeof plain === "object" && plain !== null ? room.text(`[${tagOf(key as object).slice(8, -1)}]`) : String(plain);
}
