import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { trace as traceApi, ROOT_CONTEXT } from "@opentelemetry/api";
import { spanOf } from "../../src/context/otel-api.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { hold } from "../../src/middleware/index.ts";
import { contextWith, SPAN_ID, TRACE_ID } from "../../src/testing/context-with.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../../src/handler/handler.ts";
import type { HoldOptions } from "../../src/middleware/index.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function held(options: HoldOptions = {}) {
  const memory = memoryHandler();
  const middleware = hold(options);
  const handler = middleware(memory);
  return {
    memory,
    middleware,
    handler,
    logger: new Logger(handler, { level: "trace" }),
    messages: () => memory.records.map(({ message }) => message),
  };
}

const inTrace = (n: number): Context => contextWith({ span: { traceId: String(n).padStart(32, "a"), spanId: SPAN_ID } });

describe("hold", () => {
  test("lets what is held of a trace through when that trace logs an error, with its own time, ids and attributes, in order", () => {
    const { memory, logger, messages } = held();
    const one = contextWith({ span: true, baggage: { tenant: "t1" } });
    logger.with({ bound: 1 }).debug(one, "first", { n: 1 });
    vi.setSystemTime(2000);
    logger.trace(one, "second");
    logger.debug(inTrace(2), "of another trace");
    logger.info(one, "passes");
    expect(messages()).toEqual(["passes"]);
    vi.setSystemTime(3000);
    logger.error(one, "failed");
    expect(messages()).toEqual(["passes", "first", "second", "failed"]);
    expect(memory.records[1]).toMatchObject({
      time: 1000,
      levelName: "DEBUG",
      attrs: { bound: 1, n: 1, tenant: "t1" },
      traceId: TRACE_ID,
      spanId: SPAN_ID,
    });
    expect(memory.records[2]).toMatchObject({ time: 2000, levelName: "TRACE" });
    logger.debug(one, "passes now");
    expect(messages().at(-1)).toBe("passes now");
  });

  test("holds records without a trace together", () => {
    const { logger, messages } = held();
    logger.debug("a");
    logger.error(inTrace(1), "of a trace");
    logger.error("e");
    expect(messages()).toEqual(["of a trace", "a", "e"]);
  });

  test("takes the caller's values when a record is held, of bound attributes too", () => {
    const { memory, logger } = held();
    const user = { name: "then", tags: ["then"] };
    logger
      .with({ bound: user })
      .debug("m", { user, error: Object.assign(new Error("then"), { code: 7 }), bytes: new Uint8Array([1]) });
    user.name = user.tags[0] = "now";
    logger.error("e");
    expect(JSON.stringify(memory.records[0]?.attrs)).not.toContain("now");
    expect(memory.records[0]?.attrs).toMatchObject({
      user: { name: "then", tags: ["then"] },
      error: { type: "Error", message: "then", code: 7 },
    });
  });

  test("gives on the context of now for records of its span, and one with the ids for others", () => {
    const seen: (string | undefined)[] = [];
    const contexts: Context[] = [];
    const next: Handler = {
      enabled: () => true,
      handle: (_, ctx) => void (seen.push(spanOf(ctx)?.spanContext().spanId), contexts.push(ctx)),
    };
    const logger = new Logger(hold()(next), { level: "trace" });
    const [now, other] = [contextWith({ span: true }), contextWith({ span: { spanId: "00000000000000aa" } })];
    logger.debug(other, "a");
    logger.debug(contextWith({ span: true }), "b");
    logger.error(now, "e");
    expect(seen).toEqual(["00000000000000aa", SPAN_ID, SPAN_ID]);
    expect([contexts[0] === other, contexts[1] === now]).toEqual([false, true]);
    expect(spanOf(contexts[0] as Context)?.isRecording()).toBe(false);
  });

  test.each([
    {
      name: "records of a trace",
      options: { maxRecords: 2 },
      want: ["earlier records of this trace were dropped", "m3", "m4", "e"],
      dropped: 3,
    },
    {
      name: "bytes",
      options: { maxBytes: 700 },
      want: ["earlier records of this trace were dropped", "m3", "m4", "e"],
      dropped: 3,
    },
  ])("drops the oldest beyond its bound of $name, and says how many when the trace matters", ({ options, want, dropped }) => {
    const { memory, logger, messages } = held(options);
    for (let i = 0; i < 5; i++) logger.debug(inTrace(1), `m${i}`);
    logger.error(inTrace(1), "e");
    expect(messages()).toEqual(want);
    expect(memory.records[0]).toMatchObject({ attrs: { dropped }, traceId: "1".padStart(32, "a") });
  });

  test("keeps the newest in a ring, however many come", () => {
    const { logger, messages } = held({ maxRecords: 10 });
    for (let i = 0; i < 1234; i++) logger.debug(`m${i}`);
    logger.error("e");
    expect(messages().slice(1, -1)).toEqual(Array.from({ length: 10 }, (_, i) => `m${1224 + i}`));
  });

  test("drops the oldest traces beyond its bounds of bytes and traces", () => {
    const bytes = held({ maxBytes: 700 });
    for (const n of [1, 2, 3]) bytes.logger.debug(inTrace(n), `m${n}`);
    for (const n of [1, 2, 3]) bytes.logger.error(inTrace(n), "e");
    expect(bytes.messages()).toEqual(["earlier records of this trace were dropped", "e", "m2", "e", "m3", "e"]);
    expect(bytes.memory.records[0]).toMatchObject({ attrs: { dropped: 1 }, levelName: "DEBUG", traceId: "1".padStart(32, "a") });

    const traces = held({ maxTraces: 2 });
    for (const n of [1, 2, 3]) traces.logger.debug(inTrace(n), `m${n}`);
    for (const n of [3, 2, 1]) traces.logger.error(inTrace(n), "e");
    expect(traces.messages()).toEqual(["m3", "e", "m2", "e", "e"]);
  });

  test("says how many were dropped when not one of a trace is left, because of others or because it is too large itself", () => {
    const { logger, memory } = held({ maxBytes: 2000 });
    for (let i = 0; i < 3; i++) logger.debug(inTrace(1), `m${i}`);
    logger.debug(inTrace(2), "x".repeat(1000));
    for (const n of [1, 2]) logger.error(inTrace(n), "e");
    expect(memory.records.map(({ message, attrs }) => [message, attrs["dropped"]])).toEqual([
      ["earlier records of this trace were dropped", 3],
      ["e", undefined],
      ["earlier records of this trace were dropped", 1],
      ["e", undefined],
    ]);
  });

  test("counts what is bound, and baggage, once for all records that have it", () => {
    const { logger, messages } = held({ maxBytes: 20_000 });
    const bound = logger.with({ body: "x".repeat(2000) });
    const carried = contextWith({ span: true, baggage: { tenant: "y".repeat(2000) } });
    for (let i = 0; i < 10; i++) bound.debug(carried, `shared ${i}`);
    logger.error(carried, "e");
    expect(messages()).toHaveLength(11);
    for (let i = 0; i < 10; i++) logger.with({ body: "x".repeat(2000) }).debug(inTrace(1), `bound ${i}`);
    logger.error(inTrace(1), "e");
    expect(messages().slice(11)).toEqual([
      "earlier records of this trace were dropped",
      ...[6, 7, 8, 9].map((i) => `bound ${i}`),
      "e",
    ]);
    for (let i = 0; i < 10; i++)
      logger.debug(contextWith({ span: { traceId: "b".repeat(32) }, baggage: { tenant: "y".repeat(2000) } }), `carried ${i}`);
    logger.error(contextWith({ span: { traceId: "b".repeat(32) } }), "e");
    expect(messages().slice(17)).toEqual([
      "earlier records of this trace were dropped",
      ...[6, 7, 8, 9].map((i) => `carried ${i}`),
      "e",
    ]);
  });

  test("counts the names of loggers and events, which may come from data", () => {
    const { logger, messages } = held({ maxBytes: 10_000 });
    for (const name of ["a", "b", "c"]) logger.named(name.repeat(2000)).debug(inTrace(1), name);
    logger.logEvent("debug", inTrace(1), "d".repeat(2000));
    logger.error(inTrace(1), "e");
    expect(messages()).toEqual(["earlier records of this trace were dropped", "c", "d".repeat(2000), "e"]);
  });

  test("lets go of what it drops at once: what is held is what counts", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { logger } = held({ maxBytes: 4_000_000 });
    collect();
    const before = process.memoryUsage().heapUsed;
    // No repeat(): that makes a tree over one text.
    for (let i = 0; i < 100; i++) logger.debug("m", { text: Buffer.alloc(500_000, "x").toString("latin1") });
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
  });

  test("makes room without a look at the traces that hold nothing any more", () => {
    const { logger } = held({ maxTraces: 10_000, maxBytes: 3000 });
    const steps = [new Map().values(), new Set().values()].map((each) =>
      vi.spyOn(Object.getPrototypeOf(each) as { next: () => unknown }, "next"),
    );
    for (let i = 0; i < 1000; i++) logger.debug(inTrace(i), "m");
    const count = steps.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    for (const each of steps) each.mockRestore();
    expect(count).toBeLessThan(10_000);
  });

  test("keeps where a record was made", () => {
    const { memory, handler } = held();
    const logger = new Logger(handler, { level: "debug", source: true });
    logger.debug("m");
    logger.error("e");
    expect(memory.records.map(({ attrs }) => attrs["code.file.path"])).toEqual(Array(2).fill("test/middleware/hold.test.ts"));
  });

  test("loses no record whose value logs the error of its own trace when it is read", () => {
    const { logger, messages } = held();
    let isFirst = true;
    const toJSON = (): void => {
      if (isFirst) logger.error("e");
      isFirst = false;
    };
    logger.debug("m", { value: [{ toJSON }] });
    expect(messages()).toEqual(["e", "m"]);
  });

  test("holds what throws when it is read, or when it is read again", () => {
    const { logger, memory } = held();
    let reads = 0;
    const often = {
      get value(): string {
        if (reads++ === 1) throw new Error("again");
        return "once";
      },
    };
    const always = {
      get value(): string {
        throw new Error("always");
      },
    };
    for (const attrs of [often, always]) logger.debug("m", attrs);
    logger.error("e");
    expect(memory.records.map(({ attrs }) => attrs)).toEqual([{ value: "once" }, { value: "[Throws: always]" }, {}]);
  });

  test("drops traces beyond its bound of age, and then sets no timer any more", () => {
    const age = held({ maxAgeMs: 1000 });
    age.logger.debug(inTrace(1), "m1");
    vi.advanceTimersByTime(600);
    age.logger.debug(inTrace(2), "m2");
    vi.advanceTimersByTime(600);
    for (const n of [1, 2]) age.logger.error(inTrace(n), "e");
    expect(age.messages()).toEqual(["e", "m2", "e"]);
    vi.advanceTimersByTime(3000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("drops the records of a trace that goes on for longer by their own age, and keeps the newer ones", () => {
    const { logger, messages } = held({ maxAgeMs: 1000 });
    for (let i = 0; i < 5; i++) {
      logger.debug(inTrace(1), `m${i}`);
      vi.advanceTimersByTime(300);
    }
    logger.error(inTrace(1), "e");
    expect(messages()).toEqual(["earlier records of this trace were dropped", "m3", "m4", "e"]);
  });

  test("lets a trace through for its age from when it mattered, and then holds again", () => {
    const { logger, messages } = held({ maxAgeMs: 1000 });
    logger.debug(inTrace(1), "a");
    vi.advanceTimersByTime(900);
    logger.error(inTrace(1), "e");
    vi.advanceTimersByTime(700);
    logger.debug(inTrace(1), "passes");
    vi.advanceTimersByTime(700);
    logger.debug(inTrace(1), "held");
    expect(messages()).toEqual(["a", "e", "passes"]);
  });

  test("drops by age although the time of day is set back", () => {
    const { logger, messages } = held({ maxAgeMs: 1000 });
    logger.debug(inTrace(1), "m1");
    vi.setSystemTime(-3_600_000);
    logger.debug(inTrace(2), "m2");
    vi.advanceTimersByTime(2000);
    for (const n of [1, 2]) logger.error(inTrace(n), "e");
    expect(messages()).toEqual(["e", "e"]);
  });

  test("flush lets nothing through that has not mattered, and shutdown drops it", async () => {
    const { handler, logger, messages } = held();
    logger.debug("a");
    await handler.flush?.();
    await handler.shutdown?.();
    logger.error("e");
    expect(messages()).toEqual(["e"]);
  });

  const fixture = createRequire(new URL("../fixtures/otel-2/package.json", import.meta.url));
  const sdk2 = fixture("@opentelemetry/sdk-trace-base") as { BasicTracerProvider: typeof TracerProvider };
  describe.each([
    { name: "3", Provider: TracerProvider },
    { name: "2", Provider: sdk2.BasicTracerProvider },
  ])("as a span processor of SDK $name", ({ Provider }) => {
    test("lets a trace through whose span ends in error, and forgets one that ends well", async () => {
      const { middleware, logger, messages } = held();
      const provider = new Provider({ spanProcessors: [middleware.spanProcessor] });
      const tracer = provider.getTracer("t");
      const run = (name: string, code: number): void => {
        const root = tracer.startSpan(name, {}, ROOT_CONTEXT);
        const ctx = traceApi.setSpan(ROOT_CONTEXT, root);
        const child = tracer.startSpan("child", {}, ctx);
        logger.debug(traceApi.setSpan(ctx, child), name);
        child.setStatus({ code }).end();
        root.end();
        logger.error(ctx, `${name} later`);
      };
      run("failed", 2);
      run("went well", 0);
      expect(messages()).toEqual(["failed", "failed later", "went well later"]);
      await provider.forceFlush();
      await provider.shutdown();
    });

    test("lets through what a trace logs behind its end in error, before traces that end well give way", () => {
      const { middleware, logger, messages } = held({ maxTraces: 2 });
      const tracer = new Provider({ spanProcessors: [middleware.spanProcessor] }).getTracer("t");
      logger.debug(inTrace(1), "held");
      const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
      root.setStatus({ code: 2 }).end();
      logger.debug(traceApi.setSpan(ROOT_CONTEXT, root), "behind");
      expect(messages()).toEqual(["behind"]);
      logger.debug(inTrace(2), "held, too");
      for (const n of [1, 2]) logger.error(inTrace(n), "e");
      expect(messages().slice(1)).toEqual(["held", "e", "held, too", "e"]);
    });

    test("keeps what is held while another span of the trace is open that has no parent here", () => {
      const { middleware, logger, messages } = held();
      const tracer = new Provider({ spanProcessors: [middleware.spanProcessor] }).getTracer("t");
      const remote = contextWith({ span: { isRemote: true } });
      const [one, two] = [tracer.startSpan("one", {}, remote), tracer.startSpan("two", {}, remote)];
      logger.debug(traceApi.setSpan(remote, two), "held");
      one.end();
      two.setStatus({ code: 2 }).end();
      expect(messages()).toEqual(["held"]);
    });
  });

  test.each([
    { options: { until: "debug" }, message: 'until: expected a level not lower than below (9), got "debug"' },
    { options: { maxBytes: 0 }, message: "maxBytes: expected a whole number from 1 up, got 0" },
    { options: { maxAgeMs: 1.5 }, message: "maxAgeMs: expected a whole number of milliseconds from 1 to 2147483647, got 1.5" },
    {
      options: { level: "error" },
      message: 'hold: expected options among below, until, maxBytes, maxRecords, maxTraces, maxAgeMs, clock, got "level"',
    },
  ])("says at set-up: $message", ({ options, message }) => {
    expect(() => hold(options as HoldOptions)).toThrow(message);
  });
});
