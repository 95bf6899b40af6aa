import { describe, expect, test } from "vitest";
import { JSON_LAYOUT } from "../../src/format/json-layout.ts";
import { JsonLineEncoder } from "../../src/format/json-line.ts";
import { Logger } from "../../src/logger/logger.ts";
import { contextWith } from "../../src/testing/index.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { lazy, logValue } from "../../src/value/log-value.ts";
import { definedLines, Differential, expectSame } from "./differential.ts";
import { ANY_LIMITS, expectAlike } from "./expect-alike.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

describe("json: a line in bytes is the line that formatJson gives, for any records", () => {
  for (const { name, limits, runs } of ANY_LIMITS) {
    test(`with ${name}`, () => expectAlike(JSON_LAYOUT, limits, [], runs));
  }
});

function logged(use: (logger: Logger) => void): { got: string; want: string } {
  const handler = new Differential(DEFAULT_LIMITS);
  use(new Logger(handler, { level: "trace", clock: () => 0 }));
  return handler.take();
}

const ALIKE: readonly { name: string; use: (logger: Logger) => void }[] = [
  { name: "a string of 1 MB, cut", use: (logger) => logger.info("m", { a: "é".repeat(1_000_000), b: 1 }) },
  { name: "a message of 1 MB", use: (logger) => logger.info("\n".repeat(1_000_000), { b: 1 }) },
  { name: "60 kB that are all escapes", use: (logger) => logger.info("m", { a: "\u0001".repeat(60_000), b: "\n".repeat(150) }) },
  { name: "bytes of 60 kB", use: (logger) => logger.info("m", { a: Buffer.alloc(60_000, 7), b: 1 }) },
  { name: "a long bound value", use: (logger) => logger.with({ a: "é".repeat(60_000) }).info("m", { b: "x".repeat(60_000) }) },
  {
    name: "500 shapes of 500 messages",
    use: (logger) => {
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 500; i++)
          logger.info(`message ${i}`, { [`k${i}`]: i, [`k${i + round}`]: "x", same: i, [`l${i % 7}`]: true });
      }
    },
  },
  {
    name: "more names than are remembered",
    use: (logger) => {
      for (let i = 0; i < 10_000; i++) logger.with({ [`b${i}`]: i }).info("m", { [`k${i}`]: i, [`b${i - (i % 2)}`]: 2 });
    },
  },
  {
    name: "attributes that are also members of the baggage",
    use: (logger) => {
      const ctx = contextWith({ baggage: { tenant: "from the baggage", toString: "named so", more: "1" } });
      for (const tenant of ["own", 7, null, undefined, {}, { a: 1 }, [], 10n, lazy(() => undefined)])
        for (const child of [logger, logger.with({ tenant }), logger.withGroup("g"), logger.with({ a: 1 })])
          child.info(ctx, "m", { before: 1, tenant, behind: 2 });
    },
  },
  {
    name: "values that say themselves what they are",
    use: (logger) => {
      const say = (what: () => unknown): object => ({ [logValue]: what });
      const circle = say(() => circle);
      const around = say(() => ({ again: around }));
      const list: readonly unknown[] = [
        ...["", "text", "lone \ud800", "x".repeat(70_000), 1, -0, Number.NaN, 10n, true, null, undefined, Symbol("s")].map(
          (each) => say(() => each),
        ),
        say(() => ({ a: 1, b: say(() => "inside") })),
        ...[{}, [], [undefined], new Error("no"), new Map([["a", 1]]), new Date(0), (): void => undefined].map((each) =>
          say(() => each),
        ),
        say(() => say(() => say(() => "three deep"))),
        say(() => {
          throw new Error("not said");
        }),
        circle,
        around,
        { [logValue]: "no function" },
        Object.assign(new Error("an error"), { [logValue]: () => "said by an error" }),
        Object.assign([1], { [logValue]: () => ["said by a list"] }),
      ];
      for (const value of list) logger.info("m", { before: 1, value, behind: [value, { value }] });
    },
  },
  {
    name: "a chain that lives long",
    use: (logger) => {
      const child = logger
        .with({ a: "é", b: [1] })
        .withGroup("g")
        .with({ c: 1 });
      for (let i = 0; i < 100; i++) child.info("m", i % 3 === 0 ? undefined : { i, a: 2 });
    },
  },
];

describe("json: a line in bytes is the line that formatJson gives", () => {
  for (const { name, use } of ALIKE) {
    test(`for ${name}`, () => {
      const { got, want } = logged(use);
      expect(got === want).toBe(true);
    });
  }

  test("for times that pass, in steps of any size, and back", () => {
    const handler = new Differential(DEFAULT_LIMITS);
    let now = 1_700_000_000_000;
    const logger = new Logger(handler, { clock: () => now });
    for (const step of [1, 9, 90, 899, 1, 0, 1000, 999, 60_000, -1, -999, -1000, 1e12, -3e12, 0.5, 0.5]) {
      now += step;
      logger.info("m");
    }
    expectSame(handler, 16);
  });

  test("for keys that somebody put onto Object.prototype", () => {
    const { got, want } = logged((logger) => {
      // oxlint-disable-next-line no-extend-native -- what a careless library does
      Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true });
      try {
        const child = logger.with({ a: 1 });
        for (let i = 0; i < 3; i++) child.info("m");
        logger.info("m");
        logger.info("m", { b: 1 });
        child.info("m", { b: { c: 1 }, d: [{ e: 1 }] });
      } finally {
        Reflect.deleteProperty(Object.prototype, "polluted");
      }
    });
    expect(got).toBe(want);
  });
});

describe("json: the attributes of a record made by hand are an object's own members", () => {
  class Order {
    id = 1;
    toJSON(): string {
      return "order";
    }
  }
  const objects: readonly { name: string; attrs: unknown; want: object }[] = [
    { name: "an instance", attrs: new Order(), want: { id: 1 } },
    { name: "one that inherits", attrs: Object.assign(Object.create({ far: 1 }), { near: 2 }), want: { near: 2 } },
    { name: "one without a prototype", attrs: Object.assign(Object.create(null), { a: 1 }), want: { a: 1 } },
    { name: "a list", attrs: ["a", "b"], want: { 0: "a", 1: "b" } },
    { name: "a Map", attrs: new Map([["a", 1]]), want: {} },
    { name: "an Error", attrs: Object.assign(new Error("no"), { code: "E" }), want: { code: "E" } },
    { name: "a proxy", attrs: new Proxy(Object.assign(Object.create({ far: 1 }), { a: 1 }), {}), want: { a: 1 } },
    { name: "null", attrs: null, want: {} },
    {
      name: "nested, one that inherits",
      attrs: { in: Object.create({ far: 1 }, { a: { value: 1, enumerable: true } }) },
      want: { in: { a: 1 } },
    },
  ];
  for (const { name, attrs, want } of objects) {
    test(`of ${name}`, () => {
      const handler = new Differential(DEFAULT_LIMITS);
      handler.handle(createRecord({ time: 0, message: "m", attrs: attrs as LogRecord["attrs"] }));
      const { got, want: defined } = handler.take();
      expect(got).toBe(defined);
      const { time, level, msg, ...own } = JSON.parse(got) as Record<string, unknown>;
      expect([time, level, msg, own]).toEqual(["1970-01-01T00:00:00.000Z", "INFO", "m", want]);
    });
  }
});

const PLAIN: readonly { name: string; use: (logger: Logger) => void }[] = [
  { name: "an event", use: (logger) => logger.named("shop").event("order.paid", { a: 1 }) },
  { name: "an event whose name is never the same", use: (logger) => logger.event(`order.${(names += 1)}`, { a: 1 }) },
  { name: "an Error", use: (logger) => logger.error("m", { err: new Error("no") }) },
  {
    name: "an attribute that the baggage names too",
    use: (logger) => logger.info(contextWith({ baggage: { tenant: "b", more: "1" } }), "m", { tenant: "own" }),
  },
  { name: "bound groups", use: (logger) => logger.with({ a: 1 }).withGroup("g").with({ b: 2 }).info("m", { c: 3 }) },
];
let names = 0;

describe("json: the definition is not needed", () => {
  for (const { name, use } of PLAIN) {
    test(`for ${name}`, () => {
      const thrice = (logger: Logger): void => [1, 2, 3].forEach(() => use(logger));
      expect(definedLines(JSON_LAYOUT, thrice)).toBe(0);
    });
  }
});

describe("json: at the edge of a value's size", () => {
  const edges: readonly { name: string; values: (n: number) => unknown }[] = [
    { name: "a list of numbers", values: (n) => Array.from({ length: n }, () => 1) },
    { name: "a list of lists", values: (n) => Array.from({ length: n }, () => [1]) },
    { name: "a group", values: (n) => ({ g: Object.fromEntries(Array.from({ length: n + 1 }, (_, i) => [String(i), i])) }) },
    {
      name: "an error's name",
      values: (n) => Object.assign(new Error("m".repeat(8)), { name: "n".repeat(n), stack: "s".repeat(17) }),
    },
    { name: "an error's message", values: (n) => Object.assign(new Error("m".repeat(n)), { stack: "s" }) },
    { name: "an error's stack", values: (n) => Object.assign(new Error("m"), { stack: "s".repeat(n) }) },
  ];
  for (const { name, values } of edges) {
    test(`${name} is cut where formatJson cuts it`, () => {
      for (let size = 1; size < 140; size += 3) {
        const handler = new Differential({ ...DEFAULT_LIMITS, size });
        const logger = new Logger(handler, { clock: () => 0 });
        for (let n = 0; n < 100; n++) logger.info("m", { a: values(n) });
        expectSame(handler, 100);
      }
    });
  }

  test("a list of as many numbers as the default takes, and one more", () => {
    const { got, want } = logged((logger) => {
      for (const length of [32_766, 32_767, 32_768, 32_769]) logger.info("m", { a: Array.from({ length }, () => 1) });
    });
    expect(got === want).toBe(true);
  });

  test("an Error that lost its prototype is still one", () => {
    const lost = (): object => Object.setPrototypeOf(Object.assign(new Error("x"), { q: 1, stack: "s" }), null) as object;
    const { got, want } = logged((logger) => logger.info("m", { e: lost(), in: { e: lost() } }));
    expect(got).toBe(want);
  });
});

describe("json: a value is asked what it is", () => {
  test("and cut where the same text would be", () => {
    for (let size = 1; size < 60; size++) {
      const handler = new Differential({ ...DEFAULT_LIMITS, size });
      const logger = new Logger(handler, { clock: () => 0 });
      for (let length = 0; length < 70; length++) logger.info("m", { a: lazy(() => "x".repeat(length)) });
      expectSame(handler, 70);
    }
  });

  const answers: readonly { name: string; answer: unknown }[] = [
    { name: "a text", answer: "text" },
    { name: "a group", answer: { a: 1 } },
    { name: "nothing", answer: undefined },
  ];
  for (const { name, answer } of answers) {
    test(`once, if it says ${name}`, () => {
      let asked = 0;
      const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(256), length: 0, writing: false };
      const value = { [logValue]: () => (asked++, answer) };
      new JsonLineEncoder(batch).encode(createRecord({ time: 0, message: "m", attrs: { value } }));
      expect(asked).toBe(1);
    });
  }
});

describe("json: a value that logs while its line is being written", () => {
  test("is refused by the encoder, which is asked again behind", () => {
    const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(256), length: 0, writing: false };
    const encoder = new JsonLineEncoder(batch);
    const answers: boolean[] = [];
    const record = (message: string, attrs?: LogRecord["attrs"]): LogRecord => createRecord({ time: 0, message, attrs });
    const inner = (): string => {
      answers.push(encoder.encode(record("inner")));
      return "said";
    };
    answers.push(encoder.encode(record("outer", { a: "x".repeat(500), b: lazy(inner), c: 3 })));
    expect(answers).toEqual([false, true]);
    expect(JSON.parse(batch.bytes.toString("utf8", 0, batch.length))).toMatchObject({ msg: "outer", b: "said", c: 3 });
    expect(batch.writing).toBe(false);
  });

  test("and then throws, leaves the encoder ready for the next line", () => {
    const { got } = logged((logger) => {
      const bad = Object.defineProperty({ first: 1 }, "b", {
        enumerable: true,
        get() {
          throw new Error("no");
        },
      });
      logger.info("m", bad);
      logger.info("next", { a: 1 });
    });
    expect(
      got
        .split("\n")
        .slice(0, 2)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { time: "1970-01-01T00:00:00.000Z", level: "INFO", msg: "m", first: 1, b: "[Throws: no]" },
      { time: "1970-01-01T00:00:00.000Z", level: "INFO", msg: "next", a: 1 },
    ]);
  });
});
