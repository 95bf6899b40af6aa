import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contextWith, handlerConformance, parseJsonLine, parseJsonLines, testHandler } from "../../src/testing/index.ts";
import { MUTANTS, say, subject } from "./mutants.ts";
import type { Feature, Subject } from "../../src/testing/index.ts";

async function failures(makeHandler: () => Subject, names?: readonly string[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const each of handlerConformance({ makeHandler })) {
    if (names !== undefined && !names.includes(each.name)) continue;
    try {
      await each.run();
    } catch {
      failed.push(each.name);
    }
  }
  return failed;
}

describe("the kit finds a handler that", () => {
  for (const { name, make, fails } of MUTANTS) {
    test(`a handler that ${name}`, async () => expect((await failures(make, fails)).toSorted()).toEqual(fails.toSorted()));
  }

  test("has no fault to be well", async () => expect(await failures(() => subject(say))).toEqual([]));

  test("writes nothing by every case but those that expect nothing", async () => {
    const failed = await failures(() => ({ handler: { enabled: () => true, handle: () => undefined }, records: () => [] }));
    const passed = handlerConformance({ makeHandler: () => subject(say) }).filter(({ name }) => !failed.includes(name));
    expect(passed.map(({ name }) => name)).toEqual(["enabled", "threshold"]);
  });
});

describe("the kit's options", () => {
  const makeHandler = (): Subject => subject(say);

  test("names are unique, and every rule is a sentence", () => {
    const cases = handlerConformance({ makeHandler });
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.filter(({ rule }) => !/^[\w[(].*\.$/.test(rule)).map(({ name }) => name)).toEqual([]);
  });

  test("a case is skipped by its name, with the reason", () => {
    const cases = handlerConformance({ makeHandler, skip: { order: "the store sorts" } });
    expect(cases.filter(({ skip }) => skip !== undefined).map(({ name, skip }) => [name, skip])).toEqual([
      ["order", "the store sorts"],
    ]);
  });

  test("cases that need what the output lacks are skipped, and say so", () => {
    const cases = handlerConformance({ makeHandler, lacks: ["time", "logger"] });
    const skipped = cases.filter(({ skip }) => skip !== undefined);
    expect(skipped.find(({ name }) => name === "logger-name")?.skip).toBe("the output has no logger");
    expect(skipped.map(({ name }) => name)).toContain("zero-time");
  });

  test.each([
    [{ skip: { "no-such-case": "reason" } }, 'skip: expected the name of a case, got "no-such-case"'],
    [{ skip: { order: " " } }, 'skip.order: expected a reason, got " "'],
    [{ lacks: ["colour" as Feature] }, /^lacks: expected one of nesting, .*, got "colour"$/],
  ])("%j is an error", (options, message) => {
    expect(() => handlerConformance({ makeHandler, ...options })).toThrow(message);
  });

  test("a case that fails says what was expected and what came out", async () => {
    const first = handlerConformance({ makeHandler: () => subject((record) => ({ ...say(record), level: 1 })) }).find(
      ({ name }) => name === "attrs",
    );
    await expect(first?.run()).rejects.toThrow("level: expected 9, got 1");
  });

  test("a handler is disposed of after its case, also one that failed", async () => {
    let disposed = 0;
    const makeFailing = (): Subject => ({ ...subject(say), records: () => [], dispose: () => void disposed++ });
    for (const each of handlerConformance({ makeHandler: makeFailing }).slice(0, 3)) await expect(each.run()).rejects.toThrow();
    expect(disposed).toBe(3);
  });

  test("a runner without skip gets a test that says it is skipped and passes", async () => {
    const runs = new Map<string, () => Promise<void>>();
    testHandler((name, run) => runs.set(name, run), { makeHandler, skip: { order: "the store sorts" } });
    expect(runs.size).toBe(handlerConformance({ makeHandler }).length);
    await expect(runs.get("order: skipped: the store sorts")?.()).resolves.toBeUndefined();
  });

  test("it runs in node:test", () => {
    const file = join(import.meta.dirname, "node-test.fixture.ts");
    const output = execFileSync(process.execPath, ["--test", "--test-reporter=tap", file], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] },
    });
    expect(output).toMatch(/^# pass 2\d\d$/m);
    expect(output).toMatch(/^# fail 0$/m);
    expect(output).toMatch(/^# skipped 1$/m);
  });
});

describe("parseJsonLine", () => {
  test("reads every field of a line, and the rest as attributes", () => {
    const line =
      '{"time":"2026-11-22T00:00:00.001Z","level":"INFO2","logger":"http","msg":"m","event_name":"e","k":{"__proto__":1},"trace_id":"t","span_id":"s","trace_flags":"0a"}\n';
    expect(parseJsonLine(line)).toEqual({
      time: Date.UTC(2026, 10, 22, 0, 0, 0, 1),
      level: 10,
      message: "m",
      attrs: { k: JSON.parse('{"__proto__":1}') },
      eventName: "e",
      logger: "http",
      traceId: "t",
      spanId: "s",
      traceFlags: 10,
    });
  });

  test.each([
    ["two lines", '{"level":"INFO","msg":"a"}\n{"level":"INFO","msg":"b"}', "expected one line"],
    ["no JSON", "level=INFO", "expected valid JSON"],
    ["no object", "[1]", "expected a JSON object"],
    ["no level", '{"msg":"a"}', "expected a line with level and msg"],
    ["a level that is none", '{"level":"LOUD","msg":"a"}', "expected a level name"],
    ["a key twice", '{"level":"INFO","msg":"a","msg":"b"}', 'expected each key once, got "msg" twice'],
    ["a key twice, once escaped", '{"level":"INFO","msg":"a","k":[{"a":1,"\\u0061":2}]}', "expected each key once"],
    ["a key twice in a nested object", '{"level":"INFO","msg":"a","k":{"a":{},"b":1,"a":1}}', 'got "a" twice'],
  ])("refuses %s", (_, line, message) => {
    expect(() => parseJsonLine(line)).toThrow(message);
  });

  test("takes a key again in another object, and a key's text as a value", () => {
    const line = '{"level":"INFO","msg":"a","k":{"a":"k"},"l":[{"a":"a"},{"a":"x: \\"a\\":"}]}';
    expect(parseJsonLine(line).attrs).toEqual({ k: { a: "k" }, l: [{ a: "a" }, { a: 'x: "a":' }] });
  });

  test("parseJsonLines takes none or whole lines", () => {
    expect(parseJsonLines("")).toEqual([]);
    expect(() => parseJsonLines('{"level":"INFO"')).toThrow("expected whole lines");
    expect(parseJsonLines('{"level":"INFO","msg":"a"}\n'.repeat(2))).toHaveLength(2);
  });
});

test("contextWith makes contexts that @opentelemetry/api reads", async () => {
  const { propagation, trace } = await import("@opentelemetry/api");
  const ctx = contextWith({ span: { traceFlags: 0 }, baggage: { tenant: "t1" } });
  expect(trace.getSpanContext(ctx)).toEqual({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 0,
  });
  expect(propagation.getBaggage(ctx)?.getEntry("tenant")?.value).toBe("t1");
  expect(propagation.getBaggage(ctx)?.setEntry("tenant", { value: "t2" }).removeEntry("x").getAllEntries()).toEqual([
    ["tenant", { value: "t2" }],
  ]);
});
