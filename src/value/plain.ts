/**
 * Is what every JavaScript value becomes before an output writes it: the AnyValue of the OpenTelemetry data model. A number may
 * be NaN or infinite, a bigint of any size, bytes are the caller's own view; each format states how it writes those. A map keeps
 * its order.
 *
 * @see https://opentelemetry.io/docs/specs/otel/common/#anyvalue
 */
export type Plain = null | boolean | number | bigint | string | Uint8Array | readonly Plain[] | PlainMap;

/** Is a {@link Plain} value with named members, in their order. */
export type PlainMap = ReadonlyMap<string, Plain>;

/** Is what an object literal becomes: slog's group. Two groups of one key merge, an empty one leaves no trace; other maps do neither. */
export class Group extends Map<string, Plain> {}

/** Is what an Error becomes: `type`, `message`, `stack`, then `code`, `cause`, `errors` and its own fields, where it has them. */
export class PlainError extends Map<string, Plain> {}

/** Narrows to a map of any kind. */
export function isPlainMap(value: Plain | undefined): value is PlainMap {
  return value instanceof Map;
}

/**
 * Puts the members of one group behind those of another: a later key wins and keeps its place, groups of one key merge. Where one is empty
 * it gives the other itself, which nobody may change.
 */
export function mergeGroups(first: Group, second: Group): Group {
  if (first.size === 0 || second.size === 0) return first.size === 0 ? second : first;
  const merged = copyGroup(first);
  for (const [key, value] of second) addMember(merged, key, value);
  return merged;
}

/** Copies a group, without the pairs that its constructor would be given. */
export function copyGroup(from: PlainMap): Group {
  const group = new Group();
  for (const [key, value] of from) group.set(key, value);
  return group;
}

/** Adds a member to a group that is still being made. */
export function addMember(group: Group, key: string, value: Plain): void {
  const old = value instanceof Group ? group.get(key) : undefined;
  group.set(key, old instanceof Group ? mergeGroups(old, value as Group) : value);
}
