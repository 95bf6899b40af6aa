// Logs to descriptor 1: 1000 calls below the level, 100 lines in one turn of the event loop, 100 in 100 turns, 100 at the flush level. To
// descriptor 3 it says what the system counted of this thread's writes meanwhile, of each part.
import { readFileSync, writeSync } from "node:fs";
import { jsonHandler, Logger } from "../../../src/index.ts";

const logger = new Logger(jsonHandler(), { clock: () => 0 });
const found: { [part: string]: { writes: number; bytes: number } } = {};

await part("disabled", async () => {
  for (let i = 0; i < 1000; i++) logger.debug("cache miss", { key: i });
  await turn();
});
await part("gathered", async () => {
  for (let i = 0; i < 100; i++) logger.info("order paid", { orderId: i });
  await turn();
});
await part("alone", async () => {
  for (let i = 0; i < 100; i++) {
    logger.info("order paid", { orderId: i });
    await turn();
  }
});
await part("atOnce", async () => {
  for (let i = 0; i < 100; i++) logger.fatal("out of memory", { orderId: i });
});
writeSync(3, JSON.stringify(found));

async function part(name: string, log: () => Promise<void>): Promise<void> {
  const before = counted();
  await log();
  const after = counted();
  found[name] = { writes: after.writes - before.writes, bytes: after.bytes - before.bytes };
}

function counted(): { writes: number; bytes: number } {
  const text = readFileSync("/proc/thread-self/io", "utf8");
  const of = (counter: string): number => Number(new RegExp(`^${counter}: (\\d+)$`, "m").exec(text)?.[1]);
  return { writes: of("syscw"), bytes: of("wchar") };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
