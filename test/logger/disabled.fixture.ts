import { ROOT } from "../../src/context/otel-api.ts";
import { discard } from "../../src/handler/discard.ts";
import { fanout } from "../../src/handler/fanout.ts";
import { LevelRules } from "../../src/level/level-rules.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { Logger } from "../../src/logger/logger.ts";
import { contextAttrs } from "../../src/middleware/context-attrs.ts";
import { pipe } from "../../src/middleware/pipe.ts";
import { redact } from "../../src/middleware/redact.ts";
import { sample } from "../../src/middleware/sample.ts";
import { contextWith } from "../../src/testing/context-with.ts";
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
const moving = new LevelVar("info");
const byVar = new Logger(willing, { level: moving }).with({ b: 2 });
const rules = new LevelRules("info");
const byName = new Logger(willing, { level: rules }).named("db").withGroup("g");
const branch = new LevelVar("info");
const byBranches = new Logger(fanout(...["warn", "error", branch].map((level) => ({ handler: willing, level }))));
// They have moved before, as levels that stay where they were made may be taken for constants.
moving.set("warn");
rules.set("debug,db=warn");
branch.set("warn");
const between = pipe(redact({ keys: ["password"] }), sample({ first: 1, oneIn: 2 }), contextAttrs());
const byBehind = new Logger(between({ ...willing, threshold: new LevelVar("warn") })).with({ b: 2 }).named("db");
const silent = new Logger(willing, { level: "off" });
const ctx = contextWith({ span: {}, baggage: { tenant: "t1" } });
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
    "message and attributes, by a LevelVar": bytesOf(() => byVar.info("m", attrs)),
    "message and attributes, by the logger's name": bytesOf(() => byName.info("m", attrs)),
    "message and attributes, by the branches of a fan-out": bytesOf(() => byBranches.info("m", attrs)),
    "context, message and attributes, by the branches of a fan-out": bytesOf(() => byBranches.info(ctx, "m", attrs)),
    "context, message and attributes, by the logger's name": bytesOf(() => byName.info(ctx, "m", attrs)),
    "message and attributes, behind middlewares": bytesOf(() => byBehind.info("m", attrs)),
    "context, message and attributes, behind middlewares": bytesOf(() => byBehind.info(ctx, "m", attrs)),
    "by trace()": bytesOf(() => silent.trace("m", attrs)),
    "by debug()": bytesOf(() => silent.debug("m", attrs)),
    "by warn()": bytesOf(() => silent.warn("m", attrs)),
    "by error()": bytesOf(() => silent.error("m", attrs)),
    "by fatal()": bytesOf(() => silent.fatal("m", attrs)),
    "by event()": bytesOf(() => silent.event("e", attrs)),
    "by log()": bytesOf(() => silent.log("warn", "m", attrs)),
    "by logEvent()": bytesOf(() => silent.logEvent("warn", "e", attrs)),
    enabled: bytesOf(() => enabled.info("m", attrs)),
  }),
);
if (kept === undefined) throw new Error("expected the enabled logger to have made a record");
