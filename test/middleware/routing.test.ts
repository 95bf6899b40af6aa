import { describe, expect, test, vi } from "vitest";
import { ERROR, INFO, OFF, TRACE, WARN } from "../../src/level/level.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { discard } from "../../src/handler/discard.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import {
  collapseRepeats,
  contextAttrs,
  debugRequest,
  delegate,
  failover,
  hold,
  pipe,
  route,
  sample,
  sampleByTrace,
} from "../../src/middleware/index.ts";
import { contextWith } from "../../src/testing/index.ts";
import type { Handler, Middleware } from "../../src/handler/handler.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Match } from "../../src/middleware/index.ts";

const messages = (memory: { records: readonly { message: string }[] }): readonly string[] =>
  memory.records.map((each) => each.message);
const throwing: Handler = {
  enabled: () => true,
  handle() {
    throw new Error("full");
  },
};

describe("delegate", () => {
  class Counting implements Handler {
    readonly threshold = new LevelVar("warn");
    readonly calls: string[] = [];
    enabled(level: number): boolean {
      this.calls.push("enabled");
      return level >= this.threshold.level;
    }
    handle(record: LogRecord): void {
      this.calls.push(`handle ${record.message}`);
    }
    async flush(): Promise<void> {
      this.calls.push("flush");
    }
    async shutdown(): Promise<void> {
      this.calls.push("shutdown");
    }
  }

  test("passes every method on to an instance of a class, and its threshold", async () => {
    const next = new Counting();
    const wrapper = delegate(next, {});
    new Logger(wrapper, { level: "trace" }).warn("w");
    await wrapper.flush?.();
    await wrapper.shutdown?.();
    expect(next.calls).toEqual(["enabled", "handle w", "flush", "shutdown"]);
    expect(wrapper.threshold).toBe(next.threshold);
  });

  test("calls an override on the object that it came from, and the others on the next handler", async () => {
    const overrides = new Counting();
    const next = new Counting();
    await delegate(next, { flush: overrides.flush.bind(overrides) }).flush?.();
    await delegate(next, overrides).shutdown?.();
    expect([overrides.calls, next.calls]).toEqual([["flush", "shutdown"], []]);
  });

  test("states no threshold when enabled is overridden, which might let more through", () => {
    const memory = memoryHandler({ level: "error" });
    expect(delegate(memory, { enabled: () => true }).threshold).toBeUndefined();
    expect(delegate(memory, { enabled: () => false, threshold: memory.threshold }).threshold).toBe(memory.threshold);
  });

  test("resolves flush and shutdown where the next handler has none", async () => {
    const wrapper = delegate({ enabled: () => true, handle: () => undefined }, {});
    await expect(Promise.all([wrapper.flush?.(), wrapper.shutdown?.()])).resolves.toEqual([undefined, undefined]);
  });

  test("rejects what is no handler and an override that is no function", () => {
    // A name that is misspelt would leave everything as it was, unsaid.
    expect(() => delegate(memoryHandler(), { handel: () => undefined } as object)).toThrow(
      'delegate: expected any of enabled, handle, flush, shutdown, threshold, got "handel"',
    );
    expect(() => delegate({} as Handler, {})).toThrow("delegate: expected a handler, got [object Object]");
    expect(() => delegate(discard, { flush: 1 as never })).toThrow("flush: expected a function, got 1");
    expect(() => delegate(discard, undefined as never)).toThrow("delegate: expected an object of methods, got undefined");
    expect(() => delegate(discard, { threshold: "info" as never })).toThrow('threshold: expected a LevelVar, got "info"');
  });
});

describe("pipe", () => {
  test("lets a record pass the first middleware first", () => {
    const memory = memoryHandler();
    const say = (word: string) => (next: Handler) =>
      delegate(next, { handle: (record, ctx) => next.handle({ ...record, message: `${record.message} ${word}` }, ctx) });
    new Logger(pipe(say("a"), say("b"))(memory)).info("m");
    expect(messages(memory)).toEqual(["m a b"]);
  });

  test("without middleware is the handler, and names what is none by its place", () => {
    expect(pipe()(discard)).toBe(discard);
    expect(() => pipe((next) => next, 5 as never)).toThrow("pipe: place 1: expected a function, got 5");
    expect(() => pipe(() => ({}) as Handler)(discard)).toThrow("pipe: place 0: expected a middleware that gives a handler");
    expect(() => pipe()(undefined as never)).toThrow("pipe: expected a handler, got undefined");
  });

  const MIDDLEWARES: readonly { name: string; middleware: Middleware }[] = [
    { name: "sample", middleware: sample() },
    { name: "sampleByTrace", middleware: sampleByTrace({ ratio: 1 }) },
    { name: "hold", middleware: hold() },
    { name: "collapseRepeats", middleware: collapseRepeats() },
    { name: "contextAttrs", middleware: contextAttrs() },
    { name: "debugRequest", middleware: debugRequest({ key: "0123456789abcdef" }) },
  ];
  test("an option of a middleware that is undefined is one that is not given", () => {
    const none = (...names: readonly string[]): never => Object.fromEntries(names.map((name) => [name, undefined])) as never;
    for (const make of [
      () => sample(none("first", "oneIn", "intervalMs", "keepLevel", "maxKeys", "clock", "key")),
      () => sampleByTrace({ ratio: 1, ...(none("intervalMs", "keepLevel", "clock") as object) }),
      () => collapseRepeats(none("intervalMs", "maxKeys")),
      () => hold(none("below", "until", "maxBytes", "maxRecords", "maxTraces", "maxAgeMs", "clock")),
      () => route({ when: none("level", "below", "logger", "event", "attrs"), to: discard }),
    ])
      expect(make).not.toThrow();
  });

  test.each(MIDDLEWARES)("a middleware says what is no handler: $name", ({ name, middleware }) => {
    expect(() => middleware(undefined as never)).toThrow(`${name}: expected a handler, got undefined`);
  });
});

describe("route", () => {
  const ROWS: readonly { name: string; when: Match; log: (logger: Logger) => void; fits: boolean }[] = [
    { name: "level, from it up", when: { level: "warn" }, log: (l) => l.error("m"), fits: true },
    { name: "level, below it", when: { level: "warn" }, log: (l) => l.info("m"), fits: false },
    { name: "below, which is too high", when: { below: "warn" }, log: (l) => l.warn("m"), fits: false },
    { name: "logger, itself", when: { logger: "db" }, log: (l) => l.named("db").info("m"), fits: true },
    { name: "logger, below it", when: { logger: "db" }, log: (l) => l.named("db").named("pool").info("m"), fits: true },
    { name: "logger, of the same beginning", when: { logger: "db" }, log: (l) => l.named("dbx").info("m"), fits: false },
    { name: "logger, by a star", when: { logger: "http.*" }, log: (l) => l.named("http.client").info("m"), fits: true },
    { name: "logger, stars amid", when: { logger: "a*c" }, log: (l) => l.named("a.b.c").named("d").info("m"), fits: true },
    {
      name: "logger, by many stars, at once",
      when: { logger: "*a*a*a*a*a*a*a*a*b" },
      log: (l) => l.named("a".repeat(60)).info("m"),
      fits: false,
    },
    { name: "logger, of a record without one", when: { logger: "*" }, log: (l) => l.info("m"), fits: false },
    { name: "event, by name", when: { event: "paid" }, log: (l) => l.event("paid"), fits: true },
    { name: "event, any", when: { event: true }, log: (l) => l.info("m"), fits: false },
    { name: "attribute of the call", when: { attrs: { status: 200 } }, log: (l) => l.info("m", { status: 200 }), fits: true },
    {
      name: "attribute of another kind",
      when: { attrs: { status: 200 } },
      log: (l) => l.info("m", { status: "200" }),
      fits: false,
    },
    {
      name: "attribute that is bound",
      when: { attrs: { tenant: "t1" } },
      log: (l) => l.with({ tenant: "t1" }).info("m"),
      fits: true,
    },
    {
      name: "attribute in a group that is open",
      when: { attrs: { "g.k": "v" } },
      log: (l) => l.withGroup("g").info("m", { k: "v" }),
      fits: true,
    },
    {
      name: "attribute named as one outside of the group",
      when: { attrs: { k: "v" } },
      log: (l) => l.withGroup("g").info("m", { k: "v" }),
      fits: false,
    },
    {
      name: "attribute whose key has dots",
      when: { attrs: { "http.route": "/" } },
      log: (l) => l.info("m", { "http.route": "/" }),
      fits: true,
    },
    {
      name: "attribute by pattern",
      when: { attrs: { path: /^\/health/g } },
      log: (l) => l.info("m", { path: "/healthz" }),
      fits: true,
    },
    {
      name: "baggage",
      when: { attrs: { tenant: "t1" } },
      log: (l) => l.info(contextWith({ baggage: { tenant: "t1" } }), "m"),
      fits: true,
    },
    {
      name: "baggage where the call's attribute is undefined",
      when: { attrs: { tenant: "t1" } },
      log: (l) => l.info(contextWith({ baggage: { tenant: "t1" } }), "m", { tenant: undefined }),
      fits: true,
    },
    { name: "NaN", when: { attrs: { x: Number.NaN } }, log: (l) => l.info("m", { x: Number.NaN }), fits: true },
    { name: "zero of either sign", when: { attrs: { x: -0 } }, log: (l) => l.info("m", { x: 0 }), fits: true },
    {
      name: "attribute that outputs cut",
      when: { attrs: { x: "y".repeat(70_000) } },
      log: (l) => l.with({ b: 1 }).info("m", { x: "y".repeat(70_000) }),
      fits: true,
    },
    {
      name: "attribute behind as many as outputs write",
      when: { attrs: { k150: 150 } },
      log: (l) => l.with({ b: 1 }).info("m", Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i]))),
      fits: true,
    },
    { name: "all members at once", when: { level: "warn", logger: "db" }, log: (l) => l.warn("m"), fits: false },
  ];
  test.each(ROWS)("by $name: $fits", ({ when, log, fits }) => {
    const [to, rest] = [memoryHandler(), memoryHandler()];
    const logger = new Logger(route({ when, to }, rest));
    log(logger);
    log(logger);
    expect([to.records.length, rest.records.length]).toEqual(fits ? [2, 0] : [0, 2]);
  });

  test("gives a record to the first route that fits, and to no other", () => {
    const handlers = [memoryHandler(), memoryHandler(), memoryHandler()] as const;
    const logger = new Logger(
      route({ when: (r) => r.message === "a", to: handlers[0] }, { when: () => true, to: handlers[1] }, handlers[2]),
    );
    logger.info("a");
    logger.info("b");
    expect(handlers.map(messages)).toEqual([["a"], ["b"], []]);
  });

  test("drops what fits no route, and what its route's handler does not take", () => {
    const [quiet, rest] = [memoryHandler({ level: "error" }), memoryHandler()];
    new Logger(route({ when: { level: "warn" }, to: quiet })).info("none");
    new Logger(route({ when: { logger: "db" }, to: quiet }, rest)).named("db").info("had its route");
    expect([quiet.records, rest.records]).toEqual([[], []]);
  });

  test("takes a predicate that throws for one that does not fit, and says so", () => {
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const [to, rest] = [memoryHandler(), memoryHandler()];
    const when = (): boolean => {
      throw new Error("why");
    };
    new Logger(route({ when, to }, rest)).info("m");
    expect([to.records.length, rest.records.length]).toEqual([0, 1]);
    expect(String(stderr.mock.calls[0]?.[1])).toContain("correlog: route: Error: why");
    stderr.mockRestore();
  });

  test("states the lowest threshold of its routes, which moves with them", () => {
    const level = new LevelVar("error");
    const handler = route({ when: { level: "warn" }, to: memoryHandler() }, { when: () => true, to: memoryHandler({ level }) });
    expect(handler.threshold?.level).toBe(WARN);
    level.set("trace");
    expect(handler.threshold?.level).toBe(TRACE);
    expect(route().threshold?.level).toBe(OFF);
    expect([handler.enabled(INFO), route({ when: { below: "info" }, to: memoryHandler() }).enabled(INFO)]).toEqual([true, false]);
  });

  test.each([
    {
      routes: [{ when: async () => false, to: discard }],
      message: "route: place 0: when: expected a function that answers at once, got an async one",
    },
    { routes: [5], message: "route: place 0: expected { when, to } or a handler, got 5" },
    {
      routes: [{ when: { lvl: "warn" }, to: discard }],
      message: "route: place 0: when: expected options among level, below, logger, event, attrs",
    },
    { routes: [{ when: { level: "wrn" }, to: discard }], message: "route: place 0: when.level: expected a level name" },
    { routes: [{ when: () => true, to: {} }], message: "route: place 0: to: expected a handler" },
    { routes: [{ when: { attrs: { a: {} } }, to: discard }], message: "when.attrs.a: expected a plain value or a pattern" },
    { routes: [discard, discard], message: "route: place 0: expected what takes all that is left to stand last" },
    {
      routes: [{ when: { level: "warn" }, to: discard }, { when: {}, to: discard }, discard],
      message: 'route: place 1: expected what takes all that is left to stand last, got "place 1 of 2"',
    },
    {
      routes: [{ when: { level: "error", below: "warn" }, to: discard }],
      message: 'route: place 0: when.below: expected a level higher than level (17), got "warn"',
    },
    { routes: [{ when: { level: null }, to: discard }], message: "route: place 0: when.level: expected a level name" },
    { routes: [{ when: { attrs: "a" }, to: discard }], message: 'when.attrs: expected an object of paths and values, got "a"' },
    { routes: [{ when: { attrs: null }, to: discard }], message: "when.attrs: expected an object of paths and values, got null" },
    { routes: [{ when: [], to: discard }], message: "route: place 0: when: expected an object of options, got [object Array]" },
    {
      routes: [{ when: {}, to: discard, otherwise: discard }],
      message: 'route: place 0: expected options among when, to, got "otherwise"',
    },
  ])("says at set-up: $message", ({ routes, message }) => {
    expect(() => route(...(routes as never[]))).toThrow(message);
  });
});

describe("failover", () => {
  test("hands over from a handler that throws or is not enabled to the next, and says so once", () => {
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const [quiet, last, never] = [memoryHandler({ level: "error" }), memoryHandler(), memoryHandler()];
    const logger = new Logger(failover(quiet, throwing, last, never));
    logger.info("a");
    logger.error("b");
    expect([quiet, last, never].map(messages)).toEqual([["b"], ["a"], []]);
    expect(String(stderr.mock.calls[0]?.[1])).toContain("correlog: failover: Error: full");
    stderr.mockRestore();
  });

  test("throws when none takes the record, with what the last one threw", () => {
    expect(() => failover(throwing, throwing).handle({ level: ERROR } as LogRecord, contextWith({}))).toThrow(
      expect.objectContaining({ message: "failover: 2 handlers failed, none took the record", cause: new Error("full") }),
    );
  });

  test("flushes and shuts down every handler, and rejects with all that failed", async () => {
    const calls: string[] = [];
    const failing = (name: string): Handler => ({
      ...throwing,
      flush: async () => Promise.reject(new Error(name)),
      shutdown: async () => void calls.push(name),
    });
    const handler = failover(failing("a"), failing("b"), memoryHandler());
    await expect(handler.flush?.()).rejects.toThrow(
      new AggregateError([new Error("a"), new Error("b")], "2 of 3 handlers failed"),
    );
    await handler.shutdown?.();
    expect(calls).toEqual(["a", "b"]);
    await expect(route({ when: { level: "warn" }, to: failing("c") }, failing("d")).flush?.()).rejects.toThrow(
      "2 of 2 handlers failed",
    );
  });

  test("of none is discard, of one is that one, and its threshold is the lowest", () => {
    const memory = memoryHandler();
    expect([failover(), failover(memory)]).toEqual([discard, memory]);
    expect(failover(memoryHandler({ level: "error" }), memoryHandler({ level: "warn" })).threshold?.level).toBe(WARN);
    expect(() => failover(memory, null as never)).toThrow("failover: place 1: expected a handler, got null");
  });
});
