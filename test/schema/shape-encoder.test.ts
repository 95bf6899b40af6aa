// That lines in bytes are the lines of the definition, and counted alike.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { Logger } from "../../src/logger/logger.ts";
import { LineShape } from "../../src/schema/line-shape.ts";
import { ShapeEncoder } from "../../src/schema/shape-encoder.ts";
import { contextWith } from "../../src/testing/index.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { logValue } from "../../src/value/log-value.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import { Both } from "./both.ts";
import { HEAD, IDS, INTEGER, SHAPES, TEXT } from "./shapes.ts";
import { anyCalls } from "../format/any-calls.ts";
import { ANY_LIMITS } from "../format/expect-alike.ts";
import { run } from "../write/child.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { ShapeOptions } from "../../src/schema/line-shape.ts";

const FEW_VALUES = fc.oneof(
  fc.constantFrom(
    "EUR",
    "",
    "x",
    "\ud800",
    "é",
    "x".repeat(70),
    "é".repeat(40),
    "1",
    'with "quotes"\n',
    true,
    false,
    null,
    undefined,
  ),
  fc.constantFrom(0, -0, 1, 1.5, Number.NaN, Infinity, 2 ** 31, 2 ** 53, 1e21, 1e-7, 5n, 2n ** 60n, new Date(0)),
  fc.constantFrom([], [1], [{ a: 1, b: 2 }], { a: 1 }, { b: 1, c: "x" }, { b: "1", d: [null] }, new Map([["a", {}]])),
);
describe("schema: a line in bytes is the line of the definition, and counted alike", () => {
  const { step, call } = anyCalls(["service", "rest", "event_name", "toString"]);
  const steps = fc.array(step, { maxLength: 3 });
  const calls = fc.array(call, { minLength: 1, maxLength: 3 });
  const time = fc.oneof(fc.nat(), fc.constantFrom(0, 1.5, -1, Number.NaN, 253_402_300_799_000, 8.64e15, 8.64e15 + 1));
  // In one millisecond or in some, for what is remembered from one line on, and from many.
  const again = fc.constantFrom(1, 1, 2, 10);
  const passed = fc.constantFrom(0, 1, 7, 333, 0.5, -1);
  for (const { name, options } of SHAPES) {
    for (const { name: limited, limits, runs } of ANY_LIMITS) {
      test(`in a shape ${name}, with ${limited}, for any records`, () => {
        // One encoder for all: what it remembers of one record must not show in another.
        const both = new Both(options, limits);
        let now = 0;
        const root = new Logger(both, { level: "trace", clock: () => now });
        fc.assert(
          fc.property(steps, calls, time, again, passed, (someSteps, someCalls, first, times, pass) => {
            const logger = someSteps.reduce((made, each) => each(made), root);
            for (let i = 0; i < times; i++) {
              now = first + i * pass;
              for (const each of someCalls) each(logger);
            }
            both.take();
          }),
          { numRuns: runs / 20 },
        );
      });
    }

    test(`in a shape ${name}, for values that mostly fit`, () => {
      const both = new Both(options);
      const root = new Logger(both, { clock: () => 0 });
      const loggers = ["shop", 7, null, true, 5n].map((service) => root.with({ service })).concat(root);
      const attrs = fc.dictionary(
        fc.constantFrom("a", "b", "c", "d", "e", "é", "g", "toString"),
        fc.oneof(FEW_VALUES, fc.integer()),
      );
      fc.assert(
        fc.property(attrs, fc.constantFrom(...loggers), again, (each, logger, times) => {
          for (let i = 0; i < times; i++) logger.info("order paid", each as never);
          both.take();
        }),
        { numRuns: 500 },
      );
      expect(both.left).toBe(0);
    });
  }
});

const ORDER: ShapeOptions = {
  schema: {
    properties: { ...HEAD, service: TEXT, id: INTEGER, total: { type: "number" }, ...IDS },
    required: ["id", "msg", "time"],
  },
};

/** Are the fields of a record of which nothing else was said. */
function head(msg: string): object {
  return { time: "1970-01-01T00:00:00.000Z", level: "INFO", msg };
}

const LONG_NAMES = Array.from({ length: 60 }, (_, i) => `${i}${"é".repeat(120)}`);

describe("schema: in bytes, without the definition", () => {
  interface Row {
    readonly name: string;
    readonly use: (logger: Logger) => void;
    readonly want: readonly unknown[];
  }
  const ROWS: readonly Row[] = [
    { name: "a message", use: (logger) => logger.info("m"), want: [head("m")] },
    {
      name: "attributes, bound ones and an event's name",
      use: (logger) =>
        logger
          .named("db")
          .with({ service: "shop", more: { a: 1 } })
          .event("m", { total: 0.5, id: 7 }),
      want: [{ ...head("m"), logger: "db", event_name: "m", service: "shop", id: 7, total: 0.5, rest: { more: { a: 1 } } }],
    },
    {
      name: "values that do not fit, in any turn with others that do",
      use: (logger) => {
        for (const id of [1, "1", 1, 1.5, 2n, null, "1", new Error("no")]) logger.info("m", { id, x: 1 });
      },
      want: [
        { ...head("m"), id: 1, rest: { x: 1 } },
        { ...head("m"), rest: { id: "1", x: 1 } },
        { ...head("m"), id: 1, rest: { x: 1 } },
        { ...head("m"), rest: { id: 1.5, x: 1 } },
        { ...head("m"), id: 2, rest: { x: 1 } },
        { ...head("m"), rest: { id: null, x: 1 } },
        { ...head("m"), rest: { id: "1", x: 1 } },
        { ...head("m"), rest: { id: expect.objectContaining({ type: "Error", message: "no" }) as unknown, x: 1 } },
      ],
    },
    {
      name: "the span, and baggage that no attribute stands for",
      use: (logger) =>
        logger
          .with({ zone: undefined })
          .info(contextWith({ span: true, baggage: { service: "its", id: "7", zone: "eu" } }), "m", { service: "own" }),
      want: [
        {
          ...head("m"),
          service: "own",
          trace_id: expect.any(String) as unknown,
          span_id: expect.any(String) as unknown,
          trace_flags: "01",
          rest: { id: "7", zone: "eu" },
        },
      ],
    },
    {
      name: "a value that is the same in many lines",
      use: (logger) => {
        for (let i = 0; i < 20; i++) logger.with({ service: "shop", x: 1 }).info("m", { id: 5, total: 5 });
      },
      want: Array.from({ length: 20 }, () => ({ ...head("m"), service: "shop", id: 5, total: 5, rest: { x: 1 } })),
    },
    {
      name: "what many loggers bind, by turns",
      use: (logger) => {
        const loggers = Array.from({ length: 40 }, (_, i) => logger.with({ service: `s${i}`, total: i / 2 }));
        for (let i = 0; i < 400; i++) loggers[i % 40]?.info("m", { id: i });
      },
      want: Array.from({ length: 400 }, (_, i) => ({ ...head("m"), service: `s${i % 40}`, id: i, total: (i % 40) / 2 })),
    },
    {
      name: "what is bound twice",
      use: (logger) => {
        const child = logger.with({ id: 1, total: 2, x: 3 }).with({ id: "one", x: 4 });
        for (let i = 0; i < 2; i++) child.info("m");
      },
      want: Array.from({ length: 2 }, () => ({ ...head("m"), total: 2, rest: { id: "one", x: 4 } })),
    },
    {
      name: "more in the rest than there is room for: what is bound",
      use: (logger) => logger.with({ x: "é".repeat(3000) }).info("m", { y: 1 }),
      want: [{ ...head("m"), rest: { x: "é".repeat(3000), y: 1 } }],
    },
    {
      name: "more in the rest than there is room for: a list",
      use: (logger) => logger.info("m", { y: ["é".repeat(3000)] }),
      want: [{ ...head("m"), rest: { y: ["é".repeat(3000)] } }],
    },
    {
      name: "more in the rest than there is room for: numbers of long names",
      use: (logger) => logger.info("m", Object.fromEntries(LONG_NAMES.map((name) => [name, 1]))),
      want: [{ ...head("m"), rest: Object.fromEntries(LONG_NAMES.map((name) => [name, 1])) }],
    },
    {
      name: "a text of 60 kB, and one of 1 MB that is cut",
      use: (logger) => logger.info("m", { service: "é".repeat(60_000), x: "y".repeat(1_000_000) }),
      want: [
        {
          ...head("m"),
          service: "é".repeat(60_000),
          rest: { x: expect.stringMatching(/^y{65536}…\[\+934464 chars\]$/) as unknown },
        },
      ],
    },
  ];
  for (const { name, use, want } of ROWS) {
    test(`are ${name}`, () => {
      const both = new Both(ORDER);
      use(new Logger(both, { clock: () => 0 }));
      const lines = both.take().trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(want);
      expect(both.left).toBe(0);
    });
  }
});

describe("schema: in bytes, by the definition", () => {
  const ROWS: readonly { readonly name: string; readonly use: (logger: Logger) => void }[] = [
    { name: "attributes in a group", use: (logger) => logger.withGroup("g").info("m", { id: 1 }) },
    { name: "an attribute that is bound too, in the rest", use: (logger) => logger.with({ x: 1 }).info("m", { x: 2 }) },
    { name: "an attribute that is bound too", use: (logger) => logger.with({ id: "one" }).info("m", { id: 1 }) },
    { name: "a name of the record's own", use: (logger) => logger.info("m", { level: 1 }) },
    {
      name: "a getter that throws, behind values that are plain",
      use: (logger) =>
        logger.info("m", {
          id: 1,
          y: 2,
          get x(): never {
            throw new Error("no");
          },
        }),
    },
  ];
  for (const { name, use } of ROWS) {
    test(`is ${name}, and nothing of it is left in the line behind`, () => {
      const both = new Both(ORDER);
      const logger = new Logger(both, { clock: () => 0 });
      use(logger);
      expect(both.left).toBe(1);
      logger.info("m", { total: 1 });
      expect(both.left).toBe(1);
      both.take();
    });
  }

  test("is a record that says where it was made", () => {
    const both = new Both(ORDER);
    both.handle(createRecord({ message: "m", source: { file: "a.js", line: 1, function: undefined } }));
    expect(both.left).toBe(1);
    expect(both.take()).toContain("a.js");
  });

  test("are ids and baggage that are no well-formed text", () => {
    const both = new Both(ORDER);
    both.handle(createRecord({ message: "m", baggage: [["service", "\ud800"]] }));
    expect(both.left).toBe(1);
    expect(both.take()).toContain(String.raw`"service":"\ud800"`);
    both.handle(createRecord({ message: "m", spanContext: { traceId: "\ud800", spanId: "b", traceFlags: 1 } }));
    expect(both.left).toBe(2);
    expect(both.take()).toContain(String.raw`"trace_id":"\ud800"`);
  });

  test("are keys that somebody put onto Object.prototype", () => {
    const both = new Both(ORDER);
    const logger = new Logger(both, { clock: () => 0 });
    // oxlint-disable-next-line no-extend-native -- what a careless library does
    Object.defineProperty(Object.prototype, "id", { value: 1, enumerable: true, configurable: true });
    try {
      logger.info("m", { total: 1 });
      logger.with({ x: 1 }).info("m");
    } finally {
      Reflect.deleteProperty(Object.prototype, "id");
    }
    expect(both.take()).not.toContain('"id"');
  });
});

describe("schema: in bytes", () => {
  test("more names than are remembered, declared ones behind them", () => {
    const both = new Both(ORDER);
    const logger = new Logger(both, { clock: () => 0 });
    for (let i = 0; i < 5000; i++) logger.with({ [`b${i}`]: i }).info("m", { [`k${i}`]: i, [`b${i - (i % 2)}`]: 2 });
    both.take();
    const before = both.left;
    logger.info("m", { id: 1, total: 2 });
    both.take();
    expect(both.left).toBe(before);
  });

  test("times that pass, in steps of any size, and back", () => {
    const both = new Both(ORDER);
    let now = 1_700_000_000_000;
    const logger = new Logger(both, { clock: () => now });
    for (const step of [1, 9, 90, 899, 1, 0, 1000, 999, 60_000, -1, -999, -1000, 1e12, -3e12, 0.5, 0.5]) {
      now += step;
      logger.info("m");
    }
    for (const time of [-0.5, -500, -1, -1000, -1001, 8.64e15, 8.64e15 + 1, -8.64e15]) {
      now = time;
      logger.info("m");
    }
    both.take();
    expect(both.left).toBe(0);
  });

  test("what is bound is asked for its value once by each, however many keep a form of it", () => {
    let asked = 0;
    const limits = { ...DEFAULT_LIMITS };
    const shape = new LineShape(ORDER, limits);
    const encoders = [0, 1].map(() => new ShapeEncoder({ bytes: Buffer.alloc(4096), length: 0, writing: false }, shape, limits));
    const handle = (record: LogRecord): void => {
      for (const encoder of encoders) encoder.encode(record);
    };
    const logger = new Logger({ enabled: () => true, handle }).with({ service: { [logValue]: () => `shop ${++asked}` } });
    logger.info("m", { id: 0 });
    const first = asked;
    expect(first).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) logger.info("m", { id: i });
    expect(asked).toBe(first);
  });

  test("a value that ends the process: nothing of its line is in what comes at the end", async () => {
    const { code, stdout } = await run(`
      import { jsonHandler, Logger } from "correlog";
      const schema = { properties: { msg: { type: "string" }, id: { type: "integer" } } };
      const logger = new Logger(jsonHandler({ schema, rest: false }));
      process.on("exit", () => logger.info("bye"));
      logger.info("before");
      logger.info("never whole", { id: 7, get total() { logger.info("inner"); process.exit(3); } });`);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '{"msg":"before"}\n{"msg":"inner"}\n{"msg":"bye"}\n' });
  });

  test("a value that logs: its line comes behind the one that it is in", () => {
    let out = "";
    const writer = new FdWriter(1, {}, (_fd, bytes, from, length) => {
      out += Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString();
      return length;
    });
    const handler = jsonHandler({ ...ORDER, writer });
    const logger = new Logger(handler, { clock: () => 0 });
    logger.info("outer", {
      id: 1,
      get total(): number {
        logger.info("inner", { id: 2 });
        return 3;
      },
    });
    logger.info("behind", { id: "no", x: 1 });
    writer.flushSync();
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { ...head("outer"), id: 1, total: 3 },
      { ...head("inner"), id: 2 },
      { ...head("behind"), rest: { id: "no", x: 1 } },
    ]);
    expect(handler.stats()).toEqual({ lines: 3, mismatches: 1, undeclared: 1 });
  });
});
