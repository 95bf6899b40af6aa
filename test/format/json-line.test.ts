import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { JsonLineEncoder } from "../../src/format/json-line.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import { throwingProxy } from "../../src/testing/hostile-parts.ts";
import { HOSTILE_VALUES } from "../../src/testing/hostile-values.ts";
import { lazy, logValue } from "../../src/value/log-value.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Limits } from "../../src/value/limits.ts";

/** A value, made anew by each call: fast-check itself would ask one that throws when asked. */
type Make = () => unknown;

const KEYS = ["a", "b", "c", "d", "g", "h", "long_key_name_here", "é", "level", "msg", "time", "trace_id", "attr.level"];
const ODD_KEYS = ["", "__proto__", "constructor", "toString", "toJSON", "\ud800", "\ufffd", "\ud800place", "…", "0", "a.b"];
const KEY = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_KEYS) },
  fc.string({ unit: "binary", maxLength: 4 }),
);

const NUMBER = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.integer({ min: -2_000_000, max: 2_000_000 }).map((n) => n / 1000),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 1e21, 1e-7, 0.001, -0.0005, 999_999_999.999, 1e9, -1e9, 2 ** 31, -(2 ** 31), 2 ** 53),
);
const TEXT = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "\u0000", "\u001f", "\u007f", "é", "\u2028", "😀", "\ud800", "x"),
    maxLength: 40,
  }),
  fc
    .tuple(fc.nat(1000), fc.constantFrom("", "\n", '"', "\udc00", "é"), fc.nat(40))
    .map(([a, odd, b]) => "x".repeat(a) + odd + "y".repeat(b)),
);

// Where a value ends the stack, the message depends on how deep the stack was.
const FIXED: readonly Make[] = [
  ...HOSTILE_VALUES.filter(({ name, isHuge }) => isHuge !== true && name !== "to-json-endless").map(({ make }) => make),
  () => Object.assign([1], { [logValue]: () => "said" }),
  () => Object.assign(new Error("e"), { [logValue]: () => "said" }),
  () => Object.assign(new TypeError("e"), { name: "Renamed" }),
  () => new Error("x".repeat(500)),
  () => Object.assign(new Error("e"), { stack: undefined }),
  () => runInNewContext("({ a: 1, b: { c: [1, {}] } })") as unknown,
  () => runInNewContext("Object.assign(new Error('far'), { stack: 'at far' })") as unknown,
  () => throwingProxy({ a: 1 }, ["ownKeys"]),
  () => new Proxy({ a: { b: 1 } }, {}),
  () => ({ "\ud800": 1, "\ufffd": 2 }),
  () => ({ a: 1, toJSON: () => ({ b: 2 }) }),
  () => ({ deep: { toJSON: 1 } }),
  () => Object.defineProperty({ a: 1 }, "hidden", { value: 2 }),
  () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])),
  () => Array.from({ length: 9 }).reduce<unknown>((inner) => [inner], 1),
  () => Array.from({ length: 9 }).reduce<unknown>((inner) => ({ a: inner }), 1),
];

const literal = (members: readonly (readonly [string, Make])[]): object => {
  const made = {};
  for (const [key, make] of members) {
    Object.defineProperty(made, key, { value: make(), enumerable: true, configurable: true, writable: true });
  }
  return made;
};

const { literal: LITERAL } = fc.letrec<{ value: Make; literal: () => object }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    NUMBER.map((n) => () => n),
    TEXT.map((text) => () => text),
    fc.constantFrom<unknown>(true, false, null, undefined, 10n, 2n ** 70n).map((value) => () => value),
    fc.constantFrom(...FIXED),
    tie("literal"),
    fc.array(tie("value"), { maxLength: 4 }).map((makes) => () => makes.map((make) => make())),
    fc
      .array(fc.tuple(KEY, tie("value")), { maxLength: 3 })
      .map((entries) => () => new Map(entries.map(([key, make]) => [key, make()]))),
    tie("value").map((make) => () => lazy(make)),
    tie("value").map((make) => () => new Error("e", { cause: make() })),
    tie("value").map((make) => () => {
      const value = make();
      return { toJSON: () => value };
    }),
    tie("value").map((make) => () => {
      const value = make();
      return Object.defineProperty({ a: 1 }, "g", { enumerable: true, get: () => value });
    }),
  ),
  literal: fc.array(fc.tuple(KEY, tie("value")), { maxLength: 5 }).map((members) => () => literal(members)),
}));

type Step = (logger: Logger) => Logger;
const STEP: fc.Arbitrary<Step> = fc.oneof(
  LITERAL.map(
    (make): Step =>
      (logger) =>
        logger.with(make() as never),
  ),
  KEY.map(
    (name): Step =>
      (logger) =>
        logger.withGroup(name),
  ),
  fc.constantFrom("db", 'q"', "\ud800").map(
    (name): Step =>
      (logger) =>
        logger.named(name),
  ),
);

const MESSAGE = fc.oneof(
  fc.constantFrom("order paid", "order shipped", "é", "", 'with "quotes"\n', "x".repeat(128), "x".repeat(129), "\ud800"),
  fc.nat(20).map((n) => `user ${n} logged in`),
  TEXT,
);
const CONTEXT = fc
  .record({
    span: fc.option(fc.record({ traceFlags: fc.constantFrom(0, 1, 257) }), { nil: undefined }),
    baggage: fc.option(
      fc.dictionary(
        KEY.filter((key) => key.isWellFormed()),
        TEXT,
        { maxKeys: 3 },
      ),
      { nil: undefined },
    ),
  })
  .map(({ span, baggage }) => contextWith({ ...(span && { span }), ...(baggage && { baggage }) }));

type Call = (logger: Logger) => void;
const CALL: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(CONTEXT, MESSAGE, LITERAL).map(
    ([ctx, message, attrs]): Call =>
      (logger) =>
        logger.info(ctx, message, attrs() as never),
  ),
  fc.tuple(MESSAGE, LITERAL).map(
    ([message, attrs]): Call =>
      (logger) =>
        logger.warn(message, attrs() as never),
  ),
  MESSAGE.map(
    (message): Call =>
      (logger) =>
        logger.error(message),
  ),
  fc.tuple(MESSAGE, LITERAL).map(
    ([name, attrs]): Call =>
      (logger) =>
        logger.event(name, attrs() as never),
  ),
);

/** Encodes each record into one batch that is never emptied but by the test, and by the definition; keeps both. */
class Differential implements Handler {
  readonly batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(256), length: 0, writing: false };
  readonly #encoder: JsonLineEncoder;
  readonly #limits: Limits;
  want = "";

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#encoder = new JsonLineEncoder(this.batch, limits);
  }

  enabled(): boolean {
    return true;
  }

  handle(record: LogRecord): void {
    this.want += formatJson(record, this.#limits);
    expect(this.#encoder.encode(record)).toBe(true);
  }

  take(): { got: string; want: string } {
    const got = this.batch.bytes.toString("utf8", 0, this.batch.length);
    const { want } = this;
    this.batch.length = 0;
    this.want = "";
    return { got, want };
  }
}

function expectSame(handler: Differential, lines: number): void {
  const { got, want } = handler.take();
  expect(got).toBe(want);
  const parts = got.split("\n");
  expect(parts.pop()).toBe("");
  expect(parts.length).toBe(lines);
  for (const part of parts) JSON.parse(part);
}

const LIMITS: readonly { name: string; limits: Limits; runs: number }[] = [
  { name: "the default limits", limits: DEFAULT_LIMITS, runs: 3000 },
  { name: "few attributes", limits: { ...DEFAULT_LIMITS, attributes: 3 }, runs: 1500 },
  { name: "short strings", limits: { ...DEFAULT_LIMITS, stringLength: 5 }, runs: 1000 },
  { name: "little depth", limits: { ...DEFAULT_LIMITS, depth: 2 }, runs: 1000 },
  { name: "small values", limits: { ...DEFAULT_LIMITS, size: 60 }, runs: 1500 },
  { name: "all of them", limits: { depth: 1, stringLength: 3, attributes: 2, size: 20 }, runs: 1000 },
];

describe("json: a line in bytes is the line that formatJson gives, for any records", () => {
  for (const { name, limits, runs } of LIMITS) {
    test(`with ${name}`, () => {
      // One encoder for all: what it remembers of one record must not show in another.
      const handler = new Differential(limits);
      let now = 0;
      const root = new Logger(handler, { level: "trace", clock: () => now });
      const times = fc.oneof(fc.nat(), fc.constantFrom(1.5, -1, 8.64e15, 8.64e15 + 1, Number.NaN, 253_402_300_800_000));
      fc.assert(
        fc.property(
          fc.array(STEP, { maxLength: 4 }),
          fc.array(CALL, { minLength: 1, maxLength: 3 }),
          times,
          (steps, calls, time) => {
            now = time;
            const logger = steps.reduce((made, step) => step(made), root);
            for (const call of calls) call(logger);
            // Again, for what is remembered from the second time on.
            for (const call of calls) call(logger);
            expectSame(handler, calls.length * 2);
          },
        ),
        { numRuns: runs },
      );
    });
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
        logger.with({ a: 1 }).info("m", { b: { c: 1 }, d: [{ e: 1 }] });
      } finally {
        Reflect.deleteProperty(Object.prototype, "polluted");
      }
    });
    expect(got).toBe(want);
  });
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
