import { describe, expect, test, vi } from "vitest";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { ROOT } from "../../src/context/otel-api.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { collect, collected, contextAttrs, withAttrs, withCollector } from "../../src/middleware/index.ts";
import { underActive } from "../../src/testing/active-context.ts";
import { contextWith } from "../../src/testing/index.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { Binding } from "../../src/record/binding.ts";

function setUp() {
  const memory = memoryHandler();
  return { memory, logger: new Logger(contextAttrs()(memory)), attrs: () => memory.records.map((each) => each.attrs) };
}

describe("withAttrs and contextAttrs", () => {
  const ctx = withAttrs(contextWith({ baggage: { tenant: "t1" } }), { requestId: "r1" });

  test("add attributes to every record under the context, at the root and before all others", () => {
    const { logger, attrs } = setUp();
    logger.with({ a: 1 }).withGroup("g").info(ctx, "m", { k: 1 });
    logger.info(ctx, "m");
    logger.info("m", { k: 1 });
    expect(attrs().map((each) => JSON.stringify(each))).toEqual([
      '{"requestId":"r1","a":1,"g":{"k":1},"tenant":"t1"}',
      '{"requestId":"r1","tenant":"t1"}',
      '{"k":1}',
    ]);
  });

  test("let what the logger and the call have under the same key stand", () => {
    const { logger, attrs } = setUp();
    const twice = withAttrs(withAttrs(ROOT, { a: "outer", b: "outer", c: "outer", o: { x: 1 } }), { a: "inner", o: { y: 2 } });
    logger.with({ b: "bound" }).info(twice, "m", { c: "call" });
    expect(attrs()).toEqual([{ a: "inner", b: "bound", c: "call", o: { x: 1, y: 2 } }]);
  });

  test("work under the active context, and over contexts of the API's own", async () => {
    const { logger, attrs } = setUp();
    await underActive(withAttrs(ROOT_CONTEXT, { requestId: "r2" }), () => logger.info("m"));
    expect(attrs()).toEqual([{ requestId: "r2" }]);
  });

  test("copy the attributes, and leave the context they are given as it was", () => {
    const { logger, attrs } = setUp();
    const given = { requestId: "r1" };
    const changed = withAttrs(ROOT, given);
    given.requestId = "r2";
    logger.info(changed, "m");
    logger.info(ROOT, "m");
    expect(attrs()).toEqual([{ requestId: "r1" }, {}]);
  });

  test("give the same chain for the same context and logger, so that formats keep what they made of it", () => {
    const chains: (Binding | undefined)[] = [];
    const handler = contextAttrs()({ enabled: () => true, handle: ({ binding }) => void chains.push(binding) });
    const [one, two] = [new Logger(handler).with({ a: 1 }), new Logger(handler).with({ a: 2 })];
    for (const logger of [one, two, one, two]) logger.info(ctx, "m");
    expect([chains[0] === chains[2], chains[1] === chains[3], chains[0] === chains[1]]).toEqual([true, true, false]);
  });

  test("say at once that what they are given is no context", () => {
    expect(() => withAttrs({ requestId: "r1" } as never, {})).toThrow("withAttrs: expected a context, got [object Object]");
    expect(() => withCollector(undefined as never)).toThrow("withCollector: expected a context, got undefined");
  });
});

describe("collect", () => {
  test("flows up to the collector of the context, a later value of a key standing for an earlier one", () => {
    const ctx = withCollector(ROOT);
    const deep = withAttrs(ctx, { a: 1 });
    expect(collect(deep, { cache: "miss", rows: 1 })).toBe(true);
    collect(deep, { rows: 12, ["__proto__"]: "kept" });
    expect(Object.entries(collected(ctx))).toEqual([
      ["cache", "miss"],
      ["rows", 12],
      ["__proto__", "kept"],
    ]);
  });

  test("flows up to every collector around, and never down or aside", () => {
    const outer = withCollector(ROOT);
    const [one, two] = [withCollector(outer), withCollector(outer)];
    collect(outer, { at: "outer" });
    collect(one, { one: 1 });
    collect(two, { two: 2 });
    expect([outer, one, two].map(collected)).toEqual([{ at: "outer", one: 1, two: 2 }, { one: 1 }, { two: 2 }]);
  });

  test("does nothing without a collector, and says so", () => {
    expect([collect(ROOT, { a: 1 }), collected(ROOT)]).toEqual([false, {}]);
    expect(collect(undefined as never, { a: 1 })).toBe(false);
  });

  test("takes 128 attributes and no more, which is said", () => {
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const ctx = withCollector(ROOT);
    collect(ctx, Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])));
    collect(ctx, { k0: "later" });
    expect([Object.keys(collected(ctx)).length, collected(ctx)["k0"]]).toEqual([128, "later"]);
    expect(String(stderr.mock.calls[0]?.[1])).toContain("correlog: collect: a collector is full at 128 attributes");
    stderr.mockRestore();
  });

  test("takes what can be read, and says what throws: the app does not hear of it", () => {
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const ctx = withCollector(ROOT);
    const attrs = {
      before: 1,
      get bad(): number {
        throw new Error("not now");
      },
      behind: 2,
    };
    const refusing = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("no keys");
        },
      },
    );
    expect(collect(ctx, attrs)).toBe(true);
    expect(collect(ctx, refusing)).toBe(true);
    expect(collect(ctx, Object.create({ inherited: 1 }, { own: { value: 3, enumerable: true } }) as Attrs)).toBe(true);
    for (const none of [undefined, null, 7]) expect(collect(ctx, none as never)).toBe(true);
    expect(collected(ctx)).toEqual({ before: 1, bad: "[Throws: not now]", behind: 2, own: 3 });
    stderr.mockRestore();
  });
});
