import { PlainError } from "../value/plain.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** What each of the semantic conventions' attributes of an exception is called in a {@link PlainError}. */
const ATTRS = [
  ["exception.type", "type"],
  ["exception.message", "message"],
  ["exception.stacktrace", "stack"],
] as const;

const NONE: PlainMap = new Map();

/**
 * Gives `exception.type`, `exception.message` and `exception.stacktrace` of the first Error among a record's attributes, for outputs
 * that follow the semantic conventions. They belong behind the others, and what an attribute already says is left to it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function exceptionAttrs(attrs: PlainMap): PlainMap {
  for (const error of attrs.values()) if (error instanceof PlainError) return attrsOf(error, attrs);
  return NONE;
}

function attrsOf(error: PlainError, taken: PlainMap): PlainMap {
  const found = new Map<string, Plain>();
  for (const [name, field] of ATTRS) {
    const value = error.get(field);
    if (typeof value === "string" && !taken.has(name)) found.set(name, value);
  }
  return found;
}
