import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEBUG, INFO, TRACE } from "../../src/level/level.ts";
import { LevelRules } from "../../src/level/level-rules.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { ROOT } from "../../src/context/otel-api.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { debugRequest, levelsFromFile, levelsOnSignal, signDebug } from "../../src/middleware/index.ts";
import { contextWith, TRACE_ID } from "../../src/testing/context-with.ts";
import type { Context } from "@opentelemetry/api";
import type { DebugRequestOptions } from "../../src/middleware/index.ts";

const KEY = "0123456789abcdef";
const PATIENT = { timeout: 20_000, interval: 5 };
const NOW = 1_000_000;
const clock = (): number => NOW;

describe("levelsFromFile", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "levels-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("takes rules now, one a line too, and again when the file is replaced; bad ones are said and change nothing", async () => {
    const path = join(folder, "levels");
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const levels = new LevelRules("error");
    using watch = levelsFromFile(levels, path, { intervalMs: 5 });
    expect(levels.of("db").level).toBe(17);
    writeFileSync(path, "# quiet\nwarn\ndb=debug # but not here\n");
    await vi.waitFor(() => expect([levels.of("").level, levels.of("db").level]).toEqual([13, DEBUG]), PATIENT);
    writeFileSync(path, "db=loudest of all");
    await vi.waitFor(
      () =>
        expect(String(stderr.mock.calls.at(-1)?.[1])).toContain(`correlog: levels: RangeError: path ${path}: level: expected`),
      PATIENT,
    );
    expect(levels.of("db").level).toBe(DEBUG);
    writeFileSync(path, "trace");
    await vi.waitFor(() => expect(levels.of("db").level).toBe(TRACE), PATIENT);
    watch.stop();
    watch.stop();
    stderr.mockRestore();
  });

  test("sets one timer, which does not keep the process alive and goes when it is stopped", () => {
    const timers = vi.spyOn(globalThis, "setInterval");
    const watch = levelsFromFile(new LevelVar(), join(folder, "levels"));
    expect(timers.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([false]);
    timers.mockRestore();
    watch.stop();
    vi.useFakeTimers();
    levelsFromFile(new LevelVar(), join(folder, "levels")).stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test("a relative path is the same file when the process goes to another folder", () => {
    vi.useFakeTimers();
    const reads = vi.spyOn(process.getBuiltinModule("node:fs"), "readFile").mockImplementation(() => undefined);
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
    const watch = levelsFromFile(new LevelVar(), "levels");
    cwd.mockReturnValue("/");
    vi.advanceTimersByTime(1000);
    expect(reads.mock.lastCall?.[0]).toBe(join(folder, "levels"));
    watch.stop();
    cwd.mockRestore();
    reads.mockRestore();
    vi.useRealTimers();
  });

  test("reads the file once at a time, however long that takes", () => {
    vi.useFakeTimers();
    const reads = vi.spyOn(process.getBuiltinModule("node:fs"), "readFile").mockImplementation(() => undefined);
    const watch = levelsFromFile(new LevelVar(), join(folder, "levels"));
    vi.advanceTimersByTime(5000);
    expect(reads).toHaveBeenCalledTimes(1);
    const answer = reads.mock.lastCall?.at(-1) as unknown as (error: null, text: string) => void;
    answer(null, "debug");
    vi.advanceTimersByTime(1000);
    expect(reads).toHaveBeenCalledTimes(2);
    watch.stop();
    reads.mockRestore();
    vi.useRealTimers();
  });

  test("says at set-up what the file holds that is no level, and what is no option", () => {
    const path = join(folder, "levels");
    writeFileSync(path, "loud");
    expect(() => levelsFromFile(new LevelVar(), path)).toThrow(`path ${path}: level: expected a level name`);
    expect(() => levelsFromFile(new LevelVar(), "")).toThrow('path: expected the path of a file, got ""');
    expect(() => levelsFromFile({} as never, path)).toThrow("levels: expected a LevelRules or a LevelVar, got [object Object]");
    expect(() => levelsFromFile(new LevelVar(), path, { intervalMs: 0 })).toThrow(
      "intervalMs: expected a whole number of milliseconds",
    );
    expect(() => levelsFromFile(new LevelVar(), folder)).toThrow(`path ${folder}: EISDIR`);
    expect(() => levelsFromFile(new LevelVar(), "levels\0")).toThrow('path: expected the path of a file, got "levels\\u0000"');
  });
});

describe("levelsOnSignal", () => {
  test("takes the next level at each signal, then the first again, until it is stopped", async () => {
    const levels = new LevelRules("info");
    const changes: string[] = [];
    const others = process.listenerCount("SIGUSR2");
    const steps = ["db=trace", "debug"];
    const listener = levelsOnSignal(levels, steps, { onChange: (level) => changes.push(level) });
    steps.length = 0;
    for (const count of [1, 2, 3]) {
      process.kill(process.pid, "SIGUSR2");
      await vi.waitFor(() => expect(changes).toHaveLength(count), PATIENT);
    }
    expect(changes).toEqual(["db=trace", "debug", "db=trace"]);
    expect([levels.of("db").level, levels.of("").level]).toEqual([TRACE, INFO]);
    listener.stop();
    expect(process.listenerCount("SIGUSR2")).toBe(others);
  });

  test.each([
    { levels: new LevelRules(), steps: [], message: "steps: expected a list of levels, got [object Array]" },
    { levels: new LevelRules(), steps: ["info", "db=loud"], message: "steps: place 1: expected a level name" },
    { levels: new LevelVar(), steps: ["info,db=debug"], message: "steps: place 0: expected a level name" },
    { levels: 5, steps: ["info"], message: "levels: expected a LevelRules or a LevelVar, got 5" },
    { signal: "SIGUSR3", message: 'signal: expected a signal of this system, got "SIGUSR3"' },
    { signal: "SIGKILL", message: 'signal: expected a signal that a process can listen to, got "SIGKILL"' },
    { signal: "USR2", message: 'signal: expected a signal\'s name, got "USR2"' },
  ])("says at set-up: $message", ({ levels = new LevelVar(), steps = ["info"], signal = "SIGUSR2", message }) => {
    expect(() => levelsOnSignal(levels as LevelRules, steps, { signal: signal as "SIGUSR2" })).toThrow(message);
  });
});

test("levelsOnSignal reports what its async listener throws, and the process goes on", async () => {
  const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
  // A source that was heard is silent for 10 s.
  vi.setSystemTime(Date.now() + 20_000);
  const onChange = (() => Promise.reject(new Error("late"))) as () => void;
  const listener = levelsOnSignal(new LevelRules("info"), ["debug"], { signal: "SIGWINCH", onChange });
  process.emit("SIGWINCH", "SIGWINCH");
  await new Promise((resolve) => setImmediate(resolve));
  expect(String(stderr.mock.calls[0]?.[1])).toContain("Error: late");
  listener.stop();
  vi.useRealTimers();
  stderr.mockRestore();
});

describe("debugRequest", () => {
  function quiet(options: Partial<DebugRequestOptions> = {}) {
    const memory = memoryHandler();
    const handler = debugRequest({ key: KEY, clock, ...options })(memory);
    return { memory, handler, logger: new Logger(handler, { level: "trace" }) };
  }
  const carrying = (token: string, span: true | { traceId: string } = true): Context =>
    contextWith({ span, baggage: { "correlog.debug": token, tenant: "t1" } });
  const flip = (token: string, at: number): string =>
    `${token.slice(0, at)}${token[at] === "5" ? "6" : "5"}${token.slice(at + 1)}`;
  const good = signDebug(KEY, { clock });

  const ROWS: readonly {
    name: string;
    token: string;
    options?: Partial<DebugRequestOptions>;
    level?: string;
    passes: boolean;
  }[] = [
    { name: "a token of the same key", token: good, passes: true },
    { name: "a token, for a level below its own", token: good, level: "trace", passes: false },
    { name: "a token for trace records", token: signDebug(KEY, { clock, level: "trace" }), level: "trace", passes: true },
    { name: "a token of another key", token: signDebug("another key of 16", { clock }), passes: false },
    { name: "a token of one of several keys", token: good, options: { key: ["another key of 16", KEY] }, passes: true },
    { name: "a token that has ended", token: signDebug(KEY, { clock: () => NOW - 601_000 }), passes: false },
    {
      name: "a token in its last second",
      token: signDebug(KEY, { clock, forMs: 1 }),
      options: { clock: () => NOW + 999 },
      passes: true,
    },
    { name: "a token, by a clock that gives no number", token: good, options: { clock: () => Number.NaN }, passes: false },
    { name: "a token for this trace", token: signDebug(KEY, { clock, traceId: TRACE_ID }), passes: true },
    { name: "a token for another trace", token: signDebug(KEY, { clock, traceId: "1".repeat(32) }), passes: false },
    { name: "a token whose level was changed", token: flip(good, 0), passes: false },
    { name: "a token whose end was changed", token: flip(good, 3), passes: false },
    { name: "a token whose signature was changed", token: flip(good, good.length - 10), passes: false },
    { name: "a token without its signature", token: good.slice(0, good.lastIndexOf(".")), passes: false },
    {
      name: "the payload signed for another purpose",
      token: `5.9999.-.${createHmac("sha256", KEY).update("5.9999.-").digest("base64url")}`,
      passes: false,
    },
    { name: "no token at all", token: "yes", passes: false },
    {
      name: "a level lower than it may ask for",
      token: signDebug(KEY, { clock, level: "trace" }),
      options: { lowest: "debug" },
      level: "trace",
      passes: false,
    },
    { name: "another member of the baggage", token: good, options: { member: "other" }, passes: false },
  ];
  test.each(ROWS)("$name: $passes", ({ token, options, level = "debug", passes }) => {
    const { memory, logger } = quiet(options);
    logger.log(level, carrying(token), "m");
    logger.log(level, carrying(token), "again");
    logger.log(level, contextWith({ span: true }), "of another request");
    expect(memory.records.map(({ message }) => message)).toEqual(passes ? ["m", "again"] : []);
  });

  test("logs at the usual level with and without a token, and follows it when it moves", () => {
    const level = new LevelVar("warn");
    const { memory, logger, handler } = quiet({ level });
    logger.info("a");
    logger.warn("b");
    level.set("info");
    logger.info("c");
    expect(memory.records.map(({ message }) => message)).toEqual(["b", "c"]);
    expect(handler.threshold?.level).toBe(TRACE);
  });

  const NAMED: readonly { name: string; level: NonNullable<DebugRequestOptions["level"]>; want: readonly string[] }[] = [
    { name: "one for all", level: "warn", want: ["warn ", "warn db", "warn db.pool", "warn http"] },
    {
      name: "rules as text",
      level: "info,db=debug,http=error",
      want: ["info ", "warn ", "debug db", "info db", "warn db", "debug db.pool", "info db.pool", "warn db.pool"],
    },
    {
      name: "rules, lowest for one",
      level: new LevelRules("off,db=info"),
      want: ["info db", "warn db", "info db.pool", "warn db.pool"],
    },
  ];
  test.each(NAMED)("levels by name hold without a token: $name; with one its level holds for all names", ({ level, want }) => {
    const { memory, logger } = quiet({ level });
    const LEVELS = ["trace", "debug", "info", "warn"];
    const NAMES = ["", "db", "db.pool", "http"];
    const all = (ctx: Context): readonly string[] => {
      memory.clear();
      for (const name of NAMES) for (const each of LEVELS) logger.named(name).log(each, ctx, `${each} ${name}`);
      return memory.records.map(({ message }) => message);
    };
    expect(all(contextWith({ span: true }))).toEqual(want);
    const raised = NAMES.flatMap((name) => LEVELS.slice(1).map((each) => `${each} ${name}`));
    expect(all(carrying(good))).toEqual(raised);
  });

  test("levels by name move: what is let through, and what is asked", () => {
    const levels = new LevelRules("info,db=warn");
    const { memory, logger, handler } = quiet({ level: levels });
    const db = logger.named("db");
    db.info("a");
    expect(handler.enabled(DEBUG)).toBe(false);
    levels.set("error,db=debug");
    db.debug("b");
    logger.info("c");
    expect([handler.enabled(DEBUG), handler.enabled(TRACE)]).toEqual([true, false]);
    levels.set("error");
    db.warn("d");
    expect(handler.enabled(INFO)).toBe(false);
    expect(memory.records.map(({ message }) => message)).toEqual(["b"]);
  });

  test("asks the next handler too, and states no lower threshold than it", () => {
    const handler = debugRequest({ key: KEY, clock })(memoryHandler({ level: "warn" }));
    expect([handler.threshold?.level, handler.enabled(DEBUG, carrying(good)), handler.enabled(INFO)]).toEqual([13, false, false]);
    expect(debugRequest({ key: KEY, lowest: "debug" })(jsonHandler()).threshold?.level).toBe(DEBUG);
  });

  test("ends amid a request when the token does", () => {
    let now = NOW;
    const { memory, logger } = quiet({ clock: () => now });
    const ctx = carrying(signDebug(KEY, { clock, forMs: 1000 }));
    logger.debug(ctx, "a");
    now += 1000;
    logger.debug(ctx, "b");
    expect(memory.records.map(({ message }) => message)).toEqual(["a"]);
  });

  test("verifies a token once for all contexts over the same baggage", () => {
    const crypto = process.getBuiltinModule("node:crypto");
    const createHmacSpy = vi.spyOn(crypto, "createHmac");
    const { logger, memory } = quiet();
    const ctx = carrying(good);
    for (let i = 0; i < 5; i++) logger.debug(ctx.setValue(Symbol("k"), i), "m");
    expect([memory.records.length, createHmacSpy.mock.calls.length]).toEqual([5, 1]);
    createHmacSpy.mockRestore();
  });

  test("keeps the keys that it was given, whatever becomes of their list and bytes", () => {
    const bytes = new TextEncoder().encode(KEY);
    const keys = ["another key of 16"];
    const { memory, logger } = quiet({ key: bytes });
    const listed = quiet({ key: keys });
    bytes.fill(65);
    keys[0] = "A".repeat(16);
    for (const each of [logger, listed.logger]) {
      each.debug(carrying(signDebug("A".repeat(16), { clock })), "forged");
      each.debug(carrying(signDebug([KEY, "not used to sign"], { clock })), "by bytes");
      each.debug(carrying(signDebug("another key of 16", { clock })), "by list");
    }
    const messages = [memory, listed.memory].map(({ records }) => records.map(({ message }) => message));
    expect(messages).toEqual([["by bytes"], ["by list"]]);
  });

  test("takes the token out of what is written, also behind a prefix", () => {
    const memory = memoryHandler();
    const logger = new Logger(debugRequest({ key: KEY, clock })(memory), { level: "trace", baggage: { prefix: "baggage." } });
    logger.debug(carrying(good), "m");
    logger.info(contextWith({ baggage: { "correlog.debug": "x" } }), "n");
    expect(memory.records.map(({ attrs }) => attrs)).toEqual([{ "baggage.tenant": "t1" }, {}]);
  });

  test("leaves in what is written other members whose names end alike", () => {
    const baggage = { debug: good, "feature.debug": "on", no_debug: "1" };
    const memory = memoryHandler();
    for (const prefix of ["", "baggage."]) {
      const handler = debugRequest({ key: KEY, clock, member: "debug" })(memory);
      new Logger(handler, { level: "trace", baggage: { prefix } }).debug(contextWith({ baggage }), "m");
    }
    const handler = debugRequest({ key: KEY, clock, member: "debug" })(memory);
    // What stands before it may give on another context than the call's.
    handler.handle(
      createRecord({
        level: 9,
        baggage: [
          ["debug", "x"],
          ["b.debug", good],
          ["feature.debug", "on"],
        ],
      }),
      ROOT,
    );
    expect(memory.records.map(({ attrs }) => attrs)).toEqual([
      { "feature.debug": "on", no_debug: "1" },
      { "baggage.feature.debug": "on", "baggage.no_debug": "1" },
      { "feature.debug": "on" },
    ]);
  });

  test.each([
    { key: "short", message: "key: expected at least 16 bytes, got 5" },
    { key: [], message: "key: expected a key or a list of keys, got" },
    { key: 5, message: "key: expected a key or a list of keys" },
    { key: [KEY, 5], message: 'key: expected a string or bytes, got "number"' },
  ])("says at set-up, and does not say the key: $message", ({ key, message }) => {
    expect(() => debugRequest({ key: key as string })).toThrow(message);
    expect(() => signDebug(key as string)).toThrow(message);
  });

  test("says at set-up which other option is none", () => {
    expect(() => debugRequest({ key: KEY, level: "loud" })).toThrow("level: expected a level name");
    expect(() => debugRequest({ key: KEY, level: "info,d b=warn" })).toThrow(
      'level: expected rules such as "info,db=debug,http.*=warn", got "info,d b=warn"',
    );
    expect(() => debugRequest({ key: KEY, level: "info,db=loud" })).toThrow("level: expected a level name");
    expect(() => debugRequest({ key: KEY, member: "" })).toThrow('member: expected the name of a baggage member, got ""');
    expect(() => signDebug(KEY, { traceId: "x" })).toThrow(
      'traceId: expected 32 hexadecimal digits in lower case, not all 0, got "x"',
    );
    expect(() => signDebug(KEY, { level: "off" })).toThrow('level: expected a level that lets records through, got "off"');
    expect(() => signDebug(KEY, { clock: 5 as never })).toThrow("clock: expected a function, got 5");
    // An end that the verifier does not read would be a token that never verifies.
    expect(() => signDebug(KEY, { forMs: 1e15 })).toThrow(
      "forMs: expected an end until second 99999999999 of the epoch, got 1000000000000000",
    );
    expect(() => signDebug(KEY, { clock: () => -1e12 })).toThrow("forMs: expected an end until second 99999999999 of the epoch");
    expect(() => signDebug(KEY, { traceId: "0".repeat(32) })).toThrow("traceId: expected 32 hexadecimal digits");
    expect(() => signDebug(KEY, { forMs: 0 })).toThrow("forMs: expected a whole number from 1 up, got 0");
  });
});
