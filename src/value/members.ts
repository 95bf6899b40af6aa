import { wellFormed } from "./cut-string.ts";
import { thrown } from "./marker.ts";
import { addMember, Group } from "./plain.ts";
import type { Plain } from "./plain.ts";
import type { Walk } from "./walk.ts";

/** Puts the members of a literal into a group as attributes until it is full, and tells how many are left over: those are not read. */
export function putAttributes(walk: Walk, into: Group, from: object): number {
  const keys = Object.keys(from);
  for (const [index, key] of keys.entries()) {
    if (into.size >= walk.room.limits.attributes) return keys.length - index;
    putMember(walk, into, key, from, -1);
  }
  return 0;
}

/** Puts the own members of an object into a map, until there is no room; `depth` is the object's. */
export function putMembers(walk: Walk, into: Map<string, Plain>, from: object, depth: number): void {
  const keys = Object.keys(from);
  for (const [index, key] of keys.entries()) {
    if (walk.room.left <= 0) {
      into.set("…", `[+${keys.length - index} members]`);
      return;
    }
    putMember(walk, into, key, from, depth);
  }
}

/** Puts one member into a map. In a {@link Group} groups of one key merge, and one without a name is inlined. */
export function putMember(walk: Walk, into: Map<string, Plain>, key: string, from: object, depth: number): void {
  let plain: Plain | undefined;
  try {
    plain = walk.member((from as { readonly [key: string]: unknown })[key], depth + 1);
  } catch (error) {
    plain = thrown(error);
  }
  if (plain === undefined) return;
  walk.room.left -= key.length;
  if (!(into instanceof Group)) into.set(wellFormed(key), plain);
  else if (key !== "") addMember(into, wellFormed(key), plain);
  else if (plain instanceof Group) for (const [name, inner] of plain) addMember(into, name, inner);
  else if (plain !== null) addMember(into, key, plain);
}
