import { discard } from "../handler/discard.ts";
import { LevelVar } from "../level/level-var.ts";
import { report } from "../report/report.ts";
import { forAll, thresholdOf, toHandler, wants } from "./children.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";

/**
 * Gives each record to the first handler that takes it: one that is not enabled for it, or throws, hands over to the next. What was
 * thrown is reported, also where the next one helps. When none takes it, the logger counts and reports the record as lost. `flush()`
 * and `shutdown()` reach all of them.
 *
 * It sees what a handler throws at the call: one that sends later fails later (OTLP, which retries by itself; a file; an async function), and a fan-out
 * or a logger contains what is thrown in it.
 *
 * @throws TypeError when one is no handler. None gives `discard`, a single one itself.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger, stderr } from "correlog";
 * import { failover } from "correlog/middleware";
 *
 * const own = { enabled: () => true, handle() { throw new Error("the queue is full"); } };
 * new Logger(failover(own, jsonHandler({ writer: stderr() }))).info("order paid");
 * ```
 */
export function failover(...handlers: readonly Handler[]): Handler {
  const checked = handlers.map((handler, place) => toHandler(`failover: place ${place}`, handler));
  const [only = discard] = checked;
  return checked.length < 2 ? only : new Failover(checked);
}

class Failover implements Handler {
  readonly threshold: LevelVar;
  readonly #handlers: readonly Handler[];

  constructor(handlers: readonly Handler[]) {
    this.#handlers = handlers;
    this.threshold = LevelVar.lowestOf(handlers.map(thresholdOf));
  }

  enabled(level: number, ctx?: Context): boolean {
    for (const handler of this.#handlers) if (wants(handler, level, ctx)) return true;
    return false;
  }

  handle(record: LogRecord, ctx: Context): void {
    let lastError: unknown;
    let failed = 0;
    for (const handler of this.#handlers) {
      if (!wants(handler, record.level, ctx)) continue;
      try {
        return handler.handle(record, ctx);
      } catch (error) {
        report("failover", error);
        lastError = error;
        failed++;
      }
    }
    if (failed > 0) throw new Error(`failover: ${failed} handlers failed, none took the record`, { cause: lastError });
  }

  async flush(): Promise<void> {
    await forAll(this.#handlers, "flush");
  }

  async shutdown(): Promise<void> {
    await forAll(this.#handlers, "shutdown");
  }
}
