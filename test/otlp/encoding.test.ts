import { JsonLogsSerializer, ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { envelopeOf, wireOf } from "../../src/otlp/envelope.ts";
import { NanoClock } from "../../src/record/nano-clock.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { RecordEncoder } from "../../src/otlp/record-encoder.ts";
import { Batch } from "../../src/otlp/batch.ts";
import { concat } from "../../src/otlp/wire.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { exceptionAttrs } from "../../src/record/exception.ts";
import { plainAttrs } from "../../src/record/record-attrs.ts";
import { DEFAULT_LIMITS, resolveLimits } from "../../src/value/limits.ts";
import { logValue } from "../../src/value/log-value.ts";
import { isPlainMap } from "../../src/value/plain.ts";
import { decodeRequest, membersOf, PROTO_DIR, recordsOf } from "./protocol.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Limits } from "../../src/value/limits.ts";
import type { Plain, PlainMap } from "../../src/value/plain.ts";
import type { Protocol } from "../../src/otlp/index.ts";
import type { DecodedRecord } from "./protocol.ts";

const PROTOCOLS = ["http/protobuf", "http/json"] as const;
const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

function encode(protocol: Protocol, records: readonly LogRecord[], limits: Limits = DEFAULT_LIMITS): Uint8Array {
  const encoder = new RecordEncoder(wireOf(protocol), limits, () => 7, new NanoClock());
  const bytes = Buffer.alloc(8_388_608);
  encoder.use(bytes);
  const starts: number[] = [];
  let at = 0;
  for (const record of records) {
    starts.push(at);
    at = encoder.encode(record, at);
  }
  const runs = [{ scope: "scope", from: 0, to: at }];
  return concat(new Batch(0, bytes, starts, runs, envelopeOf(protocol, new Map([["service.name", "shop"]]))).body());
}

function roundTrip(protocol: Protocol, record: LogRecord, limits?: Limits): DecodedRecord {
  const decoded = recordsOf(decodeRequest(encode(protocol, [record], limits), protocol));
  expect(decoded).toHaveLength(1);
  return decoded[0] as DecodedRecord;
}

/** Says what a plain value has to be when it was decoded: the rules of the specification, once more and in another way. */
function wanted(value: Plain): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { int: String(value === 0 ? 0 : value) } : { double: String(value) };
  if (typeof value === "bigint") return value >= -(2n ** 63n) && value < 2n ** 63n ? { int: String(value) } : String(value);
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  return isPlainMap(value) ? { map: wantedMembers(value) } : value.map(wanted);
}

function wantedMembers(members: PlainMap): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of members) object[key] = wanted(value);
  return object;
}

const anyKey = fc.oneof(
  fc.constantFrom("", "a", "b", "__proto__", "toJSON", "x".repeat(200)),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const anyValue = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ maxLength: 30 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.constantFrom(null, undefined, Symbol("s"), Math.max, -0, "\ud800", "ä".repeat(127), "x".repeat(20_000)),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.float32Array({ maxLength: 3 }),
    fc.string().map((text) => new RangeError(text)),
    fc.string().map((text) => ({ [logValue]: () => text })),
  ),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 4 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 4 }).map((object) => new Map(Object.entries(object))),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;
const anyAttrs = fc.dictionary(anyKey, anyValue, { maxKeys: 8 });
const anyRecord = fc
  .record({
    attrs: fc.option(anyAttrs, { nil: undefined }),
    bound: fc.array(fc.oneof(anyAttrs, fc.constantFrom("g", "h")), { maxLength: 3 }),
    baggage: fc.option(fc.array(fc.tuple(fc.constantFrom("a", "b", "tenant"), fc.string()), { maxLength: 3 }), {
      nil: undefined,
    }),
    message: fc.string({ unit: "binary", maxLength: 200 }),
    eventName: fc.option(fc.string(), { nil: undefined }),
    level: fc.integer({ min: 1, max: 24 }),
    sampled: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map(({ attrs, bound, sampled, ...rest }) => {
    let binding: Binding | undefined;
    for (const step of bound) binding = typeof step === "string" ? Binding.group(binding, step) : Binding.attrs(binding, step);
    const spanContext = sampled === undefined ? undefined : { ...SPAN, traceFlags: sampled ? 1 : 0 };
    return createRecord({ time: 1_795_311_533_356, attrs, binding, spanContext, ...rest });
  });

describe.skipIf(PROTO_DIR === undefined)("bytes", () => {
  test.each(PROTOCOLS)("%s: any record decodes to what plainAttrs says", (protocol) => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.constantFrom(undefined, { attributes: 3 }, { stringLength: 10, depth: 2 }, { size: 100 }),
        (record, some) => {
          const limits = resolveLimits(some);
          const decoded = roundTrip(protocol, record, limits);
          const { attrs, dropped } = plainAttrs(record, limits);
          expect(decoded.attributes).toEqual(wantedMembers(new Map([...attrs, ...exceptionAttrs(attrs)])));
          expect(Object.keys(decoded.attributes)).toEqual(
            Object.keys(wantedMembers(new Map([...attrs, ...exceptionAttrs(attrs)]))),
          );
          expect(decoded).toMatchObject({
            dropped,
            level: record.level,
            body: record.message.toWellFormed(),
            time: "1795311533356000000",
          });
          expect(decoded.eventName).toBe((record.eventName ?? "").toWellFormed());
          expect(decoded.traceId).toBe(record.spanContext?.traceId ?? "");
          expect(decoded.spanId).toBe(record.spanContext?.spanId ?? "");
          expect(decoded.flags).toBe(record.spanContext?.traceFlags ?? 0);
        },
      ),
      { numRuns: 300 },
    );
  });

  const cases: readonly { name: string; value: unknown; want: unknown }[] = [
    { name: "0", value: 0, want: { int: "0" } },
    { name: "-0", value: -0, want: { int: "0" } },
    { name: "-1", value: -1, want: { int: "-1" } },
    { name: "2^31", value: 2 ** 31, want: { int: "2147483648" } },
    { name: "2^53 - 1", value: Number.MAX_SAFE_INTEGER, want: { int: "9007199254740991" } },
    { name: "-(2^53 - 1)", value: Number.MIN_SAFE_INTEGER, want: { int: "-9007199254740991" } },
    { name: "2^53", value: 2 ** 53, want: { double: "9007199254740992" } },
    { name: "1e300", value: 1e300, want: { double: "1e+300" } },
    { name: "NaN", value: NaN, want: { double: "NaN" } },
    { name: "Infinity", value: Infinity, want: { double: "Infinity" } },
    { name: "-Infinity", value: -Infinity, want: { double: "-Infinity" } },
    { name: "2n ** 63n - 1n", value: 2n ** 63n - 1n, want: { int: "9223372036854775807" } },
    { name: "-(2n ** 63n)", value: -(2n ** 63n), want: { int: "-9223372036854775808" } },
    { name: "2n ** 63n", value: 2n ** 63n, want: "9223372036854775808" },
    { name: "bytes", value: new Uint8Array([0, 255]), want: { bytes: "00ff" } },
    { name: "null", value: null, want: null },
    { name: "a lone surrogate", value: "a\ud800b", want: "a\ufffdb" },
    { name: "an empty list", value: [], want: [] },
    { name: "a hole", value: [1, undefined, {}], want: [{ int: "1" }, null, { map: {} }] },
  ];
  for (const protocol of PROTOCOLS) {
    test.each(cases)(`${protocol}: $name`, ({ value, want }) => {
      const { attributes } = roundTrip(protocol, createRecord({ attrs: { before: 1, value, after: "x" } }));
      expect(attributes).toEqual({ before: { int: "1" }, value: want, after: "x" });
    });

    test(`${protocol}: texts of every length around those at which their prefix grows`, () => {
      for (const length of [
        0, 1, 23, 24, 25, 41, 42, 60, 100, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 5400, 16_383, 16_384, 60_000,
      ]) {
        for (const unit of ["x", "ä", "漢", "😀"]) {
          const text = unit.repeat(length / unit.length);
          const record = createRecord({ message: text, attrs: { text, o: { text }, list: [text], [text.slice(0, 300)]: true } });
          const decoded = roundTrip(protocol, record);
          expect(decoded.body).toBe(text);
          expect(decoded.attributes["text"]).toBe(text);
          expect(decoded.attributes["o"]).toEqual({ map: { text } });
          expect(decoded.attributes["list"]).toEqual([text]);
        }
      }
    });

    test(`${protocol}: an attribute that is too large in all its parts is cut as plainAttrs cuts it`, () => {
      const limits = resolveLimits({ size: 100 });
      const record = createRecord({
        attrs: { o: { a: "x".repeat(60), b: "y".repeat(60), c: 1 }, list: ["x".repeat(60), "y".repeat(60), 1], after: 1 },
      });
      const { attributes } = roundTrip(protocol, record, limits);
      expect(attributes).toEqual(wantedMembers(plainAttrs(record, limits).attrs));
      expect(JSON.stringify(attributes)).toContain("[+");
    });

    test(`${protocol}: the first Error at the root is also the record's exception, behind what the user says of it`, () => {
      const err = new TypeError("bad");
      const { attributes } = roundTrip(
        protocol,
        createRecord({ attrs: { a: 1, err, other: new Error("no"), "exception.type": "Mine" } }),
      );
      expect(Object.keys(attributes)).toEqual([
        "a",
        "err",
        "other",
        "exception.type",
        "exception.message",
        "exception.stacktrace",
      ]);
      expect(attributes).toMatchObject({
        "exception.type": "Mine",
        "exception.message": "bad",
        "exception.stacktrace": err.stack,
      });
    });

    test(`${protocol}: is equal to what the official serializer makes of the record`, () => {
      const attrs = {
        n: 42,
        f: 1.5,
        s: "grüße",
        b: true,
        list: [1, "x"],
        o: { k: "v", deep: { x: false } },
        nothing: null,
        u8: new Uint8Array([1, 2, 255]),
      };
      const ours = decodeRequest(
        encode(protocol, [
          createRecord({ time: 1_795_311_533_356, message: "hello", eventName: "my.event", attrs, spanContext: SPAN }),
        ]),
        protocol,
      );
      const resource = { attributes: { "service.name": "shop" }, asyncAttributesPending: false };
      const official = {
        hrTime: [1_795_311_533, 356_000_000],
        hrTimeObserved: [1_795_311_533, 356_000_000],
        severityNumber: 9,
        severityText: "INFO",
        body: "hello",
        eventName: "my.event",
        attributes: attrs,
        droppedAttributesCount: 0,
        spanContext: SPAN,
        resource,
        instrumentationScope: { name: "scope" },
      };
      const serializer = protocol === "http/json" ? JsonLogsSerializer : ProtobufLogsSerializer;
      const theirs = decodeRequest(serializer.serializeRequest([official as never]) ?? new Uint8Array(0), protocol);
      expect(recordsOf(ours)).toEqual(recordsOf(theirs));
      expect(membersOf(ours.resourceLogs?.[0]?.resource?.attributes)).toEqual(
        membersOf(theirs.resourceLogs?.[0]?.resource?.attributes),
      );
      expect(ours.resourceLogs?.[0]?.scopeLogs?.[0]?.scope).toMatchObject({ name: "scope" });
    });
  }

  test("OTLP/JSON: ids are hex, 64-bit integers beyond 2^53 are text, non-finite numbers are their names", () => {
    const json = decodeRequest(
      encode("http/json", [createRecord({ attrs: { big: 2n ** 60n, nan: NaN }, spanContext: SPAN })]),
      "json",
    );
    const record = json.resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords?.[0];
    expect(record?.traceId).toBe(SPAN.traceId);
    expect(record?.attributes).toEqual([
      { key: "big", value: { intValue: "1152921504606846976" } },
      { key: "nan", value: { doubleValue: "NaN" } },
    ]);
  });
});

describe.skipIf(PROTO_DIR === undefined).each(PROTOCOLS)("%s: a record that was seen before", (protocol) => {
  test("comes out as the first one did, with its own time, level and event", () => {
    const uses: readonly Partial<LogRecord>[] = [
      { time: 1000, level: 9 },
      { time: 2000, level: 17 },
      { time: undefined, level: 9 },
      { time: 3000, level: 9, eventName: "event" },
      {
        time: 1_732_000_000_123,
        level: 9,
        attrs: { a: 127, b: 128, c: 16_383, d: 16_384, e: "é", f: -0, ["k".repeat(97)]: "x" },
      },
    ];
    for (const message of ["message", "ä message", "m".repeat(127), "m".repeat(129)]) {
      const records = [...uses, ...uses, ...uses, ...uses].map((use) => createRecord({ message, ...use }));
      const decoded = recordsOf(decodeRequest(encode(protocol, records), protocol));
      const alone = records.map((record) => roundTrip(protocol, record));
      const withoutTimes = (record: DecodedRecord): unknown => ({ ...record, time: "", observed: "" });
      expect(decoded.map(withoutTimes)).toEqual(alone.map(withoutTimes));
      expect(decoded.slice(0, 5).map(({ time }) => BigInt(time) / 1_000_000n)).toEqual([
        1000n,
        2000n,
        0n,
        3000n,
        1_732_000_000_123n,
      ]);
    }
  });

  test("carries where it was made, by the semantic conventions", () => {
    const source = { file: "src/pay.ts", line: 17, function: "pay" };
    expect(roundTrip(protocol, createRecord({ attrs: { a: 1 }, source })).attributes).toEqual({
      a: { int: "1" },
      "code.function.name": "pay",
      "code.file.path": "src/pay.ts",
      "code.line.number": { int: "17" },
    });
  });

  test("is read without what was put onto Object.prototype, and without what it inherits", () => {
    const prototype = Object.prototype as { inherited?: number };
    prototype.inherited = 1;
    try {
      expect(roundTrip(protocol, createRecord({ attrs: { own: 2 } })).attributes).toEqual({ own: { int: "2" } });
    } finally {
      delete prototype.inherited;
    }
    const attrs = Object.assign(Object.create({ inherited: 1 }) as object, { own: 2 });
    expect(roundTrip(protocol, createRecord({ attrs })).attributes).toEqual({ own: { int: "2" } });
  });
});

describe("timestamps", () => {
  test("two records are never equal nor reversed: in one millisecond, after a step back, and a million a millisecond", () => {
    const clock = new NanoClock();
    const nanos = (time: number): bigint => (clock.next(time) ? BigInt(clock.ms) * 1_000_000n + BigInt(clock.nanos) : -1n);
    expect([nanos(5), nanos(5), nanos(6)]).toEqual([5_000_000n, 5_000_001n, 6_000_000n]);
    const back = [nanos(4), nanos(6)];
    expect(new Set([...back, 6_000_000n]).size).toBe(3);
    expect(nanos(6.5)).toBe(6_500_000n);
    let last = nanos(7);
    for (let i = 0; i < 1_000_005; i++) clock.next(7);
    last = nanos(7);
    expect(nanos(8)).toBeGreaterThan(last);
    expect(nanos(9)).toBe(9_000_000n);
  });

  test("what is no time is left out, and observed is now", () => {
    for (const time of [undefined, NaN, -1, 1e30]) {
      const decoded = roundTrip("http/json", createRecord({ time }));
      expect(decoded).toMatchObject({ time: "0", observed: "7000000" });
    }
  });
});

describe.skipIf(PROTO_DIR === undefined)("hostile values through the handler", () => {
  async function sent(log: (logger: Logger) => void): Promise<DecodedRecord[]> {
    const bodies: Uint8Array[] = [];
    const transport = {
      send: async ({ body }: { body: readonly Uint8Array[] }) => {
        bodies.push(concat(body));
        return { status: 200, contentType: "", retryAfter: undefined, body: new Uint8Array(0) };
      },
      close: () => {},
    };
    const handler = otlpHandler({ env: {}, transport });
    log(new Logger(handler));
    await handler.shutdown();
    return bodies.flatMap((body) => recordsOf(decodeRequest(body, "protobuf")));
  }

  test("a getter that logs, and one that throws, leave every record whole and in order", async () => {
    const records = await sent((logger) => {
      const evil = {
        get a() {
          logger.info("inner", { x: "y".repeat(100_000) });
          return 1;
        },
        get b() {
          throw new Error("boom");
        },
        c: "x".repeat(1000),
      };
      logger.info("before", { n: 1 });
      logger.info("outer", evil);
      logger.info("after", { n: 2 });
    });
    expect(records.map(({ body }) => body)).toEqual(["before", "outer", "inner", "after"]);
    expect(records[1]?.attributes).toEqual({ a: { int: "1" }, b: "[Throws: boom]", c: "x".repeat(1000) });
    const times = records.map(({ time }) => BigInt(time));
    expect(times.toSorted((x, y) => Number(x - y))).toEqual(times);
  });

  test("a value that flushes the handler while it is encoded changes nothing", async () => {
    const records = await sent((logger) => {
      logger.info("one", { n: 1 });
      logger.info("two", {
        get n() {
          void logger.flush();
          return 2;
        },
      });
    });
    expect(records.map(({ body, attributes }) => [body, attributes["n"]])).toEqual([
      ["one", { int: "1" }],
      ["two", { int: "2" }],
    ]);
  });

  test("records larger than a batch go, alone; those around them too", async () => {
    const large = "x".repeat(3_000_000);
    const records = await sent((logger) => {
      logger.info("small");
      logger.info(large);
      logger.info("small again");
    });
    expect(records.map(({ body }) => String(body).length)).toEqual([5, large.length, 11]);
  });

  test("loggers' names are scopes, in the order of their records", async () => {
    const records = await sent((logger) => {
      for (const name of ["a", "b", "b", "", "a"]) (name === "" ? logger : logger.named(name)).info(`of ${name}`);
    });
    expect(records.map(({ scope, body }) => `${scope}: ${String(body)}`)).toEqual([
      "a: of a",
      "b: of b",
      "b: of b",
      ": of ",
      "a: of a",
    ]);
  });
});
