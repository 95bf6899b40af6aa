import { describe, expect, test } from "vitest";
import { discard } from "../../src/handler/discard.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { LevelRules } from "../../src/level/level-rules.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { lazy } from "../../src/value/log-value.ts";
import { contextWith } from "../../src/testing/index.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../../src/handler/handler.ts";
import type { LoggerOptions } from "../../src/logger/logger-options.ts";

const METHODS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

function recorded(options?: LoggerOptions) {
  const handler = memoryHandler();
  return { handler, logger: new Logger(handler, options) };
}

describe("levels of a logger", () => {
  test("the default is INFO, and each method logs at its own level", () => {
    const { handler, logger } = recorded();
    for (const method of METHODS) logger[method](method);
    expect(handler.records.map(({ message, levelName }) => [message, levelName])).toEqual([
      ["info", "INFO"],
      ["warn", "WARN"],
      ["error", "ERROR"],
      ["fatal", "FATAL"],
    ]);
  });

  test("enabled() and every method agree, at every level", () => {
    for (let level = 1; level <= 25; level++) {
      const { handler, logger } = recorded({ level });
      const said = METHODS.filter((method) => logger.enabled(method));
      for (const method of METHODS) logger[method](method);
      expect(handler.records.map(({ message }) => message)).toEqual(said);
    }
  });

  test("a level that moves moves all loggers made from one, and the handler's own threshold counts too", () => {
    const level = new LevelVar("warn");
    const handlerLevel = new LevelVar("trace");
    const handler = memoryHandler({ level: handlerLevel });
    const child = new Logger(handler, { level }).with({ a: 1 }).withGroup("g").named("n");
    const enabled = (): readonly boolean[] => [child.enabled("debug"), child.enabled("info"), child.enabled("error")];
    expect(enabled()).toEqual([false, false, true]);
    level.set("debug");
    expect(enabled()).toEqual([true, true, true]);
    handlerLevel.set("error");
    expect(enabled()).toEqual([false, false, true]);
  });

  test("rules by name hold for named loggers, made before or after the rules changed", () => {
    const rules = new LevelRules("info,db=debug");
    const { logger } = recorded({ level: rules });
    const db = logger.named("db");
    expect([logger.enabled("debug"), db.enabled("debug"), db.named("pool").enabled("debug")]).toEqual([false, true, true]);
    rules.set("warn,db.pool=trace");
    expect([db.enabled("info"), db.named("pool").enabled("trace"), db.with({ a: 1 }).enabled("warn")]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("log() takes numbers and names; what is no level is logged at INFO with what was given", () => {
    const { handler, logger } = recorded({ level: "trace" });
    logger.log(10, "a");
    logger.log("WARN", contextWith({ span: true }), "b", { k: 1 });
    logger.log("loud", "c", { k: 1 });
    logger.log(99, "d");
    logger.log("off", "e");
    logger.log(25, "f", { k: 1 });
    logger.log("warn", undefined, "g", { k: 1 });
    logger.logEvent("off", "h.event", { k: 1 });
    expect(handler.records.map(({ message, level, attrs }) => [message, level, attrs])).toEqual([
      ["a", 10, {}],
      ["b", 13, { k: 1 }],
      ["c", 9, { k: 1, level: "loud" }],
      ["d", 9, { level: 99 }],
      ["e", 9, { level: "off" }],
      ["f", 9, { k: 1, level: 25 }],
      ["g", 13, { k: 1 }],
      ["h.event", 9, { k: 1, level: "off" }],
    ]);
  });

  test.each([
    ["level", { level: "loud" }],
    ["level", { level: 0 }],
    ["clock", { clock: 5 }],
    ["name", { name: 5 }],
    ["baggage", { baggage: 5 }],
  ])("a bad option %s is refused when the logger is made", (name, options) => {
    expect(() => new Logger(discard, options as never)).toThrow(new RegExp(`^${name}: expected .*, got `));
  });

  test.each([[undefined], [null], ["console"], [{}], [{ handle: () => undefined }]])("a handler of %j is refused", (handler) => {
    expect(() => new Logger(handler as never)).toThrow(/^handler: expected an object with enabled\(\) and handle\(\), got /);
  });
});

describe("a disabled call", () => {
  test("asks no handler, reads no attribute, takes no time and computes nothing", () => {
    const asked: string[] = [];
    const handler: Handler = { enabled: () => asked.push("enabled") > 0, handle: () => void asked.push("handle") };
    const logger = new Logger(handler, { level: "warn", clock: () => asked.push("clock") });
    const attrs = {
      get a() {
        return asked.push("getter");
      },
      b: lazy(() => asked.push("lazy")),
    };
    const ctx: Context = { getValue: () => asked.push("context"), setValue: () => ctx, deleteValue: () => ctx };
    logger.info("m", attrs);
    logger.info(ctx, "m", attrs);
    logger.log("info", "m", attrs);
    logger.event("e", attrs);
    expect(asked).toEqual([]);
  });

  test("at a handler without a threshold asks it before anything else, with the context that was given", () => {
    const asked: unknown[] = [];
    const handler: Handler = { enabled: (level, ctx) => asked.push([level, ctx]) < 0, handle: () => void asked.push("handle") };
    const ctx = contextWith({});
    const logger = new Logger(handler, { clock: () => asked.push("clock") });
    logger.info("m", { a: 1 });
    logger.info(ctx, "m", { a: 1 });
    expect(asked).toEqual([
      [9, undefined],
      [9, ctx],
    ]);
  });
});

describe("a log call never throws", () => {
  const throws = (): never => {
    throw new Error("why");
  };
  const rejecting = { enabled: () => true, handle: async () => throws() };
  const BROKEN: readonly { name: string; handler: Handler; options?: LoggerOptions }[] = [
    { name: "a handler whose handle() throws", handler: { enabled: () => true, handle: throws } },
    { name: "a handler whose enabled() throws", handler: { enabled: throws, handle: throws } },
    { name: "a handler whose handle() rejects", handler: rejecting },
    { name: "a clock that throws", handler: memoryHandler(), options: { clock: throws } },
  ];
  for (const { name, handler, options } of BROKEN) {
    test(`over ${name}`, () => {
      const logger = new Logger(handler, options);
      for (const method of METHODS) expect(logger[method]("m", { a: 1 })).toBeUndefined();
      expect([logger.log("info", "m"), logger.event("e")]).toEqual([undefined, undefined]);
      expect([logger.enabled("trace"), typeof logger.enabled("info")]).toEqual([false, "boolean"]);
    });
  }

  test("nor loses the record to a clock that throws", () => {
    const { handler, logger } = recorded({ clock: throws });
    logger.info("m");
    expect(handler.records.map(({ message }) => message)).toEqual(["m"]);
  });
});

describe("the rest of a logger", () => {
  test("names join by dots, and a name is the record's", () => {
    const { handler, logger } = recorded({ name: "app" });
    logger.info("m");
    logger.named("http").with({ a: 1 }).named("client").info("m");
    expect(handler.records.map((record) => record.logger)).toEqual(["app", "app.http.client"]);
  });

  test("an event has its name as its message too, takes a context, and is never nameless", () => {
    const { handler, logger } = recorded();
    const untyped = logger as unknown as { event(...args: readonly unknown[]): void };
    logger.event("order.paid", { id: 1 });
    logger.event(contextWith({ span: true }), "order.sent");
    untyped.event({ a: 1 });
    expect(handler.records.map(({ eventName, message, spanId }) => [eventName, message, spanId])).toEqual([
      ["order.paid", "order.paid", undefined],
      ["order.sent", "order.sent", "b7ad6b7169203331"],
      [undefined, "", undefined],
    ]);
  });

  test("an event may have any level; what is none is said, at INFO", () => {
    const { handler, logger } = recorded();
    logger.logEvent("warn", "stock.low", { item: "cup" });
    logger.logEvent(18, contextWith({ span: true }), "stock.gone");
    logger.logEvent("loud", "stock.full");
    expect(
      handler.records.map(({ level, eventName, message, spanId, attrs }) => ({ level, eventName, message, spanId, attrs })),
    ).toEqual([
      { level: 13, eventName: "stock.low", message: "stock.low", spanId: undefined, attrs: { item: "cup" } },
      { level: 18, eventName: "stock.gone", message: "stock.gone", spanId: "b7ad6b7169203331", attrs: {} },
      { level: 9, eventName: "stock.full", message: "stock.full", spanId: undefined, attrs: { level: "loud" } },
    ]);
    new Logger(handler, { level: "error" }).logEvent("warn", "stock.low");
    expect(handler.records).toHaveLength(3);
  });

  test("a method that was taken off the logger still is one of it when it is bound", () => {
    const { handler, logger } = recorded();
    ["a", "b"].forEach((message) => logger.info(message));
    const info = logger.info.bind(logger);
    info("c");
    expect(handler.records.map(({ message }) => message)).toEqual(["a", "b", "c"]);
  });

  test("flush, shutdown and disposal are the handler's; without any they resolve, and what fails rejects", async () => {
    const done: string[] = [];
    const handler: Handler = {
      ...memoryHandler(),
      flush: async () => void done.push("flush"),
      shutdown: async () => {
        done.push("shutdown");
        throw new Error("not delivered");
      },
    };
    const logger = new Logger(handler);
    await logger.flush();
    await expect(logger.shutdown()).rejects.toThrow("not delivered");
    await expect(logger[Symbol.asyncDispose]()).rejects.toThrow("not delivered");
    expect(done).toEqual(["flush", "shutdown", "shutdown"]);
    const bare = new Logger({ enabled: () => true, handle: () => undefined });
    await expect(Promise.all([bare.flush(), bare.shutdown()])).resolves.toEqual([undefined, undefined]);
  });

  test("a handler that logs without end comes to one", () => {
    let handled = 0;
    const logger: Logger = new Logger({
      enabled: () => true,
      handle() {
        handled++;
        logger.info("again");
      },
    });
    logger.info("first");
    expect(handled).toBeLessThan(10);
    handled = 0;
    logger.info("next");
    expect(handled).toBeGreaterThan(0);
  });

  test("a logger takes finished records, names them below itself, and binds around them", () => {
    const { handler, logger } = recorded({ name: "outer" });
    logger.with({ a: 1 }).handle(createRecord({ message: "m", logger: "inner", attrs: { b: 2 } }), contextWith({}));
    expect(handler.records[0]).toMatchObject({ message: "m", logger: "outer.inner", attrs: { a: 1, b: 2 } });
  });

  test("the ctx of a call reaches enabled() and handle(), from each method", () => {
    const seen: unknown[] = [];
    const ctx = contextWith({});
    const logger = new Logger(
      { enabled: (_, given) => (seen.push(given), true), handle: (_, given) => void seen.push(given) },
      { level: "trace" },
    );
    for (const method of METHODS) logger[method](ctx, "m");
    logger.log("info", ctx, "m");
    logger.event(ctx, "e");
    expect(seen).toEqual(Array.from({ length: 16 }, () => ctx));
  });
});
