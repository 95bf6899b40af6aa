import { ROOT_CONTEXT } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCall } from "../../src/logger/call.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { contextWith } from "../../src/testing/index.ts";
import { throwingProxy, TRAPS } from "../../src/testing/hostile-parts.ts";
import { HOSTILE_VALUES } from "../../src/testing/hostile-values.ts";

const ctx = ROOT_CONTEXT;
const error = new RangeError("boom");
const other = new TypeError("second");
class Order {
  readonly id = 17;
}
const order = new Order();
const fn = (): number => 1;

interface Shape {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly want: { readonly message: string; readonly attrs?: unknown; readonly ctx?: unknown };
}

const SHAPES: readonly Shape[] = [
  { name: "a message", args: ["m"], want: { message: "m" } },
  { name: "a message and attributes", args: ["m", { a: 1 }], want: { message: "m", attrs: { a: 1 } } },
  { name: "a context and a message", args: [ctx, "m"], want: { message: "m", ctx } },
  { name: "a context, a message and attributes", args: [ctx, "m", { a: 1 }], want: { message: "m", attrs: { a: 1 }, ctx } },
  { name: "no context, a message and attributes", args: [undefined, "m", { a: 1 }], want: { message: "m", attrs: { a: 1 } } },
  { name: "null for a context", args: [null, "m", { a: 1 }], want: { message: "m", attrs: { a: 1 } } },
  { name: "a message and an error", args: ["m", error], want: { message: "m", attrs: { err: error } } },
  {
    name: "attributes that are frozen and hold what more arguments are put under",
    args: [Object.freeze({ args: 1, err: undefined, a: 2 }), "m", 3, error],
    want: { message: "m", attrs: { args: [1, 3], err: error, a: 2 } },
  },
  { name: "an error", args: [error], want: { message: "boom", attrs: { err: error } } },
  { name: "an error and attributes", args: [error, { a: 1 }], want: { message: "boom", attrs: { err: error, a: 1 } } },
  {
    name: "a context, an error and attributes",
    args: [ctx, error, { a: 1 }],
    want: { message: "boom", attrs: { err: error, a: 1 }, ctx },
  },
  { name: "an error before the message", args: [error, "m"], want: { message: "m", attrs: { err: error } } },
  {
    name: "a context and an error before the message, and more",
    args: [ctx, error, "m %s", 1],
    want: { message: "m %s", attrs: { err: error, args: [1] }, ctx },
  },
  { name: "two errors", args: [error, other], want: { message: "boom", attrs: { err: error, args: [other] } } },
  {
    name: "an error beside attributes with an err",
    args: ["m", { err: "mine" }, error],
    want: { message: "m", attrs: { err: "mine", args: [error] } },
  },
  {
    name: "an error before the message, and attributes with another",
    args: [error, "m", { a: 1, err: other }],
    want: { message: "m", attrs: { err: other, a: 1, args: [error] } },
  },
  {
    name: "an error before attributes whose err is undefined",
    args: ["m", error, { err: undefined }, 3, other],
    want: { message: "m", attrs: { err: undefined, args: [error, 3, other] } },
  },
  {
    name: "an error before attributes with the same one",
    args: [error, "m", { err: error }],
    want: { message: "m", attrs: { err: error } },
  },
  { name: "attributes before the message", args: [{ a: 1 }, "m"], want: { message: "m", attrs: { a: 1 } } },
  { name: "attributes without a message", args: [{ a: 1 }], want: { message: "", attrs: { a: 1 } } },
  { name: "attributes on both sides", args: [{ a: 1 }, "m", { b: 2 }], want: { message: "m", attrs: { a: 1, b: 2 } } },
  { name: "more attributes", args: ["m", { a: 1 }, { b: 2 }], want: { message: "m", attrs: { a: 1, b: 2 } } },
  { name: "nothing", args: [], want: { message: "" } },
  { name: "undefined", args: [undefined], want: { message: "" } },
  { name: "undefined at the end", args: ["m", undefined, undefined], want: { message: "m" } },
  { name: "null for attributes", args: ["m", null], want: { message: "m" } },
  { name: "a number for a message", args: [17], want: { message: "17" } },
  { name: "a number and attributes", args: [17, { a: 1 }], want: { message: "17", attrs: { a: 1 } } },
  { name: "a bigint for a message", args: [17n], want: { message: "17" } },
  { name: "true for a message", args: [true], want: { message: "true" } },
  { name: "a function for a message", args: [fn], want: { message: "[Function: fn]" } },
  { name: "a symbol for a message", args: [Symbol("s")], want: { message: "Symbol(s)" } },
  { name: "a list for attributes", args: ["m", [1, 2]], want: { message: "m", attrs: { args: [[1, 2]] } } },
  { name: "text for attributes", args: ["m", "x", 1], want: { message: "m", attrs: { args: ["x", 1] } } },
  { name: "an instance for attributes", args: ["m", order], want: { message: "m", attrs: { args: [order] } } },
  { name: "a function for attributes", args: ["m", fn], want: { message: "m", attrs: { args: [fn] } } },
  { name: "args of its own beside strays", args: ["m", { args: 1 }, 2], want: { message: "m", attrs: { args: [1, 2] } } },
  {
    name: "a context and attributes before the message",
    args: [ctx, { a: 1 }, "m"],
    want: { message: "m", attrs: { a: 1 }, ctx },
  },
  { name: "a context alone", args: [ctx], want: { message: "", ctx } },
  { name: "a context in the wrong place", args: ["m", ctx], want: { message: "m", attrs: { args: [ctx] } } },
];

describe("a call of", () => {
  for (const { name, args, want } of SHAPES) {
    test(`a call of ${name}`, () => {
      const call = readCall(args);
      expect([call.message, call.attrs, call.ctx === want.ctx]).toEqual([want.message, want.attrs, true]);
    });
  }

  test("any values whatever loses none of them and makes one record", () => {
    const part = fc.oneof(
      fc.uniqueArray(fc.integer({ min: 100, max: 999 }), { minLength: 1, maxLength: 1 }).map(([n = 0]) => [`n${n}`, n] as const),
      fc.integer({ min: 1000, max: 9999 }).map((n) => [`t${n}`, `t${n}`] as const),
      fc.integer({ min: 10_000, max: 99_999 }).map((n) => [`e${n}`, new Error(`e${n}`)] as const),
      fc.integer({ min: 10_000, max: 99_999 }).map((n) => [`o${n}`, { [`k${n}`]: `o${n}` }] as const),
      fc.integer({ min: 10_000, max: 99_999 }).map((n) => [`l${n}`, [`l${n}`]] as const),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const handler = memoryHandler();
        const info = Reflect.get(Logger.prototype, "info") as (...args: unknown[]) => void;
        Reflect.apply(
          info,
          new Logger(handler),
          parts.map(([, value]) => value),
        );
        expect(handler.records).toHaveLength(1);
        const text = JSON.stringify(handler.records);
        for (const [mark] of parts) expect(text).toContain(mark.startsWith("n") ? mark.slice(1) : mark);
      }),
      { numRuns: 1000 },
    );
  });

  test("an error whose message throws makes a record", () => {
    const bad = Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("why");
      },
    });
    expect(readCall([bad])).toMatchObject({ message: "[Throws]", attrs: { err: bad } });
  });

  test.each([
    { key: "args", args: [3], want: { args: ["[Throws: no]", 3], z: 1 } },
    {
      key: "err",
      args: [17, error],
      want: { err: "[Throws: no]", args: [17, expect.objectContaining({ message: "boom" })], z: 1 },
    },
  ])("attributes whose $key throws, where more arguments are put, makes a record", ({ key, args, want }) => {
    const attrs = Object.defineProperty({ z: 1 }, key, {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    const handler = memoryHandler();
    const logger = new Logger(handler);
    Reflect.apply(Reflect.get(logger, "warn"), logger, [attrs, "m", ...args]);
    expect(handler.records.map((record) => record.attrs)).toEqual([want]);
  });

  test("attributes with a getter does not run it", () => {
    let runs = 0;
    const attrs = {
      get a() {
        return ++runs;
      },
    };
    readCall([ctx, "m", attrs]);
    readCall([attrs, "m"]);
    expect(runs).toBe(0);
  });
});

describe("a call never throws, and makes one record, of", () => {
  const PLACES: readonly { name: string; args: (value: unknown) => readonly unknown[] }[] = [
    { name: "alone", args: (value) => [value] },
    { name: "as attributes", args: (value) => ["m", value] },
    { name: "before the message", args: (value) => [value, "m"] },
    { name: "as attributes behind a context", args: (value) => [contextWith({}), "m", value] },
    { name: "as the message behind a context", args: (value) => [contextWith({}), value] },
    { name: "as a fourth argument", args: (value) => [undefined, "m", {}, value] },
  ];
  const VALUES = [
    ...HOSTILE_VALUES.filter(({ isHuge }) => isHuge !== true),
    ...TRAPS.map((trap) => ({ name: `a proxy that throws at ${trap}`, make: () => throwingProxy({ a: 1 }, [trap]) })),
  ];
  for (const { name, args } of PLACES) {
    test(`each hostile value ${name}`, () => {
      const lost: string[] = [];
      for (const { name: value, make } of VALUES) {
        const handler = memoryHandler();
        const logger = new Logger(handler) as unknown as {
          info(...given: readonly unknown[]): void;
          event(...given: readonly unknown[]): void;
        };
        logger.info(...args(make()));
        logger.event(...args(make()));
        if (handler.records.length !== 2) lost.push(value);
      }
      expect(lost).toEqual([]);
    });
  }

  test("each hostile value that is bound", () => {
    const lost: string[] = [];
    for (const { name, make } of VALUES) {
      const handler = memoryHandler();
      try {
        new Logger(handler).with(make() as never).info("m");
      } catch {
        lost.push(`${name}: with() throws`);
        continue;
      }
      if (handler.records.length !== 1) lost.push(name);
    }
    expect(lost).toEqual([]);
  });
});
