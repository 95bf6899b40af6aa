import { bytesOf } from "../format/json-bytes.ts";
import type { ParamKeys } from "./param-keys.ts";

/** Is what a chain of bindings puts before a record's own attributes. */
export interface BoundParams {
  readonly bytes: Uint8Array;
  /** The keys of the place where own attributes go: the root, or the group that was opened last. */
  readonly keys: ParamKeys;
  /** The names beside which own attributes stand. */
  readonly taken: readonly string[];
  /** The bits of their keys. */
  readonly mask: number;
  /** Attributes at the root, without the group that is open: where there is room for one more, there is room for it. */
  readonly count: number;
  readonly isAtRoot: boolean;
}

/** Gives what a logger has that binds nothing. */
export function unbound(keys: ParamKeys): BoundParams {
  return { bytes: bytesOf(""), keys, taken: [], mask: 0, count: 0, isAtRoot: true };
}

/** Puts params behind what is bound, in the group that is open: those of attributes that have these names. */
export function boundBehind(outer: BoundParams, names: Iterable<string>, params: Uint8Array): BoundParams {
  const { keys, isAtRoot } = outer;
  const bytes = new Uint8Array(outer.bytes.length + params.length);
  bytes.set(outer.bytes);
  bytes.set(params, outer.bytes.length);
  const taken = [...outer.taken, ...names];
  let mask = 0;
  for (const name of taken) mask |= keys.of(name).bit;
  return { bytes, keys, taken, mask, count: isAtRoot ? taken.length : outer.count, isAtRoot };
}

/** Opens a group behind what is bound; undefined when something of its name stands there, which would be merged or replaced. */
export function boundGroup({ bytes, keys, taken, count }: BoundParams, name: string): BoundParams | undefined {
  if (taken.includes(name)) return undefined;
  return { bytes, keys: keys.inside(keys.of(name)), taken: [], mask: 0, count, isAtRoot: false };
}
