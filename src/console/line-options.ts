import { TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { ObjectWriter } from "../write/object-writer.ts";
import { isNodeStream, StreamWriter } from "../write/stream-writer.ts";
import { expected } from "../value/option.ts";
import type { LevelInput } from "../level/level.ts";
import type { Limits } from "../value/limits.ts";
import type { LineWriter } from "../write/line-writer.ts";

/** Configures a handler that writes lines. */
export interface LineOptions {
  /** The lowest level to write. Default: all that the logger lets through. */
  readonly level?: LevelInput | LevelVar;
  /** Where lines go: anything with `write(text)`, such as a stream. Default: standard output. The caller's: it is flushed, never closed. */
  readonly writer?: LineWriter;
  /** Bounds of one record. */
  readonly limits?: Partial<Limits>;
  /**
   * From this level up a line is written before the call returns; others at the end of the turn of the event loop. `"trace"` writes
   * every line at once. Default: `fatal`.
   */
  readonly flushLevel?: LevelInput;
}

/** Are the names of {@link LineOptions}. */
export const LINE_OPTIONS: readonly (keyof LineOptions)[] = ["level", "writer", "limits", "flushLevel"];

/** Reads a handler's own threshold. */
export function thresholdOf(level: LevelInput | LevelVar = TRACE): LevelVar {
  return level instanceof LevelVar ? level : new LevelVar(level);
}

/** Checks a writer, and makes sure that its failures stay with it. */
export function writerOf(writer: unknown, standard: () => LineWriter): LineWriter {
  if (writer === undefined) return standard();
  if (writer instanceof FdWriter) return writer;
  if (typeof writer === "object" && writer !== null && typeof (writer as Partial<LineWriter>).write === "function") {
    return isNodeStream(writer) ? StreamWriter.of(writer) : new ObjectWriter(writer as LineWriter);
  }
  throw new TypeError(expected("writer", "an object with write(text)", writer));
}
