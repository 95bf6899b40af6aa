import { Binding } from "../record/binding.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import { Group, isPlainMap, PlainError } from "../value/plain.ts";
import { resolve, resolveGroup } from "../value/resolve.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain } from "../value/plain.ts";

/**
 * Bounds a snapshot: texts whole, all attributes, and four times the size that outputs write by default, so that the output's own limits cut, and
 * say so, as they would have without it.
 */
export const SNAPSHOT_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  stringLength: Infinity,
  size: DEFAULT_LIMITS.size * 4,
  attributes: Number.MAX_SAFE_INTEGER,
};

/** Gives attributes that no later change of the caller's values reaches, and that resolve to what these resolve to now. */
export function snapshotAttrs(attrs: Attrs): Attrs {
  try {
    for (const key in attrs) if (!isPrimitive(attrs[key])) return toAttrs(resolveGroup(attrs, SNAPSHOT_LIMITS));
    return { ...attrs };
  } catch {
    // A getter or a proxy threw: resolving says so in its place.
    return toAttrs(resolveGroup(attrs, SNAPSHOT_LIMITS));
  }
}

/** Gives a value that no later change reaches, and that resolves to what this one resolves to now. */
export function snapshotValue(value: unknown): unknown {
  if (isPrimitive(value)) return value;
  const plain = resolve(value, SNAPSHOT_LIMITS);
  return plain === undefined ? undefined : toValue(plain);
}

/** Tells a value that cannot change. */
export function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

const snapshots = new WeakMap<Binding, Binding>();

/** Gives a chain that no later change of the values bound to it reaches: itself, where all are primitive. Made once for each chain. */
export function snapshotBinding(binding: Binding): Binding {
  const known = snapshots.get(binding);
  if (known !== undefined) return known;
  const parent = binding.parent === undefined ? undefined : snapshotBinding(binding.parent);
  const made = rebind(
    binding,
    parent,
    binding.attrs === undefined || isFlat(binding.attrs) ? binding.attrs : snapshotAttrs(binding.attrs),
  );
  snapshots.set(binding, made);
  return made;
}

function isFlat(attrs: Attrs): boolean {
  for (const key in attrs) if (!isPrimitive(attrs[key])) return false;
  return true;
}

/** Gives a step over another parent with other attributes; itself where both are its own. */
export function rebind(
  step: Binding,
  parent: Binding | undefined,
  attrs: Attrs | undefined,
  group: string | undefined = step.group,
): Binding {
  if (parent === step.parent && attrs === step.attrs && group === step.group) return step;
  if (group !== undefined) return Binding.group(parent, group);
  return Binding.attrs(parent, attrs ?? {});
}

/** Turns a resolved group back into attributes. */
export function toAttrs(group: ReadonlyMap<string, Plain>): Attrs {
  // fromEntries defines properties, so that a key named __proto__ is one like any other.
  return Object.fromEntries([...group].map(([key, value]) => [key, toValue(value)]));
}

/** Turns a plain value into one that resolves to it again: a group into an object literal, an error into an Error, bytes into a copy. */
export function toValue(plain: Plain): unknown {
  if (plain === null || typeof plain !== "object") return plain;
  if (plain instanceof Uint8Array) return plain.slice();
  if (!isPlainMap(plain)) return plain.map(toValue);
  if (plain instanceof PlainError) return toError(plain);
  return plain instanceof Group ? toAttrs(plain) : new Map([...plain].map(([key, value]) => [key, toValue(value)]));
}

/** Are found where they stand, and not among an error's own fields. */
const HIDDEN = new Set(["message", "stack", "code", "cause", "errors"]);

/** Makes an Error that never ran a constructor: no stack is captured, and what it says is what was resolved. */
function toError(plain: PlainError): object {
  const error = Object.create(Error.prototype) as object;
  define(error, "constructor", { name: plain.get("type") }, false);
  define(error, "message", undefined, false);
  define(error, "stack", undefined, false);
  for (const [key, value] of plain) {
    if (key === "attr.type") define(error, "type", toValue(value), true);
    else if (key !== "type") define(error, key, toValue(value), !HIDDEN.has(key));
  }
  return error;
}

function define(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, configurable: true });
}
