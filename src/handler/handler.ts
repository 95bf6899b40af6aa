import type { Context } from "@opentelemetry/api";
import type { Level } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { LogRecord } from "../record/log-record.ts";

/**
 * Takes records: the one seam of correlog. A handler of one's own is the first two methods; what `with()` and `withGroup()` bound
 * is in the record, so there is nothing to keep for it.
 */
export interface Handler {
  /**
   * Tells whether a record of this level is wanted, before it exists: cheap, without effects.
   *
   * @param ctx is what the call was given; undefined when it was given none (then `activeContext()` tells).
   */
  enabled(level: Level, ctx?: Context): boolean;

  /**
   * Takes a record for which `enabled` was true. It is done with the caller's values when it returns: who defers encodes first.
   * It may throw: the logger and the fan-out count and report it, and the app and the other handlers never notice.
   *
   * @param ctx is the call's context, or the active one; its live span is here, its ids are in the record.
   */
  handle(record: LogRecord, ctx: Context): void;

  /** Resolves when all that was handled before is delivered; rejects when it is not. */
  flush?(): Promise<void>;

  /** Flushes, then frees what the handler holds; later records are dropped, and counted. Rejects when something was not delivered. */
  shutdown?(): Promise<void>;

  /**
   * States the level below which `enabled` is false for every context. A logger then compares one integer and does not ask at all;
   * without it every call asks. Bound by name: it may move, the handler's `enabled` still decides above it.
   */
  readonly threshold?: LevelVar | undefined;
}

/** Wraps a handler in another that changes, drops or watches records on their way. */
export type Middleware = (next: Handler) => Handler;
