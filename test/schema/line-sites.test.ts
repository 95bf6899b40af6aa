// That the lines of a call site that logs often are the lines of the definition, whatever is ready of them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { LineShape } from "../../src/schema/line-shape.ts";
import { ShapedLine } from "../../src/schema/shaped-line.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { textHash } from "../../src/value/text-hash.ts";
import { ANY_NUMBER, ANY_TEXT } from "../format/any-calls.ts";
import { Both } from "./both.ts";
import { HEAD, INTEGER, SHAPES, TEXT } from "./shapes.ts";

/** More than what a site waits for, and more than what one in the place of another does, or a frame with what is bound. */
const OFTEN = 40;
const MANY = 1100;
/** The end of the year 9999, behind which a time is longer. */
const LONG_YEAR = 253_402_300_800_000;

const ALIKE = ["order paid", "older paid"] as const;

describe("schema: at a call site that logs often", () => {
  test("two of the messages are taken for one another at first", () => {
    expect(textHash(ALIKE[0])).toBe(textHash(ALIKE[1]));
  });

  const message = fc.constantFrom(...ALIKE, "order sent", "", "\ud800", 'with "quotes"\n', "x".repeat(129));
  const attrs = fc.record({ a: ANY_TEXT, b: ANY_NUMBER, c: fc.constant(1), zone: ANY_TEXT }, { requiredKeys: [] });
  const some = fc.record({
    message,
    attrs,
    who: fc.nat(7),
    how: fc.constantFrom("info", "warn", "event"),
    times: fc.constantFrom(1, 2, OFTEN, OFTEN, MANY),
    time: fc.constantFrom(undefined, 0, 1_700_000_000_999, LONG_YEAR - 20, LONG_YEAR),
    pass: fc.constantFrom(0, 1, 7, 333, 1000, 0.5, -1),
  });
  for (const { name, options } of SHAPES) {
    test(`in a shape ${name}, a line in bytes is the line of the definition, and counted alike`, () => {
      const both = new Both(options);
      let now = 0;
      const root = new Logger(both, { clock: () => now });
      const loggers = [
        root,
        root.with({ service: "shop", zone: undefined }),
        root.with({ a: "bound" }),
        root.with({ b: 1.5, more: "x".repeat(20), d: true }),
        root.with({ a: "x".repeat(2000) }),
        root.named("db"),
        root.named("http").with({ a: "bound" }),
        root.with({ a: 1, zone: "eu" }),
      ];
      fc.assert(
        fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), (runs) => {
          for (const { message: said, attrs: given, who, how, times, time = now, pass } of runs) {
            now = time;
            for (let i = 0; i < times; i++) {
              now += pass;
              loggers[who]?.[how as "info"](said, { ...given, ...("c" in given ? { c: i } : {}) });
            }
          }
          both.take();
        }),
        { numRuns: 40 },
      );
    });
  }

  describe("and where other lines stand between", () => {
    const large = (text: string): object => ({ a: text.repeat(1100) });
    const ROWS: readonly { readonly name: string; readonly bound: readonly object[]; readonly attrs: readonly object[] }[] = [
      { name: "what is bound comes again as an attribute", bound: [{ a: "x", zone: "eu" }], attrs: [{ a: "y" }, { zone: "us" }] },
      {
        name: "what is bound is of another type, or not declared",
        bound: [{ b: "x", zone: 1 }],
        attrs: [{ c: "x" }, { more: 1 }],
      },
      { name: "what is bound is required", bound: [{ id: 1 }], attrs: [{ id: 2 }, {}] },
      { name: "something else is bound", bound: [{ a: "x" }, { a: "y" }, {}], attrs: [{}, { a: "z" }] },
      { name: "what is bound is large, and of one size", bound: [large("x"), large("y")], attrs: [{}, { a: "z" }] },
    ];
    const options = {
      schema: {
        properties: { a: TEXT, msg: TEXT, level: INTEGER, time: TEXT, b: INTEGER, c: INTEGER, id: INTEGER, logger: TEXT },
        required: ["id", "level", "time", "logger"],
      },
    };
    for (const { name, bound, attrs } of ROWS) {
      test(`${name}: all are the lines of the definition, and counted alike`, () => {
        const both = new Both(options);
        let now = 0;
        const root = new Logger(both, { clock: () => now });
        const loggers = bound.map((each) => root.with(each as never));
        for (let round = 0; round < 2; round++) {
          for (const logger of loggers) {
            for (let i = 0; i < MANY; i++, now += 3) logger.info("order paid", { c: i });
            for (const other of loggers) {
              for (const each of attrs) other.info("order paid", each as never);
              other.named("db").info("order paid");
              other.warn("order paid");
            }
          }
        }
        both.take();
      });
    }
  });

  test("the year 10000 begins, and it is 9999 again, without the definition", () => {
    const both = new Both({ schema: { properties: { ...HEAD, id: INTEGER } } });
    let now = 0;
    const logger = new Logger(both, { clock: () => now });
    for (const first of [LONG_YEAR - MANY, LONG_YEAR - 1, LONG_YEAR - MANY, LONG_YEAR + 1, 0]) {
      now = first;
      for (let i = 0; i < MANY; i++, now++) logger.info("order paid", { id: i });
    }
    expect(both.take()).toContain('"+010000-01-01T00:00:00.000Z"');
    expect(both.left).toBe(0);
  });

  test("what is bound is longer than the room that is always there, without the definition", () => {
    const both = new Both({ schema: { properties: { ...HEAD, a: TEXT } } });
    const logger = new Logger(both, { clock: () => 0 }).with({ a: "é".repeat(1000) });
    for (let i = 0; i < 2 * MANY; i++) logger.info("order paid");
    both.take();
    expect(both.left).toBe(0);
  });

  test("what is bound is not kept for a site when it is large, else under a number of its own", () => {
    const line = new ShapedLine(new LineShape({ schema: { properties: { a: TEXT } } }, DEFAULT_LIMITS));
    const idOf = (name: string, text: string): number => {
      line.start();
      line.put(line.names.of(name), text);
      return line.takeOut([line.names.of(name)]).id;
    };
    expect([idOf("a", "x".repeat(1025)), idOf("zone", "x".repeat(1025))]).toEqual([0, 0]);
    const ids = [idOf("a", "x"), idOf("a", "x"), idOf("zone", "eu"), idOf("a", "x".repeat(1000))];
    expect(new Set([0, 1, ...ids]).size).toBe(6);
  });
});

describe("schema: values of one type", () => {
  const both = new Both({
    schema: {
      properties: {
        text: TEXT,
        "text alone": { type: ["string"], format: "uri" },
        id: INTEGER,
        "id alone": { type: ["integer"], minimum: 1 },
        ratio: { type: "number" },
        "one number": { type: "number", enum: [0, 1.5] },
        "one text": { type: "string", const: "EUR" },
        both: { type: ["number", "string"] },
        any: {},
      },
    },
  });
  const logger = new Logger(both, { clock: () => 0 });
  const inAll = (value: unknown): void =>
    logger.info("m", {
      text: value,
      "text alone": value,
      id: value,
      "id alone": value,
      ratio: value,
      "one number": value,
      "one text": value,
      both: value,
      any: value,
    });

  test("are written as by the serializer, in any turn", () => {
    const value = fc.oneof(ANY_NUMBER, ANY_NUMBER, ANY_TEXT, ANY_TEXT, fc.bigInt(), fc.boolean(), fc.constant(null));
    const turns = fc.array(fc.nat(2), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.tuple(value, value, value), turns, (values, order) => {
        for (const each of order) inAll(values[each]);
        both.take();
      }),
      { numRuns: 1500 },
    );
    expect(both.left).toBe(0);
  });

  test("have room behind long names", () => {
    const names = Array.from({ length: 60 }, (_, i) => `${i}${"é".repeat(120)}`);
    const long = new Both({ schema: { properties: Object.fromEntries(names.map((name) => [name, INTEGER])) }, rest: false });
    new Logger(long, { clock: () => 0 }).info("m", Object.fromEntries(names.map((name, i) => [name, i])));
    long.take();
    expect(long.left).toBe(0);
  });

  const ODD = [
    -0,
    1e21,
    0.1 + 0.2,
    1.797e308,
    5e-324,
    1e-7,
    3.0,
    2 ** 53,
    -(2 ** 31),
    Number.NaN,
    Infinity,
    -Infinity,
    5n,
    2n ** 60n,
  ];
  const TEXTS = ["", '"\\\n\u0000\u007f', "\ud800", "a\udc00b", "😀", "é".repeat(64), "x".repeat(65), '"'.repeat(70_000), "EUR"];
  for (const value of [...ODD, ...TEXTS]) {
    test(`are written as by the serializer: ${typeof value} ${String(value).slice(0, 10)}, once and often`, () => {
      for (let i = 0; i < 20; i++) inAll(value);
      both.take();
      for (let i = 0; i < 4; i++) inAll(i % 2 === 0 ? value : 1);
      both.take();
      expect(both.left).toBe(0);
    });
  }
});
