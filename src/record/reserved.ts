/** The fields of a line that are the record's own, at its root. */
export const RESERVED: ReadonlySet<string> = new Set([
  "time",
  "level",
  "logger",
  "msg",
  "event_name",
  "trace_id",
  "span_id",
  "trace_flags",
  "dropped_attributes_count",
]);

/** Names an attribute at the root of a line so that it never stands for a field of the record's own: `level` becomes `attr.level`. */
export function lineKey(key: string): string {
  return RESERVED.has(key) ? `attr.${key}` : key;
}
