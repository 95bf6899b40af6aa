import { afterEach, describe, expect, test } from "vitest";
import { createRecord, fanout, lazy, Logger, memoryHandler } from "../../src/index.ts";
import { otelHandler } from "../../src/otel/index.ts";
import { memoryProvider, memoryTracer, remoteContext } from "./generation.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Handler, LogRecord } from "../../src/index.ts";
import type { OtelLoggerProvider } from "../../src/otel/index.ts";
import type { Generation } from "./generation.ts";

const TIME = Date.UTC(2026, 10, 22, 4, 5, 6, 789);
const HR: [number, number] = [Date.UTC(2026, 10, 22, 4, 5, 6) / 1000, 789_000_000];
const clock = (): number => TIME;

/** What `otelHandler()` does with the app's LoggerProvider, the same on both generations of the SDK. */
export function describeBridge(otel: Generation): void {
  const { api, logs } = otel;
  afterEach(() => logs.disable());

  const register = (options: object = {}): ReturnType<typeof memoryProvider> => {
    const memory = memoryProvider(otel, options);
    logs.setGlobalLoggerProvider(memory.provider);
    return memory;
  };

  describe(`bridge, SDK ${otel.number}.x: the provider`, () => {
    test("a record reaches the provider that is registered, equal to what the official API emits", () => {
      const { provider, records } = register();
      const { ctx, traceId, spanId } = remoteContext(otel, 1);
      const logger = new Logger(otelHandler(), { name: "shop", clock });
      logger
        .with({ service: { zone: "b" } })
        .info(ctx, "order paid", { orderId: 17, total: 9.5, ok: true, tags: ["a", 1, null] });
      provider.getLogger("shop").emit({
        timestamp: HR,
        severityNumber: 9,
        severityText: "INFO",
        body: "order paid",
        attributes: { service: { zone: "b" }, orderId: 17, total: 9.5, ok: true, tags: ["a", 1, null] },
        context: ctx,
      });
      const [ours, theirs] = records();
      expect(ours).toEqual(theirs);
      expect(ours).toMatchObject({ scope: "shop", hrTime: HR, traceId, spanId, traceFlags: 1, droppedAttributesCount: 0 });
    });

    test("a logger that logged before the SDK was registered comes alive with it", () => {
      const logger = new Logger(otelHandler());
      logger.info("lost");
      expect(logger.enabled("info")).toBe(false);
      const { records } = register();
      expect(logger.enabled("info")).toBe(true);
      logger.info("kept");
      expect(records().map(({ body, scope }) => [scope, body])).toEqual([["correlog", "kept"]]);
    });

    test("a provider that replaces another gets the records from then on", () => {
      const logger = new Logger(otelHandler(), { name: "a" });
      const first = register();
      logger.info("one");
      logs.disable();
      logger.info("none");
      const second = register();
      logger.info("two");
      expect([first.records().map(({ body }) => body), second.records().map(({ body }) => body)]).toEqual([["one"], ["two"]]);
    });

    test("a provider that is passed is used in place of the registered one", () => {
      const registered = register();
      const passed = memoryProvider(otel);
      new Logger(otelHandler({ loggerProvider: passed.provider, scope: { name: "mine", version: "2" } })).info(
        "to the one passed",
      );
      expect([registered.records().length, passed.records().length]).toEqual([0, 1]);
      expect(passed.exporter.getFinishedLogRecords()[0]?.instrumentationScope).toMatchObject({ name: "mine", version: "2" });
    });

    test("the API's own proxy, taken before registration, works as well", () => {
      const logger = new Logger(otelHandler({ loggerProvider: logs.getLoggerProvider() }));
      logger.info("lost");
      const { records } = register();
      logger.info("kept");
      expect(records().map(({ body }) => body)).toEqual(["kept"]);
    });

    test("a name that is not well-formed is a scope that is", () => {
      const { provider, records } = memoryProvider(otel);
      new Logger(otelHandler({ loggerProvider: provider }), { name: "a\ud800" }).info("m");
      expect(records().map(({ scope }) => scope)).toEqual(["a\ufffd"]);
    });

    test("a level by scope in the SDK is asked of the scope that logs", () => {
      const configurator = otel.sdkLogs.createLoggerConfigurator([
        { pattern: "db", config: { minimumSeverity: 5 } },
        { pattern: "*", config: { minimumSeverity: 13 } },
      ]);
      const { records } = register({ loggerConfigurator: configurator });
      const root = new Logger(otelHandler(), { level: "debug" });
      let read = 0;
      root.info("no", { value: lazy(() => ++read) });
      root.named("db").debug("yes");
      expect(records().map(({ scope, body }) => [scope, body])).toEqual([["db", "yes"]]);
      expect(read).toBe(0);
    });

    test("an event keeps its name, a message none, and no key is passed as undefined", () => {
      const seen: object[] = [];
      const provider: OtelLoggerProvider = {
        getLogger: () => ({ emit: (record) => seen.push(record), enabled: (question) => (seen.push(question), true) }),
      };
      const logger = new Logger(otelHandler({ loggerProvider: provider }));
      logger.event("order.paid", { id: 1 });
      logger.info("message");
      expect(seen.filter((each) => "eventName" in each)).toHaveLength(2);
      expect(seen.flatMap((each) => Object.values(each)).filter((value) => value === undefined)).toEqual([]);
    });

    test("a logger is asked for once a name, not once a record", () => {
      const asked: string[] = [];
      const provider: OtelLoggerProvider = {
        getLogger(name) {
          asked.push(name);
          return { emit() {} };
        },
      };
      const logger = new Logger(otelHandler({ loggerProvider: provider }));
      for (const name of ["", "db", "", "db"]) logger.named(name).info("m");
      expect(asked).toEqual(["correlog", "db"]);
    });

    test("a second flush while one runs delivers what came since, and shutdown does too", async () => {
      const { sdkLogs } = otel;
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      const slow = {
        export: (records: never[], done: (result: { code: number }) => void) =>
          void setImmediate(() => exporter.export(records, done)),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      };
      const processor = new sdkLogs.BatchLogRecordProcessor({ exporter: slow });
      logs.setGlobalLoggerProvider(new sdkLogs.LoggerProvider({ processors: [processor] }));
      const logger = new Logger(otelHandler());
      logger.info("1");
      const first = logger.flush();
      logger.info("2");
      await logger.flush();
      expect(exporter.getFinishedLogRecords()).toHaveLength(2);
      await first;
      logger.info("3");
      const third = logger.flush();
      logger.info("4");
      await logger.shutdown();
      expect(exporter.getFinishedLogRecords()).toHaveLength(4);
      await third;
    });

    test("shutdown leaves the app's provider running, and later records of ours are dropped", async () => {
      const { provider, records } = register();
      const logger = new Logger(otelHandler());
      await logger.shutdown();
      logger.info("late");
      provider.getLogger("app").emit({ body: "the app's own" });
      expect(records().map(({ body }) => body)).toEqual(["the app's own"]);
    });
  });

  describe(`bridge, SDK ${otel.number}.x: ids`, () => {
    test("an explicit context wins over the active one", () => {
      const { records } = register();
      const { tracer } = memoryTracer(otel);
      const { ctx, traceId } = remoteContext(otel, 1);
      tracer.startActiveSpan("active", (span) => {
        const logger = new Logger(otelHandler());
        logger.info(ctx, "explicit");
        logger.info("active");
        span.end();
        expect(records().map((each) => each.traceId)).toEqual([traceId, span.spanContext().traceId]);
      });
    });

    test("defects 5 and 6 of slog-otel: a span that does not record still gives its ids, at the root, under an open group too", () => {
      const { records } = register();
      const { ctx, traceId, spanId } = remoteContext(otel, 0);
      new Logger(otelHandler()).withGroup("g").with({ a: 1 }).info(ctx, "m", { b: 2 });
      expect(records()).toMatchObject([{ traceId, spanId, traceFlags: 0, attributes: { g: { a: 1, b: 2 } } }]);
    });

    test("defect 7 of slog-otel: baggage is at the root, filtered, prefixed, and never replaces an attribute", () => {
      const { records } = register();
      const baggage = api.propagation.createBaggage({ tenant: { value: "t1" }, msg: { value: "evil" }, secret: { value: "s" } });
      const ctx = api.propagation.setBaggage(api.ROOT_CONTEXT, baggage);
      const base = otelHandler();
      new Logger(base, { baggage: { keys: ["tenant"], prefix: "baggage." } }).withGroup("g").info(ctx, "narrow", { a: 1 });
      new Logger(base).info(ctx, "all", { tenant: "mine" });
      expect(records().map(({ body, attributes }) => ({ body, attributes }))).toEqual([
        { body: "narrow", attributes: { g: { a: 1 }, "baggage.tenant": "t1" } },
        { body: "all", attributes: { tenant: "mine", msg: "evil", secret: "s" } },
      ]);
    });

    test("the ids captured at the call are sent, whatever context the record is handed on with", () => {
      const { records } = register();
      const { ctx, traceId, spanId } = remoteContext(otel, 1);
      const held: LogRecord[] = [];
      const holds: Handler = { enabled: () => true, handle: (record) => void held.push(record) };
      new Logger(holds).info(ctx, "held");
      const { tracer } = memoryTracer(otel);
      tracer.startActiveSpan("other", (span) => {
        for (const record of held) otelHandler().handle(record, api.context.active());
        otelHandler().handle(createRecord({ message: "of no span" }), api.context.active());
        span.end();
      });
      for (const change of [{ traceId: "c".repeat(32) }, { spanId: "c".repeat(16) }, { traceFlags: 0 }]) {
        const changed = { ...held[0]?.spanContext, ...change } as SpanContext;
        const other = api.trace.setSpan(api.ROOT_CONTEXT, api.trace.wrapSpanContext(changed));
        for (const record of held) otelHandler().handle(record, other);
      }
      const own = { body: "held", traceId, spanId, traceFlags: 1 };
      expect(records()).toMatchObject([own, { body: "of no span", traceId: undefined }, own, own, own]);
    });

    test("ids that came in upper case are sent in lower case", () => {
      const { records } = register();
      const spanContext = { traceId: "0AF7651916CD43DD8448EB211C80319C", spanId: "B7AD6B7169203331", traceFlags: 1 };
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, api.trace.wrapSpanContext(spanContext));
      new Logger(otelHandler()).info(ctx, "m");
      expect(records()).toMatchObject([{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }]);
    });
  });

  describe(`bridge, SDK ${otel.number}.x: content`, () => {
    test("no value is dropped by the SDK, and none poisons a batch", () => {
      const warnings: unknown[] = [];
      const logger = { debug() {}, error() {}, info() {}, verbose() {}, warn: (...args: unknown[]) => void warnings.push(args) };
      api.diag.setLogger(logger, { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true });
      const { records } = register();
      const shared = { x: 1 };
      const circle: { self?: unknown } = {};
      circle.self = circle;
      class Point {
        x = 1;
      }
      const nested = JSON.parse('{"__proto__":{"evil":1},"constructor":2,"ok":3}');
      new Logger(otelHandler(), { clock }).info("m", {
        big: 12n,
        huge: 2n ** 64n,
        nan: Number.NaN,
        infinity: -Infinity,
        int64: 2 ** 63,
        float: 1.5e-9,
        none: null,
        date: new Date(TIME),
        map: new Map<unknown, unknown>([["k", new Set([1, "a"])]]),
        bytes: new Uint8Array([1, 2, 255]),
        point: new Point(),
        url: new URL("http://a/b"),
        list: [shared, shared, 5n, Number.NaN],
        circle,
        nested,
        [`__proto__`]: "own",
        "": "empty",
        constructor: "root",
        get throws() {
          throw new Error("no");
        },
        f: clock,
      });
      const { attributes, droppedAttributesCount } = records()[0] ?? { attributes: {} };
      expect(attributes).toEqual({
        big: 12,
        huge: "18446744073709551616",
        nan: "NaN",
        infinity: "-Infinity",
        int64: "9223372036854776000",
        float: 1.5e-9,
        none: null,
        date: "2026-11-22T04:05:06.789Z",
        map: { k: [1, "a"] },
        bytes: new Uint8Array([1, 2, 255]),
        point: { x: 1 },
        url: "http://a/b",
        list: [{ x: 1 }, { x: 1 }, 5, "NaN"],
        circle: { self: "[Circular]" },
        nested: { "attr.__proto__": { evil: 1 }, "attr.constructor": 2, ok: 3 },
        "attr.__proto__": "own",
        "attr.": "empty",
        constructor: "root",
        throws: "[Throws: no]",
        f: "[Function: clock]",
      });
      expect(droppedAttributesCount).toBe(0);
      expect(warnings).toEqual([]);
      api.diag.disable();
    });

    test("bytes and bodies are copied at the call: what the caller changes later is not sent", () => {
      const { records } = register();
      const bytes = new Uint8Array([1]);
      const attrs = { bytes, inner: { n: 1 } };
      new Logger(otelHandler()).info("m", attrs);
      bytes[0] = 9;
      attrs.inner.n = 9;
      expect(records()[0]?.attributes).toEqual({ bytes: new Uint8Array([1]), inner: { n: 1 } });
    });

    test("an Error at the root is the record's exception as well, unless the user says otherwise", () => {
      const { records } = register();
      const logger = new Logger(otelHandler());
      const error = Object.assign(new RangeError("too far"), { code: "ERANGE" });
      logger.error("failed", error);
      logger.error("failed", { err: error, "exception.type": "mine" });
      const [first, second] = records();
      expect(first?.attributes).toMatchObject({
        err: { type: "RangeError", message: "too far", code: "ERANGE" },
        "exception.type": "RangeError",
        "exception.message": "too far",
        "exception.stacktrace": error.stack,
      });
      expect(second?.attributes).toMatchObject({ "exception.type": "mine", "exception.message": "too far" });
    });

    test("the SDK's own limit cuts the number of attributes, and counts", () => {
      const { records } = register();
      new Logger(otelHandler()).info("m", Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])));
      expect(Object.keys(records()[0]?.attributes ?? {})).toHaveLength(128);
      expect(records()[0]?.droppedAttributesCount).toBe(72);
    });

    test("times are safe: small ones are not read as performance.now(), unusable ones are unknown, ties follow one another", () => {
      const { records } = register();
      const times = [5, undefined, Number.NaN, -1, 1e30, TIME, TIME, TIME + 0.25];
      const handler = otelHandler();
      for (const time of times) handler.handle(createRecord({ time }), api.ROOT_CONTEXT);
      expect(records().map(({ hrTime }) => hrTime)).toEqual([
        [0, 5_000_000],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        HR,
        [HR[0], HR[1] + 1],
        [HR[0], HR[1] + 250_000],
      ]);
    });

    test("every level has its number and its name", () => {
      const { records } = register();
      const logger = new Logger(otelHandler(), { level: "trace" });
      for (const level of [1, 5, 9, 10, 13, 17, 21, 24]) logger.log(level, "m");
      expect(records().map(({ severityNumber, severityText }) => `${severityNumber} ${severityText}`)).toEqual([
        "1 TRACE",
        "5 DEBUG",
        "9 INFO",
        "10 INFO2",
        "13 WARN",
        "17 ERROR",
        "21 FATAL",
        "24 FATAL4",
      ]);
    });

    test("defect 9 of slog-otel: what one branch sends leaves the record of the next as it was", () => {
      register();
      const memory = memoryHandler();
      const alone = memoryHandler();
      const attrs = { err: new Error("e"), g: { a: 1 } };
      new Logger(fanout(otelHandler(), memory), { clock }).with({ b: 1 }).info("m", attrs);
      new Logger(alone, { clock }).with({ b: 1 }).info("m", attrs);
      expect(memory.records).toEqual(alone.records);
    });
  });
}
