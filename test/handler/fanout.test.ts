import fs from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { discard } from "../../src/handler/discard.ts";
import { atLevel, fanout } from "../../src/handler/fanout.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { ROOT } from "../../src/context/otel-api.ts";
import type { Handler } from "../../src/handler/handler.ts";

const throws = (message: string) => (): never => {
  throw new Error(message);
};
const messages = ({ records }: ReturnType<typeof memoryHandler>): readonly string[] => records.map(({ message }) => message);

describe("fanout", () => {
  test("gives every record to every branch, in their order", () => {
    const order: string[] = [];
    const branch = (name: string): Handler => ({ enabled: () => true, handle: () => void order.push(name) });
    new Logger(fanout(branch("a"), branch("b"), [branch("c")])).info("m");
    expect(order).toEqual(["a", "b", "c"]);
  });

  test("of none discards, of one is that one, of a fan-out takes its branches, and keeps its own list", () => {
    const [a, b] = [memoryHandler(), memoryHandler()];
    expect(fanout()).toBe(discard);
    expect(fanout(a)).toBe(a);
    expect(fanout(fanout(a, b))).toMatchObject({ branches: [a, b] });
    const list = [a, b];
    const fan = fanout(list);
    list.length = 0;
    fan.handle(createRecord({ message: "m" }), ROOT);
    expect([messages(a), messages(b)]).toEqual([["m"], ["m"]]);
  });

  test.each([[undefined], [{}], ["console"], [{ handler: {}, level: "info" }], [{ handle: 1, enabled: 2 }]])(
    "%j is no branch",
    (branch) => {
      expect(() => fanout(memoryHandler(), branch as never)).toThrow(
        /^fanout: expected a handler or \{ handler, level \} at place 1, got /,
      );
    },
  );

  test("a promise of another realm that rejects ends no process", async () => {
    const handle = runInNewContext("(async () => { throw new Error('rejected'); })") as () => void;
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", listener);
    const [memory, heard] = [memoryHandler(), vi.spyOn(fs, "writeSync").mockReturnValue(0)];
    new Logger(fanout({ enabled: () => true, handle }, memory)).info("m");
    await new Promise((resolve) => setTimeout(resolve, 0));
    process.off("unhandledRejection", listener);
    heard.mockRestore();
    expect(unhandled).toEqual([]);
    expect(messages(memory)).toEqual(["m"]);
  });

  test("each branch has its own level, which may move", () => {
    const [all, some] = [memoryHandler(), memoryHandler()];
    const level = new LevelVar("error");
    const logger = new Logger(fanout(all, { handler: some, level }), { level: "trace" });
    logger.info("one");
    level.set("info");
    logger.info("two");
    expect([messages(all), messages(some)]).toEqual([["one", "two"], ["two"]]);
  });

  test("a level that is none is refused when it is made", () => {
    expect(() => fanout(memoryHandler(), { handler: memoryHandler(), level: "loud" })).toThrow(RangeError);
    expect(() => atLevel("loud", memoryHandler())).toThrow(RangeError);
  });

  test("is enabled when any branch is, and its threshold is the lowest", () => {
    const [low, high] = [memoryHandler({ level: "info" }), memoryHandler({ level: "error" })];
    const fan = fanout(low, high);
    expect([fan.enabled(5), fan.enabled(9), fan.enabled(17), fan.threshold?.level]).toEqual([false, true, true, 9]);
    expect(fanout(low, { enabled: () => true, handle: () => undefined }).threshold?.level).toBe(1);
    expect(fanout(discard, high).threshold?.level).toBe(17);
  });

  test("what one branch throws, in any method, no other branch notices, nor the caller", () => {
    const [first, last] = [memoryHandler(), memoryHandler()];
    const broken: Handler = { enabled: () => true, handle: throws("handle") };
    const refusing: Handler = { enabled: throws("enabled"), handle: throws("handle") };
    const rejecting = { enabled: () => true, handle: async () => Promise.reject(new Error("late")) };
    const logger = new Logger(fanout(first, broken, refusing, rejecting, last));
    expect(logger.info("m")).toBeUndefined();
    expect([messages(first), messages(last)]).toEqual([["m"], ["m"]]);
  });

  test("flush and shutdown wait for all branches, and reject with what failed", async () => {
    const ended: string[] = [];
    const slow: Handler = {
      enabled: () => true,
      handle: () => undefined,
      async flush() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        ended.push("flush");
      },
      async shutdown() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        ended.push("shutdown");
      },
    };
    const failing = (message: string): Handler => ({
      ...slow,
      flush: throws(message),
      shutdown: async () => Promise.reject(new Error(message)),
    });
    await expect(fanout(slow, failing("a")).flush?.()).rejects.toThrow("a");
    await expect(fanout(failing("a"), slow, memoryHandler(), failing("b")).shutdown?.()).rejects.toMatchObject({
      message: "2 of 4 handlers failed",
      errors: [new Error("a"), new Error("b")],
    });
    expect(ended).toEqual(["flush", "shutdown"]);
    await expect(fanout(slow, memoryHandler()).flush?.()).resolves.toBeUndefined();
  });
});

describe("atLevel", () => {
  test("lets a record through from its level up, as far as the handler behind it wants it", async () => {
    const memory = memoryHandler({ level: "warn" });
    const handler = atLevel("info", memory);
    expect([handler.enabled(9), handler.enabled(13), handler.threshold?.level]).toEqual([false, true, 13]);
    handler.handle(createRecord({ message: "m" }), ROOT);
    expect(messages(memory)).toEqual(["m"]);
    await expect(Promise.all([handler.flush?.(), handler.shutdown?.()])).resolves.toEqual([undefined, undefined]);
  });
});

describe("memoryHandler", () => {
  test("keeps copies of plain values, the newest records when there is no more room, and forgets on demand", () => {
    const handler = memoryHandler({ maxRecords: 2 });
    const logger = new Logger(handler, { clock: () => 5, name: "app" });
    const attrs = { list: [1] };
    for (const message of ["a", "b", "c"]) logger.info(message, attrs);
    attrs.list.push(2);
    expect(messages(handler)).toEqual(["b", "c"]);
    expect(handler.records[0]).toEqual({
      time: 5,
      level: 9,
      levelName: "INFO",
      message: "b",
      eventName: undefined,
      logger: "app",
      attrs: { list: [1] },
      traceId: undefined,
      spanId: undefined,
      traceFlags: undefined,
    });
    handler.clear();
    expect(handler.records).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, "2"])("maxRecords of %j is refused", (maxRecords) => {
    expect(() => memoryHandler({ maxRecords: maxRecords as number })).toThrow(
      `maxRecords: expected a whole number from 1 up, got ${typeof maxRecords === "string" ? `"${maxRecords}"` : maxRecords}`,
    );
  });

  test("takes a level, also one that moves", () => {
    const level = new LevelVar("error");
    const handler = memoryHandler({ level });
    const logger = new Logger(handler, { level: "trace" });
    logger.info("one");
    level.set("trace");
    logger.trace("two");
    expect(messages(handler)).toEqual(["two"]);
    expect(() => memoryHandler({ level: "loud" })).toThrow(RangeError);
  });
});

test("discard takes nothing", () => {
  expect([discard.enabled(24), discard.threshold?.level, discard.handle(createRecord({}), ROOT)]).toEqual([false, 25, undefined]);
});
