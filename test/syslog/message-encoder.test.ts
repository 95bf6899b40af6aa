import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { MessageEncoder } from "../../src/syslog/message-encoder.ts";
import { syslogSeverity } from "../../src/syslog/severity.ts";
import { syslogMessage } from "../../src/syslog/syslog-message.ts";
import { contextWith } from "../../src/testing/index.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { lazy } from "../../src/value/log-value.ts";
import { anyCalls } from "../format/any-calls.ts";
import { ANY_LIMITS } from "../format/expect-alike.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { SyslogForm } from "../../src/syslog/syslog-message.ts";

const FORM: SyslogForm = {
  facility: 16,
  severity: syslogSeverity,
  hostname: "web-1",
  appName: "shop",
  procId: "7",
  sdId: "attrs@32473",
  bom: true,
  maxBytes: 2048,
  limits: DEFAULT_LIMITS,
};

const textOf = (message: Uint8Array): string => Buffer.from(message).toString();

/** Gives the message where it stands. */
function encoded(encoder: MessageEncoder, record: LogRecord): Uint8Array {
  encoder.encode(record);
  return encoder.page.subarray(encoder.start, encoder.end);
}

/** Encodes each record, and writes it by the definition; keeps both, and the messages themselves for as long as it lives. */
class Differential implements Handler {
  readonly want: string[] = [];
  readonly #messages: Uint8Array[] = [];
  readonly #encoder: MessageEncoder;
  readonly #form: SyslogForm;
  /** How many messages the encoder left to the definition, which alone asks for each message's severity. */
  defined = 0;

  constructor(form: SyslogForm = FORM) {
    this.#form = form;
    const severity: SyslogForm["severity"] = (level) => {
      this.defined++;
      return form.severity(level);
    };
    this.#encoder = new MessageEncoder({ ...form, severity });
  }

  enabled(): boolean {
    return true;
  }

  handle(record: LogRecord): void {
    this.want.push(textOf(syslogMessage(record, this.#form)));
    this.#messages.push(encoded(this.#encoder, record));
  }

  /** Gives all that was encoded so far, as it is now. */
  got(): readonly string[] {
    return this.#messages.map(textOf);
  }

  clear(): void {
    this.want.length = 0;
    this.#messages.length = 0;
  }
}

const FORMS: readonly { readonly name: string; readonly form: SyslogForm; readonly runs: number }[] = [
  ...ANY_LIMITS.map(({ name, limits, runs }) => ({ name, form: { ...FORM, limits }, runs: runs / 5 })),
  { name: "messages of 480 bytes", form: { ...FORM, maxBytes: 480 }, runs: 800 },
  { name: "messages of 480 bytes, without the mark", form: { ...FORM, maxBytes: 480, bom: false }, runs: 200 },
  { name: "messages of 65,507 bytes", form: { ...FORM, maxBytes: 65_507 }, runs: 200 },
];
/** Names of params that are the record's own, that are cut, and that become the same. */
const KEYS = [
  "logger",
  "span_id",
  "trace_flags",
  "cut",
  "dropped_attributes_count",
  "a=b",
  "a]b",
  "k".repeat(40),
  "k".repeat(32),
];

describe("a message from the encoder is the one that syslogMessage gives, for any records", () => {
  for (const { name, form, runs } of FORMS) {
    test(`with ${name}`, () => {
      const { step, call } = anyCalls(KEYS);
      const times = fc.oneof(fc.nat(), fc.constantFrom(1.5, -0.5, -1, 8.64e15, Number.NaN, 253_402_300_800_000, 1e12 + 999.9));
      // One encoder for all: what it remembers of one record must not show in another.
      const handler = new Differential(form);
      let now = 0;
      const root = new Logger(handler, { level: "trace", clock: () => now });
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 4 }),
          fc.array(call, { minLength: 1, maxLength: 3 }),
          times,
          (steps, calls, time) => {
            now = time;
            handler.clear();
            const logger = steps.reduce((made, next) => next(made), root);
            // Again, for what is remembered from the second time on.
            for (const each of [...calls, ...calls]) each(logger);
            expect(handler.got()).toEqual(handler.want);
            expect(handler.want).toHaveLength(calls.length * 2);
          },
        ),
        { numRuns: runs },
      );
    });
  }
});

describe("a message from the encoder is the one that syslogMessage gives", () => {
  const SPAN = contextWith({ span: true });
  const CASES: readonly { readonly name: string; readonly use: (logger: Logger) => void; readonly form?: Partial<SyslogForm> }[] =
    [
      {
        name: "texts of each length and each ASCII character, as a value and as the message",
        use(logger) {
          for (let length = 0; length < 40; length++)
            for (let code = 0; code < 130; code++) {
              const at = code % (length + 1);
              const text = "x".repeat(at) + String.fromCharCode(code) + "y".repeat(length - at);
              logger.info(text, { text });
            }
        },
      },
      {
        name: "sizes around the largest, of the last attribute, of the text, and of both in turn",
        form: { maxBytes: 600 },
        use(logger) {
          for (let size = 380; size < 620; size++) {
            logger.info("m", { a: "x".repeat(size) });
            logger.info("", { a: "x".repeat(size) });
            logger.info("m".repeat(size), { a: 1 });
            logger.info("m".repeat(size));
            logger.info("ü".repeat(size >> 1), { a: 1 });
            logger.info(SPAN, "", { a: "ü".repeat(size >> 1) });
            logger.info("m".repeat(size >> 1), { a: 1, b: "x".repeat(size - 320), c: 2, d: lazy(() => "]".repeat(9)) });
            logger.with({ bound: "x".repeat(size) }).info("m", { a: 1 });
            logger.named("n".repeat(size)).info("m");
            logger.info(contextWith({ baggage: { tenant: "x".repeat(size) } }), "m", { a: 1 });
          }
        },
      },
      {
        name: "more than a page, of the largest size and of others",
        form: { maxBytes: 65_507 },
        use(logger) {
          for (let i = 0; i < 40; i++) {
            logger.info("m", { a: "x".repeat(65_300), i });
            logger.info("m", { a: "ü".repeat(i * 700), i });
            logger.info("\n".repeat(i * 500), { i });
          }
        },
      },
      {
        name: "groups and what is bound before, in and behind them",
        use(logger) {
          const bound = logger.with({ g: { x: 1 }, logger: "mine", level: 3 });
          const loggers = [
            bound,
            bound.withGroup("g"),
            bound.withGroup("level"),
            bound.withGroup("logger").with({ x: 1 }),
            logger.with({ g: { x: 1 } }).withGroup("g"),
            logger
              .with({ g: { x: { y: 1 } } })
              .withGroup("g")
              .withGroup("x"),
            logger.withGroup("trace_id").with({ trace_id: 1 }),
            logger.withGroup("g").withGroup("h".repeat(40)).with({ x: 1 }),
            logger.with({ a: lazy(() => ({ b: 1 })), "a.b": 2 }),
            logger.with({ x: 1 }).with({ x: 2, y: undefined }),
          ];
          for (const each of loggers)
            for (const attrs of [
              { x: 2, trace_id: 5 },
              { g: { z: 1 } },
              { a: { c: 1 } },
              {},
              { none: undefined },
              { logger: {} },
            ])
              each.info(SPAN, "m", attrs);
          for (const each of loggers) each.info("m");
        },
      },
      {
        name: "baggage beside attributes of its names",
        use(logger) {
          const ctx = contextWith({ span: true, baggage: { tenant: "t]1", x: "from the baggage", logger: "l" } });
          for (const each of [logger, logger.with({ x: 1 }), logger.withGroup("x"), logger.with({ a: 1 })])
            for (const attrs of [{ a: 2 }, { x: 2 }, { x: undefined }, { tenant: {} }]) each.info(ctx, "m", attrs);
          logger.info(ctx, "m");
        },
      },
      {
        name: "a level, an event and a logger after another",
        use(logger) {
          for (let i = 0; i < 3; i++)
            for (const each of [logger, logger.named("db"), logger.named('q"')]) {
              each.error("m", { i });
              each.debug("m", { i });
              each.event("order.paid", { i });
              each.event("über alles".repeat(5), { i });
            }
        },
      },
      {
        name: "names that are too long to be remembered, bound and logged again",
        use(logger) {
          const long = "n".repeat(200);
          for (let i = 0; i < 40; i++) {
            const child = logger.named(long).with({ [long]: i });
            child.info("m");
            child.info("m", { [`k${i}`]: 1 });
            child.info("m", { [long]: "again", [`${long}${i}`]: 1 });
            child.withGroup(long).event(long, { [long]: { [long]: i } });
          }
        },
      },
      {
        name: "more names, events and loggers than are remembered",
        use(logger) {
          for (let i = 0; i < 6000; i++) {
            logger
              .named(`n${i}`)
              .with({ [`b${i}`]: i })
              .info("m", { [`k${i}`]: i, g: { [`m${i}`]: { x: 1 } } });
            logger.event(`e${i}`, { i });
          }
        },
      },
    ];
  for (const { name, use, form } of CASES) {
    test(`for ${name}`, () => {
      const handler = new Differential({ ...FORM, ...form });
      use(new Logger(handler, { level: "trace", clock: () => 1000 }));
      expect(handler.got()).toEqual(handler.want);
      expect(handler.want.length).toBeGreaterThan(5);
    });
  }

  test("times of one second, of another, with parts of milliseconds, and none", () => {
    const handler = new Differential();
    const times = [0, 1, 999, 1000, 1001, 999, 1e12, 1e12 + 999.9, 1e12 + 1000, -1, -1000.5, -999.5, 253_402_300_799_999];
    for (const time of [
      ...times,
      253_402_300_800_000,
      undefined,
      Number.NaN,
      Infinity,
      1,
      -62_167_219_200_000,
      -62_167_219_200_001,
    ])
      for (const level of [9, 17, 9]) handler.handle(createRecord({ time, level, message: "m", attrs: { a: 1 } }));
    expect(handler.got()).toEqual(handler.want);
  });

  test("the place where a record was made, and attributes that are no literal", () => {
    class Order {
      readonly id = 1;
    }
    const handler = new Differential();
    const source = { file: "src/a.ts", line: 7, function: "f" };
    const inherited = Object.create({ hidden: 1 }, { own: { value: 2, enumerable: true } }) as { readonly own: number };
    for (const attrs of [
      { a: 1 },
      undefined,
      new Order(),
      inherited,
      new Map() as never,
      null as never,
      Object.assign(Object.create(null), { b: 1 }),
    ]) {
      handler.handle(createRecord({ time: 0, message: "m", attrs: attrs as { readonly [key: string]: unknown } | undefined }));
      handler.handle(createRecord({ time: 0, message: "m", attrs: { a: 1 }, source }));
    }
    expect(handler.got()).toEqual(handler.want);
    expect(handler.want[1]).toContain("code.line.number");
  });

  test("a record one of whose values logs comes whole, and so does the one from within", () => {
    const handler = new Differential();
    const logger = new Logger(handler, { clock: () => 0 });
    const messages: string[] = [];
    const encoder = new MessageEncoder(FORM);
    const inner = createRecord({ time: 0, message: "inner", attrs: { b: 2 } });
    const value = lazy(() => {
      messages.push(textOf(encoded(encoder, inner)));
      return "said";
    });
    messages.push(
      textOf(encoded(encoder, createRecord({ time: 0, message: "outer", attrs: { a: "before", value, c: "behind" } }))),
    );
    logger.info("inner", { b: 2 });
    logger.info("outer", { a: "before", value: "said", c: "behind" });
    expect(messages).toEqual(handler.want);
  });

  test.each([FORM, { ...FORM, bom: false }, { ...FORM, maxBytes: 480 }])("texts that come again and again", (form) => {
    const handler = new Differential(form);
    const texts = ["", "plain", "größer", "two\nlines", "\ud800", '"q"]\\', "x".repeat(128), "é".repeat(128), "x".repeat(129)];
    const others = Array.from({ length: 2000 }, (_, i) => `no ${i}`);
    const messages = texts.flatMap((text) => [text, text, "no 1", "no 2", text, "x".repeat(400), text]);
    for (const message of messages.concat(others))
      for (const size of [0, 250]) handler.handle(createRecord({ time: 0, message, attrs: { a: "b".repeat(size) } }));
    expect(handler.got()).toEqual(handler.want);
  });

  test("what is enumerable on Object.prototype is no attribute", () => {
    const handler = new Differential();
    // oxlint-disable-next-line no-extend-native -- what a careless library does
    Object.defineProperty(Object.prototype, "inherited", { value: 1, enumerable: true, configurable: true });
    try {
      handler.handle(createRecord({ time: 0, message: "m", attrs: { a: 1 } }));
    } finally {
      Reflect.deleteProperty(Object.prototype, "inherited");
    }
    expect(handler.got()).toEqual(handler.want);
    expect(handler.want[0]).not.toContain("inherited");
  });
});

test("memory that is taken back is written again, and no other", () => {
  const encoder = new MessageEncoder(FORM);
  const next = (message: string): Uint8Array => encoded(encoder, createRecord({ time: 0, message }));
  const takeBack = ({ byteOffset, length }: Uint8Array): void => encoder.takeBack(encoder.page, byteOffset, byteOffset + length);
  const [first, second] = [next("first"), next("second")];
  takeBack(first);
  const third = next("third");
  takeBack(third);
  const fourth = next("fourth");
  takeBack(next("no longer than\na line"));
  const defined = syslogMessage(createRecord({ time: 0, message: "of the definition" }), FORM);
  encoder.takeBack(defined, 0, encoder.end);
  const fifth = next("fifth");
  expect([first, second, fourth, fifth].map((message) => textOf(message).split(" ").at(-1))).toEqual([
    "first",
    "second",
    "fourth",
    "fifth",
  ]);
  expect(third.byteOffset).toBe(fourth.byteOffset);
  expect(fifth.byteOffset).toBe(fourth.byteOffset + fourth.length);
});

test("the encoder leaves to the definition only what is odd", () => {
  const handler = new Differential();
  const logger = new Logger(handler, { level: "trace", clock: () => 0 });
  const ctx = contextWith({ span: true, baggage: { tenant: "t1" } });
  const plain = (each: Logger): void => {
    each.info(ctx, "order paid", { orderId: 17, total: 12.5, currency: "EUR", paid: true, none: undefined, nil: null });
    each.info("größer", {
      text: 'a "quoted" größer',
      nan: Number.NaN,
      big: 10n,
      list: [1, { a: 2 }],
      order: { id: 1, user: { id: 2 } },
    });
    each.event("order.paid", { at: new Date(0), error: new Error("e"), lazy: lazy(() => 1) });
  };
  plain(logger);
  plain(logger.with({ service: "shop" }).named("db"));
  plain(logger.with({ service: "shop", nested: { a: 1 } }).with({ more: [1] }));
  // Once for each of level and event.
  expect(handler.defined).toBe(2);
  const inGroup = logger.with({ service: "shop" }).withGroup("http");
  inGroup.info("m", { status: 200 });
  expect(handler.defined).toBe(2);
  // What must be merged with a record's own, in a chain that merges within itself too.
  const merged = logger.with({ service: "shop" }).with({ service: "store" });
  merged.info("m", { a: 1 });
  logger
    .with({ g: { a: 1 } })
    .withGroup("g")
    .info("m", { b: 1 });
  expect(handler.defined).toBe(3);
  for (const attrs of [{ service: "another" }, { "": 1 }, { "\ud800": 1 }, { long: "x".repeat(3000) }])
    logger.with({ service: "shop" }).info("m", attrs);
  expect(handler.defined).toBe(7);
  expect(handler.got()).toEqual(handler.want);
});
