import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { collapseRepeats, sample, sampleByTrace } from "../../src/middleware/index.ts";
import { randomnessOf, thresholdOfRatio, thresholdOfTrace } from "../../src/middleware/trace-threshold.ts";
import { isSameAttrs, toComparable } from "../../src/middleware/same-record.ts";
import { ROOT } from "../../src/context/otel-api.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { contextWith } from "../../src/testing/index.ts";
import { held } from "../held.ts";
import type { Context, TraceState } from "@opentelemetry/api";
import type { Comparable } from "../../src/middleware/same-record.ts";
import type { Middleware } from "../../src/handler/handler.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function through(middleware: Middleware) {
  const memory = memoryHandler();
  const handler = middleware(memory);
  const logger = new Logger(handler, { level: "trace" });
  return { memory, handler, logger, said: () => memory.records.map(({ message, attrs }) => Object.assign({ message }, attrs)) };
}

function repeat(count: number, log: (i: number) => void): void {
  for (let i = 0; i < count; i++) log(i);
}

describe("sample", () => {
  test("lets the first pass, then one in so many, and says at the end of the interval what was left out", () => {
    const { memory, logger } = through(sample({ first: 2, oneIn: 10, intervalMs: 500 }));
    repeat(32, (i) => logger.info("tick", { i }));
    expect(memory.records.map(({ attrs }) => attrs["i"])).toEqual([0, 1, 11, 21, 31]);
    vi.advanceTimersByTime(499);
    expect(memory.records).toHaveLength(5);
    vi.advanceTimersByTime(1);
    expect(memory.records[5]).toMatchObject({
      time: 1500,
      levelName: "INFO",
      message: "records left out",
      attrs: { dropped: 27, interval_ms: 500, by: [{ level: "INFO", key: "tick", dropped: 27 }] },
    });
    repeat(2, () => logger.info("tick"));
    expect(memory.records).toHaveLength(8);
  });

  test("counts each level and message by itself, and a key of one's own where given", () => {
    const own = through(sample({ first: 1, oneIn: 0 }));
    for (const message of ["a", "b", "a"]) for (const level of ["info", "debug"]) own.logger.log(level, message);
    expect(own.memory.records).toHaveLength(4);
    const keyed = through(sample({ first: 1, oneIn: 0, key: (record) => String(record.attrs?.["tenant"]) }));
    for (const tenant of ["a", "b", "a"]) keyed.logger.info(tenant, { tenant });
    expect(keyed.memory.records.map(({ message }) => message)).toEqual(["a", "b"]);
  });

  test("never leaves out errors, unless told to", () => {
    const kept = through(sample({ first: 0, oneIn: 0 }));
    const told = through(sample({ first: 0, oneIn: 0, keepLevel: "off" }));
    for (const { logger } of [kept, told]) repeat(3, () => logger.error("e"));
    expect([kept.memory.records.length, told.memory.records.length]).toEqual([3, 0]);
  });

  test("says what was left out at flush and at shutdown, after which no timer is set", async () => {
    const { memory, handler, logger } = through(sample({ first: 0, oneIn: 0 }));
    logger.warn("a");
    logger.info("b");
    await handler.flush?.();
    expect(memory.records).toMatchObject([{ levelName: "WARN", attrs: { dropped: 2 } }]);
    logger.info("c");
    await handler.shutdown?.();
    expect(memory.records).toHaveLength(2);
    logger.info("d");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("says nothing when nothing was left out", async () => {
    const { memory, handler, logger } = through(sample());
    logger.info("a");
    await handler.flush?.();
    expect(memory.records).toHaveLength(1);
  });

  test("sets one timer an interval, which does not keep the process alive", async () => {
    vi.useRealTimers();
    const timers = vi.spyOn(globalThis, "setTimeout");
    const { handler, logger } = through(sample());
    repeat(3, () => logger.info("a"));
    expect(timers.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([false]);
    timers.mockRestore();
    await handler.shutdown?.();
  });

  test("counts further keys as one, however many there are", async () => {
    const { memory, handler, logger } = through(sample({ first: 1, oneIn: 0, maxKeys: 2 }));
    for (const message of ["a", "b", "c", "d", "e", "a"]) logger.info(message);
    await handler.flush?.();
    expect(memory.records.map(({ message }) => message)).toEqual(["a", "b", "c", "records left out"]);
    expect(memory.records.at(-1)?.attrs).toMatchObject({
      dropped: 3,
      by: [
        { key: "(other keys)", dropped: 2 },
        { key: "a", dropped: 1 },
      ],
    });
  });

  test("bounds the text of its keys: further ones count as one", async () => {
    const { memory, handler, logger } = through(sample({ first: 1, oneIn: 0, intervalMs: 60_000 }));
    const before = held();
    repeat(500, (i) => logger.debug(Buffer.alloc(100_000, 65 + (i % 26)).toString("latin1") + i));
    const passed = memory.records.length;
    memory.clear();
    // 50 MB of text.
    expect(held() - before).toBeLessThan(25_000_000);
    await handler.flush?.();
    expect(memory.records.at(-1)?.attrs).toMatchObject({ dropped: 500 - passed, by: [{ key: "(other keys)" }] });
    repeat(2, () => logger.debug("anew"));
    await handler.flush?.();
    expect(memory.records.at(-1)?.attrs).toMatchObject({ dropped: 1, by: [{ key: "anew" }] });
  });

  test("takes the text of a key that is none", async () => {
    const { memory, handler, logger } = through(sample({ first: 1, oneIn: 0, key: () => ({}) as string }));
    repeat(3, () => logger.info("m"));
    await handler.flush?.();
    expect(memory.records.at(-1)?.attrs).toMatchObject({ dropped: 2, by: [{ key: "[object Object]", dropped: 2 }] });
  });

  test("leaves nothing out that it could not say any more", async () => {
    const memory = memoryHandler();
    const handler = sample({ first: 0, oneIn: 0 })({
      enabled: () => true,
      handle: (record, ctx) => memory.handle(record, ctx),
    });
    await handler.shutdown?.();
    repeat(3, () => new Logger(handler).info("late"));
    expect(memory.records).toHaveLength(3);
  });

  test("lets a record pass for which its key throws, and says so", () => {
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const { memory, logger } = through(sample({ first: 0, oneIn: 0, key: ({ attrs }) => (attrs as { id: string }).id }));
    logger.info("a");
    logger.info("b", { id: "x" });
    expect(memory.records.map(({ message }) => message)).toEqual(["a"]);
    expect(String(stderr.mock.calls[0]?.[1])).toContain("correlog: sample: TypeError");
    stderr.mockRestore();
  });

  test("loses no count where an interval ends with the first record of a key", async () => {
    const { memory, handler } = through(sample({ first: 0, oneIn: 0, intervalMs: 1000 }));
    // Without a time it is the key's first record that sees the interval's end.
    const record = createRecord({ message: "a" });
    handler.handle(record, ROOT);
    vi.setSystemTime(3000);
    handler.handle({ ...record, message: "b" }, ROOT);
    handler.handle({ ...record, message: "b" }, ROOT);
    await handler.flush?.();
    expect(memory.records.map(({ attrs }) => attrs["dropped"])).toEqual([1, 2]);
  });

  test("what passes and what is said to be left out are all there was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 200 }), fc.nat(5), fc.nat(5), async (keys, first, oneIn) => {
        const { memory, handler, logger } = through(sample({ first, oneIn, maxKeys: 4 }));
        for (const key of keys) logger.info(`m${key}`);
        await handler.flush?.();
        const dropped = memory.records.find(({ message }) => message === "records left out")?.attrs["dropped"] ?? 0;
        expect(memory.records.filter(({ message }) => message.startsWith("m")).length + Number(dropped)).toBe(keys.length);
      }),
    );
  });

  test.each([
    { options: { first: -1 }, message: "first: expected a whole number from 0 up, got -1" },
    { options: { oneIn: 0.5 }, message: "oneIn: expected a whole number from 0 up, got 0.5" },
    { options: { intervalMs: 2 ** 31 }, message: "intervalMs: expected a whole number of milliseconds from 1 to 2147483647" },
    { options: { keepLevel: "loud" }, message: "keepLevel: expected a level name" },
    { options: { key: async () => "k" }, message: "key: expected a function that answers at once, got an async one" },
    { options: { key: "message" }, message: 'key: expected a function, got "message"' },
    { options: [], message: "sample: expected an object of options, got [object Array]" },
    {
      options: { rate: 1 },
      message: 'sample: expected options among first, oneIn, intervalMs, keepLevel, maxKeys, clock, key, got "rate"',
    },
  ])("says at set-up: $message", ({ options, message }) => {
    expect(() => sample(options as never)).toThrow(message);
  });
});

function traced(traceId: string, ot?: string, traceFlags = 1): Context {
  const traceState = ot === undefined ? undefined : ({ get: (key: string) => (key === "ot" ? ot : undefined) } as TraceState);
  return contextWith({ span: { traceId, traceFlags, ...(traceState !== undefined && { traceState }) } });
}

const id = (last56: string): string => `ffffffffffffffffff${last56}`;

describe("sampleByTrace", () => {
  const ROWS = [
    { name: "the last 56 bits at the threshold", ratio: 0.5, traceId: id("80000000000000"), kept: true },
    { name: "one below it", ratio: 0.5, traceId: id("7fffffffffffff"), kept: false },
    { name: "every trace at 1", ratio: 1, traceId: id("00000000000000"), kept: true },
    { name: "no trace at 0", ratio: 0, traceId: id("ffffffffffffff"), kept: false },
    { name: "rv in place of the id", ratio: 0.5, traceId: id("00000000000000"), ot: "rv:80000000000000", kept: true },
    { name: "an rv that is none", ratio: 0.5, traceId: id("00000000000000"), ot: "rv:8", kept: false },
    {
      name: "a stricter threshold of the trace",
      ratio: 1,
      traceId: id("fd70a3ffffffff"),
      ot: "th:fd70a4",
      flags: 2,
      kept: false,
    },
    {
      name: "a threshold by which a trace that is sampled would not be",
      ratio: 1,
      traceId: id("fd70a3ffffffff"),
      ot: "th:fd70a4",
      kept: true,
    },
    { name: "the same, by rv", ratio: 1, traceId: id("fd70a400000000"), ot: "rv:fd70a3ffffffff;th:fd70a4", kept: true },
    { name: "at a stricter threshold of the trace", ratio: 1, traceId: id("fd70a400000000"), ot: "p:8;th:fd70a4", kept: true },
    { name: "a threshold of the trace that is less strict", ratio: 0.5, traceId: id("7fffffffffffff"), ot: "th:0", kept: false },
    { name: "a threshold of the trace that is none", ratio: 0.5, traceId: id("80000000000000"), ot: "th:FFFF", kept: true },
  ];
  test.each(ROWS)("$name: $kept", ({ ratio, traceId, ot, flags, kept }) => {
    const { memory, logger } = through(sampleByTrace({ ratio }));
    logger.info(traced(traceId, ot, flags), "m");
    expect(memory.records).toHaveLength(kept ? 1 : 0);
  });

  test("computes thresholds as the specification does", () => {
    expect([1, 0.5, 0.25, 2 ** -56].map(thresholdOfRatio)).toEqual([
      "0".repeat(14),
      `8${"0".repeat(13)}`,
      `c${"0".repeat(13)}`,
      "f".repeat(14),
    ]);
    expect(thresholdOfRatio(0.01).slice(0, 6)).toBe("fd70a3");
    // What the composite sampler of the SDK computes: 2 ** 56 - round(ratio * 2 ** 56).
    expect([0.1, 1e-9, 3e-17].map(thresholdOfRatio)).toEqual(["e6666666666666", "fffffffbb47d06", "fffffffffffffe"]);
    const span = { traceId: id("00000000000001"), spanId: "", traceFlags: 3 };
    expect([randomnessOf(span), thresholdOfTrace(span)]).toEqual(["00000000000001", undefined]);
  });

  test("a trace kept at a ratio is kept at every higher one", () => {
    const hex = fc.stringMatching(/^[\da-f]{32}$/);
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(hex, ratio, ratio, (traceId, a, b) => {
        const random = randomnessOf({ traceId, spanId: "", traceFlags: 1 });
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(random >= thresholdOfRatio(low) && random < thresholdOfRatio(high)).toBe(false);
      }),
    );
  });

  test.each(["ot=th:8", 5, { get: () => 5 }, { get: () => Promise.reject.call(undefined) as never }])(
    "decides by the id where the tracestate is none: %o",
    (traceState) => {
      const { memory, logger } = through(sampleByTrace({ ratio: 0.5 }));
      for (const last of ["7fffffffffffff", "80000000000000"])
        logger.info(contextWith({ span: { traceId: id(last), traceState: traceState as never } }), last);
      expect(memory.records.map(({ message }) => message)).toEqual(["80000000000000"]);
    },
  );

  test("keeps records without a trace, and errors unless told not to, and says what it left out", async () => {
    const { memory, handler, logger } = through(sampleByTrace({ ratio: 0 }));
    const ctx = traced(id("12345678901234"));
    logger.info("untraced");
    logger.error(ctx, "e");
    repeat(3, () => logger.warn(ctx, "w"));
    await handler.flush?.();
    expect(memory.records.map(({ message }) => message)).toEqual(["untraced", "e", "records of traces left out"]);
    expect(memory.records.at(-1)).toMatchObject({
      levelName: "WARN",
      attrs: { dropped: 3, interval_ms: 60_000 },
      traceId: undefined,
    });
    const told = through(sampleByTrace({ ratio: 0, keepLevel: "off" }));
    told.logger.error(ctx, "e");
    expect(told.memory.records).toEqual([]);
  });

  test.each([{ ratio: 1.1 }, { ratio: -1 }, { ratio: Number.NaN }, { ratio: "1" }, {}])(
    "says at set-up that %o has no ratio",
    (options) => {
      expect(() => sampleByTrace(options as never)).toThrow("ratio: expected a number from 0 to 1, got");
    },
  );
});

describe("collapseRepeats", () => {
  test("makes one of records that are the same, with the time and ids of the last and their count", () => {
    const { memory, logger } = through(collapseRepeats({ intervalMs: 1000 }));
    for (let i = 0; i < 5; i++) {
      vi.setSystemTime(2000 + i);
      logger.warn(contextWith({ span: { spanId: `000000000000000${i + 1}` } }), "refused", { host: "db" });
    }
    expect(memory.records).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(memory.records).toMatchObject([
      { time: 2000, attrs: { host: "db" }, spanId: "0000000000000001" },
      { time: 2004, attrs: { host: "db", repeated: 4 }, spanId: "0000000000000005", levelName: "WARN", message: "refused" },
    ]);
    expect(memory.records[0]?.attrs).toEqual({ host: "db" });
    logger.warn("refused", { host: "db" });
    expect(memory.records).toHaveLength(3);
  });

  const base = (l: Logger): void => l.info("m", { a: 1, b: "t" });
  const ROWS: readonly { name: string; log: (l: Logger) => void }[] = [
    { name: "another level", log: (l) => l.warn("m", { a: 1, b: "t" }) },
    { name: "another message", log: (l) => l.info("n", { a: 1, b: "t" }) },
    { name: "another value", log: (l) => l.info("m", { a: 2, b: "t" }) },
    { name: "another value of the same look", log: (l) => l.info("m", { a: "1", b: "t" }) },
    { name: "one attribute more", log: (l) => l.info("m", { a: 1, b: "t", c: undefined as unknown, d: 1 }) },
    { name: "one attribute less", log: (l) => l.info("m", { a: 1 }) },
    { name: "a bound attribute", log: (l) => l.with({ z: 1 }).info("m", { a: 1, b: "t" }) },
    { name: "a group", log: (l) => l.withGroup("g").info("m", { a: 1, b: "t" }) },
    { name: "another logger", log: (l) => l.named("x").info("m", { a: 1, b: "t" }) },
    { name: "baggage", log: (l) => l.info(contextWith({ baggage: { t: "1" } }), "m", { a: 1, b: "t" }) },
    { name: "a nested value", log: (l) => l.info("m", { a: { x: 1 }, b: "t" }) },
  ];
  test.each(ROWS)("takes $name for a difference", ({ log }) => {
    const { memory, logger } = through(collapseRepeats());
    for (const each of [base, log, base, log]) each(logger);
    expect(memory.records).toHaveLength(2);
  });

  test("compares attributes one by one, whatever their number was condensed to", () => {
    const pairs: readonly [Comparable, Comparable, boolean][] = [
      [{ a: 1 }, { a: 1 }, true],
      [{ a: 1 }, { a: 1, b: 2 }, false],
      [{ a: 1, b: 2 }, { a: 1 }, false],
      [{ a: Number.NaN }, { a: Number.NaN }, true],
      [{ a: 1 }, undefined, false],
      [toComparable({ a: { b: 1 } }), toComparable({ a: { b: 1 } }), true],
      [toComparable({ a: { b: 1 } }), toComparable({ a: { b: 1, c: 2 } }), false],
      [toComparable({ a: { b: 1 } }), toComparable({ a: new Map([["b", 1]]) }), true],
      [toComparable({ a: { type: "E" } }), toComparable({ a: new Error("E") }), false],
      [toComparable({ a: [1, 2] }), { a: 1 }, false],
      [{ a: undefined }, { b: "lost" }, false],
      [{ b: "lost" }, { a: undefined }, false],
      [{ a: undefined, b: 1 }, { b: 1, c: undefined }, true],
    ];
    expect(pairs.map(([one, other]) => isSameAttrs(one, other))).toEqual(pairs.map(([, , same]) => same));
  });

  test("takes no attribute that is undefined for another one", () => {
    const { memory, logger } = through(collapseRepeats());
    repeat(2, () => logger.info("done", { error: "refused" }));
    logger.info("done", { result: undefined });
    logger.info("done", { ok: false });
    logger.info("done", { result: undefined });
    expect(memory.records.map(({ attrs }) => attrs)).toEqual([{ error: "refused" }, {}, { ok: false }]);
  });

  test("tells long texts apart that outputs cut, and lets them be cut as they would be", async () => {
    const lines: string[] = [];
    const handler = collapseRepeats()({ enabled: () => true, handle: (record) => void lines.push(formatJson(record)) });
    const logger = new Logger(handler, { clock: () => 1 });
    const long = "x".repeat(70_000);
    for (const end of ["1", "1", "2"]) logger.info("m", { o: { text: long + end } });
    await handler.flush?.();
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe(lines[0]?.replace('"msg":"m",', '"msg":"m","repeated":1,'));
  });

  test("knows each of many records whose texts differ in places that are not looked at first", () => {
    const { memory, logger } = through(collapseRepeats());
    const textOf = (i: number): string =>
      `order ${String(i).padStart(4, "0")} of the 22nd was not paid in time by anybody who is known`;
    for (let round = 0; round < 2; round++) repeat(300, (i) => logger.info("m", { text: textOf(i), i: 1.5 }));
    expect(memory.records.map(({ attrs }) => attrs["text"])).toEqual(Array.from({ length: 300 }, (_, i) => textOf(i)));
    vi.advanceTimersByTime(1000);
    expect(memory.records).toHaveLength(600);
    repeat(300, (i) => logger.info("m", { text: textOf(i), i: 1.5 }));
    expect(memory.records).toHaveLength(900);
  });

  test("knows nested values, errors, and bound attributes of another logger by what they are", () => {
    const { memory, logger } = through(collapseRepeats());
    const error = new Error("e");
    repeat(3, () =>
      logger.with({ o: { p: [1] } }).info("m", { q: { r: new Map([["s", 1n]]) }, error, bytes: new Uint8Array([1]) }),
    );
    expect(memory.records).toHaveLength(1);
  });

  test("keeps the order in which the first ones came, at flush and shutdown too", async () => {
    const { handler, logger, said } = through(collapseRepeats());
    for (const message of ["a", "b", "b", "a", "c"]) logger.withGroup("g").info(message, { k: { v: 1 } });
    await handler.flush?.();
    expect(said().map(({ message, g }: { message: string; g?: unknown }) => [message, g])).toEqual([
      ["a", { k: { v: 1 } }],
      ["b", { k: { v: 1 } }],
      ["c", { k: { v: 1 } }],
      ["a", { k: { v: 1 }, repeated: 1 }],
      ["b", { k: { v: 1 }, repeated: 1 }],
    ]);
    logger.info("d");
    logger.info("d");
    await handler.shutdown?.();
    expect(said().slice(5)).toEqual([{ message: "d" }, { message: "d", repeated: 1 }]);
    logger.info("e");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("takes the values of a record when it passes: later changes are another record", () => {
    const { memory, logger } = through(collapseRepeats());
    const o = { v: 1 };
    for (const v of [1, 2, 1]) logger.info("m", { o: Object.assign(o, { v }) });
    expect(memory.records.map(({ attrs }) => attrs)).toEqual([{ o: { v: 1 } }, { o: { v: 2 } }]);
  });

  test("lets all pass that are more than its bound, and loses none", async () => {
    const { memory, handler, logger } = through(collapseRepeats({ maxKeys: 2 }));
    for (const message of ["a", "b", "c", "c", "a"]) logger.info(message);
    await handler.flush?.();
    expect(memory.records.map(({ message }) => message)).toEqual(["a", "b", "c", "c", "a"]);
    expect(memory.records.at(-1)?.attrs).toEqual({ repeated: 1 });
  });

  test("every record is there, once or in a count", async () => {
    const record = fc.record({
      level: fc.constantFrom("info", "warn"),
      message: fc.constantFrom("a", "b"),
      v: fc.constantFrom<unknown>(1, 2, "1", { x: 1 }, [1], null),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 60 }), async (records) => {
        const { memory, handler, logger } = through(collapseRepeats({ maxKeys: 5 }));
        for (const { level, message, v } of records) logger.log(level, message, { v });
        await handler.flush?.();
        expect(memory.records.reduce((sum, { attrs }) => sum + Number(attrs["repeated"] ?? 1), 0)).toBe(records.length);
      }),
    );
  });

  test("says at set-up what is no option", () => {
    expect(() => collapseRepeats({ intervalMs: 0 })).toThrow(
      "intervalMs: expected a whole number of milliseconds from 1 to 2147483647, got 0",
    );
    expect(() => collapseRepeats({ maxKeys: 0 })).toThrow("maxKeys: expected a whole number from 1 up, got 0");
  });
});
