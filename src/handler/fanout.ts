import { LevelVar } from "../level/level-var.ts";
import { TRACE } from "../level/level.ts";
import { report } from "../report/report.ts";
import { discard } from "./discard.ts";
import type { Context } from "@opentelemetry/api";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Handler } from "./handler.ts";

/** Is a handler in a fan-out, with a level of its own where one is given. */
export type Branch = Handler | { readonly handler: Handler; readonly level: LevelInput | LevelVar };

/**
 * Gives each record to several handlers, in their order. A branch that throws or rejects is counted and reported, and the others
 * never notice. `flush()` and `shutdown()` wait for all and reject with what failed.
 *
 * @throws TypeError when a branch is no handler, RangeError when its level is none. None gives {@link discard}, a single one itself, a fan-out in a fan-out its branches.
 */
export function fanout(...branches: readonly (Branch | readonly Branch[])[]): Handler {
  const handlers = branches.flat().map(toHandler);
  const flat = handlers.flatMap((handler) => (handler instanceof Fanout ? handler.branches : [handler]));
  const [only] = flat;
  if (only === undefined) return discard;
  return flat.length === 1 ? only : new Fanout(flat);
}

function toHandler(branch: unknown, index: number): Handler {
  if (isHandler(branch)) return branch;
  if (typeof branch === "object" && branch !== null && "handler" in branch && "level" in branch && isHandler(branch.handler)) {
    return atLevel(branch.level as LevelInput | LevelVar, branch.handler);
  }
  throw new TypeError(`fanout: expected a handler or { handler, level } at place ${index}, got ${String(branch)}`);
}

/** Tells a handler: an object with the two methods. */
export function isHandler(value: unknown): value is Handler {
  if (typeof value !== "object" || value === null) return false;
  const { enabled, handle } = value as Partial<Handler>;
  return typeof enabled === "function" && typeof handle === "function";
}

/**
 * Lets only records from a level up through to a handler.
 *
 * @throws RangeError when `level` is no level.
 */
export function atLevel(level: LevelInput | LevelVar, handler: Handler): Handler {
  return new AtLevel(level instanceof LevelVar ? level : new LevelVar(level), handler);
}

const EVERYTHING = new LevelVar(TRACE);

class AtLevel implements Handler {
  readonly threshold: LevelVar;
  readonly #level: LevelVar;
  readonly #next: Handler;

  constructor(level: LevelVar, next: Handler) {
    this.#level = level;
    this.#next = next;
    this.threshold = next.threshold === undefined ? level : LevelVar.highestOf([level, next.threshold]);
  }

  enabled(level: Level, ctx?: Context): boolean {
    return level >= this.#level.level && this.#next.enabled(level, ctx);
  }

  handle(record: LogRecord, ctx: Context): void {
    return this.#next.handle(record, ctx);
  }

  async flush(): Promise<void> {
    await this.#next.flush?.();
  }

  async shutdown(): Promise<void> {
    await this.#next.shutdown?.();
  }
}

class Fanout implements Handler {
  readonly branches: readonly Handler[];
  readonly threshold: LevelVar;

  constructor(branches: readonly Handler[]) {
    this.branches = branches;
    this.threshold = LevelVar.lowestOf(branches.map((branch) => branch.threshold ?? EVERYTHING));
  }

  enabled(level: Level, ctx?: Context): boolean {
    for (const branch of this.branches) if (wants(branch, level, ctx)) return true;
    return false;
  }

  handle(record: LogRecord, ctx: Context): void {
    for (const branch of this.branches) {
      if (wants(branch, record.level, ctx)) attempt(branch, record, ctx);
    }
  }

  async flush(): Promise<void> {
    await all(this.branches.map(async (branch) => branch.flush?.()));
  }

  async shutdown(): Promise<void> {
    await all(this.branches.map(async (branch) => branch.shutdown?.()));
  }
}

function wants(branch: Handler, level: Level, ctx: Context | undefined): boolean {
  try {
    return branch.enabled(level, ctx);
  } catch (error) {
    report("handler", error);
    return false;
  }
}

/**
 * Gives a record to a handler and contains what goes wrong, also in the promise of a handler that was written as `async`, of whatever
 * realm or library it is.
 */
export function attempt(handler: Handler, record: LogRecord, ctx: Context): void {
  try {
    const result: unknown = handler.handle(record, ctx);
    if (result !== undefined && isThenable(result)) Promise.resolve(result).catch((error: unknown) => report("handler", error));
  } catch (error) {
    report("handler", error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === "function";
}

async function all(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  if (failed.length === 1) throw failed[0];
  if (failed.length > 1) throw new AggregateError(failed, `${failed.length} of ${work.length} handlers failed`);
}
