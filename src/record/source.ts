import type { Plain } from "../value/plain.ts";

/** Is the place in the code where a record was made. */
export interface Source {
  /** The file, relative to the working directory where it lies below it. */
  readonly file: string;
  /** The line, counted from 1. */
  readonly line: number;
  /** The function; undefined at the top of a file and where it has no name. */
  readonly function: string | undefined;
}

/**
 * Names a place by the semantic conventions.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/code/
 */
export function sourceAttrs(source: Source): readonly (readonly [key: string, value: Plain])[] {
  const name = source.function === undefined ? [] : [["code.function.name", source.function.toWellFormed()] as const];
  return [...name, ["code.file.path", source.file.toWellFormed()], ["code.line.number", source.line]];
}
