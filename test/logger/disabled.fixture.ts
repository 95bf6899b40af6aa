import { ROOT } from "../../src/context/otel-api.ts";
import { discard } from "../../src/handler/discard.ts";
import { Logger } from "../../src/logger/logger.ts";
import type { Handler } from "../../src/handler/handler.ts";

// Run by disabled.test.ts with --expose-gc: prints the bytes that one call allocates.
const CALLS = 200_000;
const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const unwilling: Handler = { enabled: () => false, handle: () => undefined };
// It keeps the last record, so that no compiler finds out that nobody wants it.
let kept: unknown;
const willing: Handler = { enabled: () => true, handle: (record) => void (kept = record) };
const byLevel = new Logger(willing, { level: "error" });
const byHandler = new Logger(unwilling);
const overDiscard = new Logger(discard);
const enabled = new Logger(willing);
const attrs = { a: 1 };

function bytesOf(call: () => void): number {
  // The least of several, since the first compile; with the young generation that the test gives, no collection comes between.
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < CALLS; i++) call();
    least = Math.min(least, Math.max(0, process.memoryUsage().heapUsed - before));
  }
  return least / CALLS;
}

console.log(
  JSON.stringify({
    "message, by level": bytesOf(() => byLevel.info("m")),
    "message and attributes, by level": bytesOf(() => byLevel.info("m", attrs)),
    "context, message and attributes, by level": bytesOf(() => byLevel.info(ROOT, "m", attrs)),
    "message and attributes, by handler": bytesOf(() => byHandler.info("m", attrs)),
    "context, message and attributes, by handler": bytesOf(() => byHandler.info(ROOT, "m", attrs)),
    "message and attributes, over discard": bytesOf(() => overDiscard.info("m", attrs)),
    enabled: bytesOf(() => enabled.info("m", attrs)),
  }),
);
if (kept === undefined) throw new Error("expected the enabled logger to have made a record");
