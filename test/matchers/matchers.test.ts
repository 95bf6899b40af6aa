import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { captureForTest, capturing } from "../../src/testing/capture-for-test.ts";
import { fixedClock } from "../../src/testing/fixed-clock.ts";
import { logMatchers } from "../../src/testing/log-matchers.ts";
import { logsOf } from "../../src/testing/log-query.ts";
import { contextWith, TRACE_ID } from "../../src/testing/index.ts";
import type {} from "../../src/testing/vitest.ts"; // oxlint-disable-line unicorn/require-module-specifiers, import/no-empty-named-blocks -- types alone
import type { LogQuery } from "../../src/testing/log-query.ts";

expect.extend(logMatchers);

const memory = memoryHandler();
const logger = new Logger(memory, { level: "trace" });
logger.debug("cache miss", { key: "a" });
logger
  .named("http")
  .info(contextWith({ span: true }), "order paid", { orderId: 17, user: { id: 7, tags: ["a", "b"] }, at: new Date(0) });
logger.event("order.placed", { orderId: 18, note: undefined });
logger.error("failed", new RangeError("boom"));
const logs = logsOf(memory);

describe("a query means", () => {
  const CASES: readonly { name: string; query: LogQuery; want: readonly string[] }[] = [
    { name: "all, when it says nothing", query: {}, want: ["cache miss", "order paid", "order.placed", "failed"] },
    { name: "a level", query: { level: "info" }, want: ["order paid", "order.placed"] },
    { name: "a level and up", query: { minLevel: 10 }, want: ["failed"] },
    { name: "a whole message", query: { message: "order" }, want: [] },
    { name: "a pattern, as often as it is asked", query: { message: /^order/g }, want: ["order paid", "order.placed"] },
    { name: "an event", query: { eventName: "order.placed" }, want: ["order.placed"] },
    { name: "a logger", query: { logger: "http" }, want: ["order paid"] },
    { name: "loggers by a pattern", query: { logger: /^ht/ }, want: ["order paid"] },
    { name: "a trace", query: { traceId: TRACE_ID }, want: ["order paid"] },
    { name: "any trace", query: { traceId: expect.any(String) }, want: ["order paid"] },
    { name: "any event", query: { eventName: /./ }, want: ["order.placed"] },
    { name: "some attributes, at any depth", query: { attrs: { user: { id: 7 } } }, want: ["order paid"] },
    { name: "a whole list", query: { attrs: { user: { tags: ["a"] } } }, want: [] },
    { name: "an attribute that is absent", query: { attrs: { orderId: 18, note: undefined } }, want: ["order.placed"] },
    {
      name: "an attribute that is there but undefined in the query",
      query: { attrs: { orderId: undefined } },
      want: ["cache miss", "failed"],
    },
    {
      name: "what a runner's matcher says",
      query: { attrs: { orderId: expect.any(Number) } },
      want: ["order paid", "order.placed"],
    },
    { name: "what a function says", query: { attrs: { orderId: (id: unknown) => Number(id) > 17 } }, want: ["order.placed"] },
    { name: "an instance, as a record has it", query: { attrs: { at: new Date(0) } }, want: ["order paid"] },
    { name: "another instance", query: { attrs: { at: new Date(1) } }, want: [] },
    { name: "a Map by its members", query: { attrs: { user: new Map([["id", 7]]) } }, want: ["order paid"] },
    { name: "a Map with another member", query: { attrs: { user: new Map([["id", 8]]) } }, want: [] },
    { name: "a Date where an object is", query: { attrs: { user: new Date(0) } }, want: [] },
    { name: "an error like it", query: { attrs: { err: new RangeError("boom") } }, want: ["failed"] },
    { name: "an error that says something else", query: { attrs: { err: new RangeError("bang") } }, want: [] },
    { name: "an error of another type", query: { attrs: { err: new TypeError("boom") } }, want: [] },
    { name: "an error with another cause", query: { attrs: { err: new RangeError("boom", { cause: "x" }) } }, want: [] },
    { name: "an error by its fields", query: { attrs: { err: { type: "RangeError", message: /bo/ } } }, want: ["failed"] },
  ];
  test("what a record makes of any value, where it is asked for by that value", () => {
    const values = [
      -0,
      Number.NaN,
      10n,
      2n ** 70n,
      Symbol("s"),
      "a\ud800",
      null,
      [1, undefined],
      [Symbol("s"), [-0]],
      { a: { b: -0 } },
    ];
    for (const value of values) {
      const one = memoryHandler();
      new Logger(one).info("m", { value });
      expect(one).toHaveLogged({ attrs: { value } });
      expect(one).not.toHaveLogged({ attrs: { value: [value] } });
    }
  });

  test.each([
    { query: { level: "off" }, message: 'level: expected a level that a record can have, got "off"' },
    { query: { minLevel: "silent" }, message: 'minLevel: expected a level that a record can have, got "silent"' },
    { query: { message: 5 }, message: "message: expected a text or a pattern, got 5" },
    { query: { logger: null }, message: "logger: expected a text or a pattern, got null" },
    { query: { traceId: ["a"] }, message: 'traceId: expected a text or a pattern, got ["a"]' },
    { query: { attrs: "orderId" }, message: 'attrs: expected an object such as { orderId: 17 }, got "orderId"' },
    { query: { attrs: [1] }, message: "attrs: expected an object such as { orderId: 17 }, got [1]" },
    { query: { attrs: /x/ }, message: 'attrs: expected an object such as { orderId: 17 }, got "/x/"' },
  ])("nothing that no record can have, which .not could not fail for: $message", ({ query, message }) => {
    expect(() => logs.filter(query as never)).toThrow(message);
    expect(() => expect(memory).not.toHaveLogged(query as never)).toThrow(message);
  });

  test.each([undefined, null, "order paid", 5, ["order paid"]])("query: nothing when it is none: %o", (query) => {
    expect(() => logs.filter(query as never)).toThrow(/^query: expected an object such as /);
    expect(() => expect(memory).toHaveLogged(query as never)).toThrow(/^query: expected an object such as /);
  });
  for (const { name, query, want } of CASES) {
    test(`query: ${name}`, () => {
      expect(logs.filter(query).map(({ message }) => message)).toEqual(want);
      expect(logs.find(query)?.message).toBe(want[0]);
    });
  }

  test("nothing that it does not know: a key that is mistyped is an error", () => {
    expect(() => logs.find({ msg: "x" } as never)).toThrow(
      'query: expected level, minLevel, message, eventName, logger, traceId, spanId, attrs, got "msg"',
    );
    expect(() => logs.filter({ level: "loud" })).toThrow(/^level: /);
  });
});

describe("expect", () => {
  test("passes where a record is there, and where none is", () => {
    expect(memory).toHaveLogged({ level: "info", attrs: { orderId: 17 } });
    expect(logs).toHaveLogged({ level: "info", times: 2 });
    expect(memory).not.toHaveLogged({ level: "fatal" });
    expect(memory).toHaveLoggedNothing({ minLevel: "fatal" });
    expect(memoryHandler()).toHaveLoggedNothing();
  });

  test("fails with what was asked and what was logged", () => {
    expect(() => expect(memory).toHaveLogged({ message: "order paid", attrs: { orderId: 1 } })).toThrow(
      `expected record {"message":"order paid","attrs":{"orderId":1}}, got 0 of:
  DEBUG cache miss {"key":"a"}
  INFO [http] order paid {"orderId":17,"user":{"id":7,"tags":["a","b"]},"at":"1970-01-01T00:00:00.000Z"}
  INFO order.placed {"orderId":18}`,
    );
    expect(() => expect(memory).toHaveLogged({ level: "info", times: 3 })).toThrow("expected record 3 times");
    expect(() => expect(memory).not.toHaveLogged({ level: "info" })).toThrow("expected no record");
    expect(() => expect(memory).toHaveLoggedNothing({ level: "error" })).toThrow(
      /expected no record \{"level":"error"\}, got:\n {2}ERROR failed/,
    );
    expect(() => expect(memoryHandler()).toHaveLogged({})).toThrow("(nothing was logged)");
    expect(() => expect({}).toHaveLogged({})).toThrow("expected a memory handler or logsOf() of one");
  });
});

describe("a failure names the runner's matchers", () => {
  const CASES: readonly { readonly of: unknown; readonly want: unknown }[] = [
    { of: expect.any(Date), want: "Any<Date>" },
    { of: expect.closeTo(3, 2), want: "NumberCloseTo 3 (2 digits)" },
    { of: expect.stringContaining("paid"), want: 'StringContaining "paid"' },
    { of: expect.stringMatching(/paid$/), want: 'StringMatching "/paid$/"' },
    { of: expect.not.objectContaining({ a: 1 }), want: 'ObjectNotContaining {"a":1}' },
    { of: [{ a: expect.arrayContaining([expect.any(Number)]) }], want: [{ a: 'ArrayContaining ["Any<Number>"]' }] },
  ];
  test.each(CASES)("$want", ({ of, want }) => {
    const text = JSON.stringify({ attrs: { absent: want } });
    expect(() => expect(memory).toHaveLogged({ attrs: { absent: of } })).toThrow(`expected record ${text}, got 0 of:`);
  });
});

describe("a fixed clock", () => {
  test("stands, moves when it is told to, and dates what is logged", () => {
    const clock = fixedClock("2026-11-22T04:05:06.789Z");
    const dated = memoryHandler();
    const logger = new Logger(dated, { clock });
    logger.info("a");
    clock.advance(11);
    logger.info("b");
    clock.set(5);
    logger.info("c");
    expect(dated.records.map(({ time }) => time)).toEqual([
      Date.UTC(2026, 10, 22, 4, 5, 6, 789),
      Date.UTC(2026, 10, 22, 4, 5, 6, 800),
      5,
    ]);
    expect(() => fixedClock("soon")).toThrow('time: expected milliseconds, a date or its text, got "soon"');
  });
});

describe("captureForTest", () => {
  test("prints the lines when the test has failed, and only then", () => {
    const printed: string[] = [];
    const hooks: (() => void)[] = [];
    const { logger, find, records } = captureForTest((run) => hooks.push(run), {
      print: (text) => printed.push(text),
      clock: () => 0,
    });
    logger.debug("seen", { a: 1 });
    expect(find({ level: "debug" })?.attrs).toEqual({ a: 1 });
    expect(records).toHaveLength(1);
    expect(printed).toEqual([]);
    for (const run of hooks) run();
    expect(printed.join("")).toMatch(/DEBUG seen +a=1\n$/);
  });

  test("says of which test the lines are, where the runner tells, and prints none of one that is to fail", () => {
    const printed: string[] = [];
    const told = (context: unknown): string => {
      const hooks: ((context?: unknown) => void)[] = [];
      const { logger } = captureForTest((run) => hooks.push(run), { print: (text) => printed.push(text), clock: () => 0 });
      logger.info("seen");
      for (const run of hooks) run(context);
      return printed.splice(0).join("");
    };
    const suite = { name: "pays", suite: { name: "shop" } };
    expect(told({ task: { name: "by card", suite } })).toBe('logged by "shop > pays > by card":\n00:00:00.000 INFO  seen\n');
    expect(told(Object.assign(() => undefined, { task: { name: "by card" } }))).toMatch(/^logged by "by card":\n/);
    expect(told({ fullName: "shop > by card" })).toMatch(/^logged by "shop > by card":\n/);
    for (const none of [undefined, null, 5, {}, { task: 5 }, { task: {} }]) expect(told(none)).toBe("00:00:00.000 INFO  seen\n");
    expect(told({ task: { name: "by card", fails: true } })).toBe("");
  });

  test("keeps vitest's own hook", ({ onTestFailed }) => {
    captureForTest(onTestFailed).logger.info("never printed");
  });

  test("takes vitest's own context, which is a function", (context) => {
    captureForTest(context).logger.info("never printed");
  });

  test("capturing makes a test of a body: with what it captures and the test's own arguments, failing as the body does", async () => {
    const printed: string[] = [];
    const options = { print: (text: string) => printed.push(text), level: "info" };
    const seen: unknown[] = [];
    const good = capturing((logs, a: number, b: string) => void seen.push(logs.messages(), a, b), options);
    // With a parameter jest and mocha would wait for a callback.
    expect(good).toHaveLength(0);
    await good(1, "b");
    expect(seen).toEqual([[], 1, "b"]);
    const failing = capturing(({ logger }) => {
      logger.debug("below its level");
      logger.warn("seen");
      throw new Error("no");
    }, options);
    await expect(failing()).rejects.toThrow("no");
    await expect(failing()).rejects.toThrow("no");
    expect(printed.map((text) => text.replace(/^\S+ /, ""))).toEqual(["WARN  seen\n", "WARN  seen\n"]);
    const context = { task: { name: "by card" }, onTestFailed: () => undefined };
    const ofRow = capturing((logs, _row: object, _context: object) => {
      logs.logger.info("seen");
      throw new Error("no");
    }, options);
    await expect(ofRow({ fullName: "Ann Lee" }, context)).rejects.toThrow("no");
    expect(printed.at(-1)).toMatch(/^logged by "by card":\n\S+ INFO {2}seen\n$/);
    expect(() => capturing("x" as never)).toThrow('body: expected a function, got "x"');
  });

  test("fails at once when it is given neither runner's hook", () => {
    expect(() => captureForTest({} as never)).toThrow(
      "test: expected vitest's onTestFailed or the context of vitest or of node:test, got [object Object]",
    );
    expect(() => captureForTest(null as never)).toThrow("got null");
  });

  test("fails at once when an option is not what is expected", () => {
    const hook = (): void => undefined;
    expect(() => captureForTest(hook, { print: 5 as never })).toThrow("print: expected a function, got 5");
    expect(() => captureForTest(hook, { maxRecords: 0 })).toThrow("maxRecords: expected a whole number from 1 up, got 0");
    expect(() => captureForTest(hook, { level: "loud" })).toThrow("level: expected a level name");
    expect(() => capturing(hook, { level: "loud" })).toThrow("level: expected a level name");
  });

  test("node:test: a failing test prints its lines, a passing one none", async () => {
    const dir = mkdtempSync(join(tmpdir(), "correlog-capture-"));
    const source = pathToFileURL(join(import.meta.dirname, "../../src/testing/capture-for-test.ts")).href;
    writeFileSync(
      join(dir, "a.test.mjs"),
      `import { test } from "node:test";
import { captureForTest, capturing } from ${JSON.stringify(source)};
test("good", (t) => { captureForTest(t).logger.info("from the good one"); });
test("bad", async (t) => { captureForTest(t).logger.info("from the bad one"); await null; throw new Error("x"); });
test("good body", capturing(({ logger }) => { logger.info("from the good body"); }));
test("bad body", capturing(({ logger }, t) => { logger.info("from the bad body", { of: t.name }); throw new Error("x"); }));`,
    );
    const output = await new Promise<string>((resolve) => {
      const env = { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" };
      execFile(process.execPath, [join(dir, "a.test.mjs")], { env }, (_error, stdout, stderr) => resolve(stdout + stderr));
    });
    rmSync(dir, { recursive: true });
    expect(output).toMatch(/logged by "bad":\n\S+ INFO {2}from the bad one/);
    expect(output).toMatch(/logged by "bad body":\n\S+ INFO {2}from the bad body {2}of="bad body"/);
    expect(output).not.toContain("from the good body");
    expect(output).not.toContain("from the good one");
  });
});
