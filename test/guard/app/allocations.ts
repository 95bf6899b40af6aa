// Prints what a call leaves on the heap, in bytes, as JSON. To be started with a young generation that is larger than all of it
// (`--min-semi-space-size`), so that nothing is collected and the growth of the heap is what was allocated.
import { atLevel, fanout, jsonHandler, Logger, LevelRules, LevelVar } from "../../../src/index.ts";
import { FdWriter } from "../../../src/write/fd-writer.ts";

const WARM = 30_000;
const CALLS = 5000;
const WINDOWS = 25;

/** Keeps the literal, so that the compiler cannot leave it out, as it may where a call does nothing with it. */
const keeper = {
  kept: {},
  debug(_message: string, attrs: object): void {
    this.kept = attrs;
  },
};

const nowhere = (_fd: number, _bytes: Uint8Array, _from: number, length: number): number => length;
const handler = jsonHandler({ writer: new FdWriter(1, {}, nowhere) });
const logger = new Logger(handler);
const moving = new Logger(handler, { level: new LevelVar("info") });
const named = new Logger(handler, { level: new LevelRules("debug,db=info") }).named("db");
const fanned = new Logger(fanout(...["info", "warn", "error"].map((level) => atLevel(level, jsonHandler()))), { level: "trace" });

const calls: { readonly [name: string]: (i: number) => void } = {
  literal: (i) => keeper.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }),
  disabled: (i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }),
  "disabled by a LevelVar": (i) => moving.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }),
  "disabled by name": (i) => named.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }),
  "disabled by a fan-out": (i) => fanned.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }),
  "3 attributes": (i) => logger.info("order paid", { orderId: i, user: "jane doe", total: 12.5 }),
  "10 attributes": (i) =>
    logger.info("request", { method: "GET", path: "/", status: 200, ms: 3.5, user: "u", a: 1, b: true, c: i, d: "eu", e: null }),
};

const found: { [name: string]: number } = {};
for (const [name, call] of Object.entries(calls)) {
  await run(call, WARM);
  const windows: number[] = [];
  for (let window = 0; window < WINDOWS; window++) windows.push(await allocated(call));
  // The smallest: the compiler allocates as well, whenever it likes.
  found[name] = Math.round(Math.min(...windows));
}
console.log(JSON.stringify(found));

async function allocated(call: (i: number) => void): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await run(call, CALLS);
  return (process.memoryUsage().heapUsed - before) / CALLS;
}

async function run(call: (i: number) => void, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    call(i);
    if (i % 250 === 249) await new Promise((resolve) => setImmediate(resolve));
  }
}
