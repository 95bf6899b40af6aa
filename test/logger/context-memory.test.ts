import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { fanout, jsonHandler, Logger, memoryHandler, textHandler } from "../../src/index.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

function nowhere(): FdWriter {
  return new FdWriter(1, {}, (_fd, _bytes, _from, length) => length);
}

/** Logs in contexts of their own, and gives what tells whether they, and what they carried, are still held. */
function logIn(logger: Logger, count: number): readonly WeakRef<object>[] {
  return Array.from({ length: count }, (_, i) => {
    const ctx = contextWith({ span: { traceFlags: 1 }, baggage: { tenant: `t${i}` } });
    logger.info(ctx, "order paid", { orderId: i });
    logger.with({ requestId: i }).withGroup("g").warn(ctx, "late", { orderId: i });
    return new WeakRef(ctx);
  });
}

test("logger: no context outlives its request, but for the last one, until another is seen", async () => {
  const logger = new Logger(fanout(jsonHandler({ writer: nowhere() }), textHandler({ writer: nowhere() })));
  const contexts = logIn(logger, 200);
  // What a WeakRef was made of, or asked for, is held until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(contexts.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(1);
  await new Promise((resolve) => setImmediate(resolve));
  logger.info("idle");
  gc();
  expect(contexts.filter((ref) => ref.deref() !== undefined)).toEqual([]);
});

test("logger: a handler that keeps records is seen to hold contexts' stamps, by the same measure", async () => {
  const held: object[] = [];
  const memory = memoryHandler();
  const keeping = { enabled: () => true, handle: (_: unknown, ctx: object) => void held.push(ctx) };
  const contexts = logIn(new Logger(fanout(memory, keeping)), 10);
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(contexts.filter((ref) => ref.deref() !== undefined).length).toBe(10);
  expect(held.length).toBe(20);
});
