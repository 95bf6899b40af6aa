import { isHandler } from "../handler/fanout.ts";
import { TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { report } from "../report/report.ts";
import { expected } from "./option.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";

/** Checks what should be a handler. @throws TypeError when it is none, naming its place. */
export function toHandler(option: string, value: unknown): Handler {
  if (isHandler(value)) return value;
  throw new TypeError(expected(option, "a handler", value));
}

/** Asks a handler; one that throws wants nothing, and that is reported. */
export function wants(handler: Handler, level: Level, ctx: Context | undefined): boolean {
  try {
    return handler.enabled(level, ctx);
  } catch (error) {
    report("handler", error);
    return false;
  }
}

const EVERYTHING = new LevelVar(TRACE);

/** Gives a handler's threshold: the lowest level for one that states none. */
export function thresholdOf(handler: Handler): LevelVar {
  return handler.threshold ?? EVERYTHING;
}

/** Flushes or shuts down all handlers, each once; rejects with what failed when all are through. */
export async function forAll(handlers: readonly Handler[], method: "flush" | "shutdown"): Promise<void> {
  const results = await Promise.allSettled([...new Set(handlers)].map(async (handler) => handler[method]?.()));
  const failed = results.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  if (failed.length === 1) throw failed[0];
  if (failed.length > 1) throw new AggregateError(failed, `${failed.length} of ${results.length} handlers failed`);
}
