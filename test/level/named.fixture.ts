import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";

// Run by level-var.test.ts with --expose-gc: prints by how many bytes the heap grows for each call of named().
const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const logger = new Logger(memoryHandler(), { name: "app" });
const CALLS = 100_000;

async function heapAfterCalls(): Promise<number> {
  for (let i = 0; i < CALLS; i++) {
    logger.named("request");
    // Weak references are let go of only between turns.
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
  gc();
  return process.memoryUsage().heapUsed;
}

await heapAfterCalls();
const before = await heapAfterCalls();
console.log(((await heapAfterCalls()) - before) / CALLS);
