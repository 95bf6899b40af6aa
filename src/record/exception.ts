import { PlainError } from "../value/plain.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** The convention's names, each with the field of a plain Error that it is taken from. */
const FIELDS = [
  ["exception.type", "type"],
  ["exception.message", "message"],
  ["exception.stacktrace", "stack"],
] as const;

/**
 * Gives the attributes by which OpenTelemetry knows an exception, of the first Error at the root of a record; those that the user
 * set are left out, each by itself.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function exceptionAttrs(attrs: PlainMap): readonly (readonly [key: string, value: Plain])[] {
  for (const value of attrs.values()) if (value instanceof PlainError) return missing(attrs, value);
  return [];
}

function missing(attrs: PlainMap, error: PlainError): readonly (readonly [key: string, value: Plain])[] {
  return FIELDS.flatMap(([key, field]) => {
    const value = error.get(field);
    return value === undefined || attrs.has(key) ? [] : [[key, value] as const];
  });
}
