import { describe, expect, test } from "vitest";
import { createRecord, fanout, Logger, memoryHandler } from "../../src/index.ts";
import { otelHandler, spanEventProcessor, spanEvents } from "../../src/otel/index.ts";
import { ended, memoryTracer, remoteContext } from "./generation.ts";
import type { Context, Span } from "@opentelemetry/api";
import type { Attrs } from "../../src/index.ts";
import type { SpanEventOptions } from "../../src/otel/index.ts";
import type { Generation } from "./generation.ts";

const TIME = Date.UTC(2026, 10, 22, 4, 5, 6, 789);
const SECONDS = Math.floor(TIME / 1000);

/** Puts records onto a live span in each of the two ways: by the handler, and by the processor of the SDK's own LoggerProvider. */
type Way = "handler" | "processor";

export function describeSpanEvents(otel: Generation): void {
  const { api, sdkLogs } = otel;

  const loggerOf = (way: Way, options: SpanEventOptions): Logger => {
    if (way === "handler") return new Logger(spanEvents(options), { level: "trace", clock: () => TIME });
    const loggerProvider = new sdkLogs.LoggerProvider({ processors: [spanEventProcessor(options)] });
    return new Logger(otelHandler({ loggerProvider }), { level: "trace", clock: () => TIME });
  };

  const onSpan = (way: Way, options: SpanEventOptions, log: (logger: Logger, ctx: Context, span: Span) => void) => {
    const span = memoryTracer(otel).tracer.startSpan("request");
    log(loggerOf(way, options), api.trace.setSpan(api.ROOT_CONTEXT, span), span);
    return ended(span);
  };

  for (const way of ["handler", "processor"] as const) {
    describe(`span events by the ${way}, SDK ${otel.number}.x`, () => {
      test("bridge: only a record with an event name becomes an event, with its name, time and all attributes", () => {
        const { events, times } = onSpan(way, {}, (logger, ctx) => {
          logger.info(ctx, "no event", { a: 1 });
          logger
            .with({ shop: "b" })
            .withGroup("order")
            .event(ctx, "order.paid", { id: 17, lines: [1, 2] });
        });
        expect(events).toEqual([{ name: "order.paid", attributes: { shop: "b", "order.id": 17, "order.lines": [1, 2] } }]);
        expect(times).toEqual([[SECONDS, 789_000_001]]);
      });

      test("mirror: every record from the level up, with severity and message", () => {
        const { events } = onSpan(way, { mode: "mirror" }, (logger, ctx) => {
          logger.debug(ctx, "too low");
          logger.info(ctx, "info", { a: 1 });
          logger.event(ctx, "named", { "log.message": "the user's" });
        });
        expect(events).toEqual([
          { name: "log", attributes: { "log.severity": "INFO", "log.message": "info", a: 1 } },
          { name: "named", attributes: { "log.severity": "INFO", "log.message": "named", "attr.log.message": "the user's" } },
        ]);
      });

      const values: readonly { name: string; attrs: Attrs; want: object }[] = [
        {
          name: "defect 1 of slog-otel: all members of a group",
          attrs: { g: { a: 1, b: "x", c: true } },
          want: { "g.a": 1, "g.b": "x", "g.c": true },
        },
        { name: "defect 2 of slog-otel: groups in groups", attrs: { g1: { g2: { k: 1 } } }, want: { "g1.g2.k": 1 } },
        {
          name: "defect 3 of slog-otel: integers of every size",
          attrs: { small: 5n, big: 2n ** 63n, zero: 0 },
          want: { small: 5, big: "9223372036854775808", zero: 0 },
        },
        { name: "defect 10 of slog-otel: a group without a name", attrs: { "": { k: 1 }, none: {} }, want: { k: 1 } },
        {
          name: "arrays of one type",
          attrs: { s: ["a", "b"], n: [1, 2.5], b: [true], empty: [] },
          want: { s: ["a", "b"], n: [1, 2.5], b: [true], empty: [] },
        },
        {
          name: "other arrays, as JSON",
          attrs: { mixed: [1, "a", null], deep: [{ a: [1n] }], nan: [Number.NaN, 1] },
          want: { mixed: '[1,"a",null]', deep: '[{"a":[1]}]', nan: '["NaN",1]' },
        },
        {
          name: "null, NaN, bytes, dates, maps",
          attrs: {
            n: null,
            nan: Number.NaN,
            bytes: new Uint8Array([1, 2, 255]),
            d: new Date(TIME),
            m: new Map<string, unknown>([
              ["k", 1],
              ["none", new Map()],
            ]),
          },
          want: { n: "null", nan: "NaN", bytes: "AQL/", d: "2026-11-22T04:05:06.789Z", "m.k": 1 },
        },
      ];
      test.each(values)("attributes: $name", ({ attrs, want }) => {
        const { events } = onSpan(way, {}, (logger, ctx) => logger.event(ctx, "e", attrs));
        expect(events).toEqual([{ name: "e", attributes: want }]);
      });

      test("defect 4 of slog-otel: what with() bound is in the event, and baggage behind it", () => {
        const { events } = onSpan(way, {}, (logger, ctx) => {
          const baggage = api.propagation.createBaggage({ tenant: { value: "t" }, component: { value: "evil" } });
          logger.with({ component: "db" }).event(api.propagation.setBaggage(ctx, baggage), "e", { a: 1 });
        });
        expect(events).toEqual([{ name: "e", attributes: { component: "db", a: 1, tenant: "t" } }]);
      });

      test("an Error is in the event by its parts, and by the convention's names", () => {
        const error = new RangeError("too far");
        const { events } = onSpan(way, { mode: "mirror" }, (logger, ctx) => logger.error(ctx, "failed", error));
        expect(events).toEqual([
          {
            name: "log",
            attributes: {
              "log.severity": "ERROR",
              "log.message": "failed",
              "err.type": "RangeError",
              "err.message": "too far",
              "err.stack": error.stack,
              "exception.type": "RangeError",
              "exception.message": "too far",
              "exception.stacktrace": error.stack,
            },
          },
        ]);
      });

      test("recordException adds the exception itself", () => {
        const error = new RangeError("too far");
        const { events } = onSpan(way, { recordException: true }, (logger, ctx) => {
          logger.info(ctx, "nothing");
          logger.error(ctx, "failed", error);
        });
        const attributes = {
          "exception.type": "RangeError",
          "exception.message": "too far",
          "exception.stacktrace": error.stack,
        };
        expect(events).toEqual([{ name: "exception", attributes }]);
      });

      test("status: never by default, also for an error", () => {
        const { status } = onSpan(way, { mode: "mirror" }, (logger, ctx) => logger.fatal(ctx, "failed", new Error("why")));
        expect(status).toEqual({ code: 0 });
      });

      test("status: error sets it from ERROR up, with the Error's own message, or the record's", () => {
        const policy: SpanEventOptions = { status: "error" };
        const warned = onSpan(way, policy, (logger, ctx) => logger.warn(ctx, "w", new Error("why")));
        const failed = onSpan(way, policy, (logger, ctx) => logger.error(ctx, "failed", new Error("why")));
        const plain = onSpan(way, policy, (logger, ctx) => logger.error(ctx, "failed", { a: 1 }));
        expect([warned.status, failed.status, plain.status]).toEqual([
          { code: 0 },
          { code: 2, message: "why" },
          { code: 2, message: "failed" },
        ]);
        expect(failed.events).toEqual([]);
      });

      test("status: a function decides, and one that throws costs only the status", () => {
        const { status } = onSpan(
          way,
          {
            status: ({ level, attrs }) => (level >= 13 ? { code: 2, message: `order ${String(attrs["order.id"])}` } : undefined),
          },
          (logger, ctx) => {
            logger.warn(ctx, "m", { order: { id: 5 } });
            logger.info(ctx, "m");
          },
        );
        expect(status).toEqual({ code: 2, message: "order 5" });
        const broken: SpanEventOptions = {
          mode: "mirror",
          status: () => {
            throw new Error("policy");
          },
        };
        expect(onSpan(way, broken, (logger, ctx) => logger.info(ctx, "m")).events).toHaveLength(1);
      });

      test("defect 8 of slog-otel: a talkative request does not push its exception out, and says how many were dropped", () => {
        const { events, attributes } = onSpan(way, { mode: "mirror" }, (logger, ctx) => {
          for (let i = 0; i < 200; i++) logger.info(ctx, `m${i}`);
          logger.error(ctx, "failed", new Error("why"));
          for (let i = 0; i < 200; i++) logger.error(ctx, `e${i}`);
        });
        expect(events.slice(0, 24).map((each) => each.attributes?.["log.message"])).toEqual(
          Array.from({ length: 24 }, (_, i) => `m${i}`),
        );
        expect(events[24]?.attributes).toMatchObject({ "log.message": "failed", "exception.message": "why" });
        expect(events).toHaveLength(32);
        expect(attributes).toEqual({ "log.dropped_events_count": 200 - 24 + 200 - 7 });
      });

      test("each span has a budget of its own, and errors use what others left", () => {
        const log = (logger: Logger, ctx: Context): void => {
          for (let i = 0; i < 6; i++) logger.error(ctx, `e${i}`);
        };
        const options: SpanEventOptions = { mode: "mirror", maxEvents: 4 };
        expect(onSpan(way, options, log).events).toHaveLength(4);
        const logger = loggerOf(way, options);
        const { tracer } = memoryTracer(otel);
        const spans = [tracer.startSpan("a"), tracer.startSpan("b")];
        for (const span of spans) log(logger, api.trace.setSpan(api.ROOT_CONTEXT, span));
        expect(spans.map((span) => ended(span).events.length)).toEqual([4, 4]);
      });

      test("nothing is put onto a span that has ended or does not record, and nothing throws", () => {
        const touched: string[] = [];
        const spy = (isRecording: boolean): Span =>
          new Proxy({} as Span, {
            get: (_target, name) => {
              if (name === "isRecording") return () => isRecording;
              if (name === "spanContext") return () => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 });
              touched.push(String(name));
              return () => {
                throw new Error("a span that throws");
              };
            },
          });
        const logger = loggerOf(way, { mode: "mirror", recordException: true, status: "error" });
        logger.error(api.trace.setSpan(api.ROOT_CONTEXT, spy(false)), "ended", new Error("e"));
        expect(touched).toEqual([]);
        logger.error(api.trace.setSpan(api.ROOT_CONTEXT, spy(true)), "throws", new Error("e"));
        expect(touched).toEqual(["addEvent"]);
        const ctx = api.trace.setSpan(api.ROOT_CONTEXT, spy(true));
        const record = createRecord({ message: "m", eventName: "e", spanContext: spy(true).spanContext() });
        spanEvents().handle(record, ctx);
        const emitted = {
          hrTime: [1, 1],
          hrTimeObserved: [1, 1],
          spanContext: spy(true).spanContext(),
          eventName: "e",
          attributes: {},
        };
        spanEventProcessor().onEmit(emitted as never, ctx);
        expect(touched).toHaveLength(3);
      });
    });
  }

  describe(`span events, SDK ${otel.number}.x`, () => {
    test("both ways make the same of a record", () => {
      const err = new TypeError("t");
      const log = (logger: Logger, ctx: Context): void => {
        logger
          .with({ a: [1] })
          .withGroup("g")
          .error(ctx, "m", { b: { c: null }, list: [1, "2"] });
        logger.event(ctx, "e", { err, n: 2n ** 70n });
      };
      const options: SpanEventOptions = { mode: "mirror", status: "error" };
      expect(onSpan("handler", options, log)).toEqual(onSpan("processor", options, log));
    });

    test("ids are compared whatever their case, both of them", () => {
      const added: string[] = [];
      const ids = { traceId: "A".repeat(32), spanId: "B".repeat(16), traceFlags: 1 };
      const span = { isRecording: () => true, spanContext: () => ids, addEvent: (name: string) => added.push(name) };
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span as unknown as Span);
      new Logger(spanEvents()).event(ctx, "same");
      for (const change of [{ traceId: "c".repeat(32) }, { spanId: "c".repeat(16) }]) {
        spanEvents().handle(createRecord({ eventName: "other", spanContext: { ...ids, ...change } }), ctx);
      }
      expect(added).toEqual(["same"]);
    });

    test("a getter among the attributes is run once, and an Error in a group gives the status its message", () => {
      let read = 0;
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const logger = new Logger(spanEvents({ mode: "mirror", status: "error", recordException: true }));
      logger.info(ctx, "m", {
        get read() {
          return ++read;
        },
      });
      logger.withGroup("g").error(ctx, "failed", new Error("why"));
      expect(read).toBe(1);
      expect(ended(span).status).toEqual({ code: 2, message: "why" });
    });

    test("a record of another span's ids is not put onto the context's", () => {
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const { ctx: other } = remoteContext(otel, 1);
      const handler = spanEvents({ mode: "mirror" });
      const spanContext = api.trace.getSpanContext(other);
      handler.handle(createRecord({ message: "other", spanContext, time: TIME }), ctx);
      handler.handle(createRecord({ message: "none", time: TIME }), ctx);
      spanEventProcessor({ mode: "mirror" }).onEmit(
        { hrTime: [0, 0], hrTimeObserved: [1, 0], spanContext, severityNumber: 9, body: "other", attributes: {} },
        ctx,
      );
      expect(ended(span).events).toEqual([]);
    });

    test("the handler wants a record only where a span records: without one nothing is made", () => {
      const handler = spanEvents({ mode: "mirror", level: "warn" });
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const asked = [
        handler.enabled(9, ctx),
        handler.enabled(13, ctx),
        handler.enabled(13),
        handler.enabled(13, remoteContext(otel, 0).ctx),
      ];
      expect(asked).toEqual([false, true, false, false]);
      api.context.with(ctx, () => expect(handler.enabled(13)).toBe(true));
      span.end();
      expect(handler.enabled(13, ctx)).toBe(false);
      expect(handler.threshold?.level).toBe(13);
    });

    test("recordException hands the span the Error that was logged, also from a group or a binding, once", () => {
      const given: unknown[] = [];
      const span = memoryTracer(otel).tracer.startSpan("request");
      span.recordException = (error) => void given.push(error);
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const logger = new Logger(spanEvents({ recordException: true }));
      const errors = [new Error("own"), new Error("in a group"), new Error("bound")];
      logger.error(ctx, "m", { reason: errors[0] });
      logger.withGroup("g").error(ctx, "m", errors[1]);
      const bound = logger.with({ err: errors[2] });
      bound.error(ctx, "m");
      bound.error(ctx, "the same again");
      logger.error(ctx, "the first again", errors[0]);
      expect(given).toEqual(errors);
      const next = memoryTracer(otel).tracer.startSpan("next");
      bound.error(api.trace.setSpan(ctx, next), "m");
      expect(ended(next).events).toHaveLength(1);
      span.end();
    });

    test("the processor stops nothing: the record is exported as if it were not there", async () => {
      const run = (processors: object[]) => {
        const exporter = new sdkLogs.InMemoryLogRecordExporter();
        const provider = new sdkLogs.LoggerProvider({
          processors: [...processors, new sdkLogs.SimpleLogRecordProcessor({ exporter })] as never,
        });
        const span = memoryTracer(otel).tracer.startSpan("request");
        const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
        provider
          .getLogger("x")
          .emit({ timestamp: [1, 2], body: { a: 1 }, eventName: "e", attributes: { n: { m: [1] } }, context: ctx });
        const events = ended(span).events;
        return { attributes: exporter.getFinishedLogRecords().map(({ attributes, body }) => ({ attributes, body })), events };
      };
      const processor = spanEventProcessor({ mode: "mirror" });
      expect(run([processor]).attributes).toEqual(run([]).attributes);
      const [event] = run([processor]).events;
      expect(event).toEqual({ name: "e", attributes: { "log.severity": "INFO", "log.message": '{"a":1}', "n.m": [1] } });
      // Another processor wants the record, so this one is given it too.
      expect(run([spanEventProcessor({ mode: "mirror", level: "warn" })]).events).toEqual([]);
      await Promise.all([processor.forceFlush(), processor.shutdown()]);
    });

    test("a record without a usable time is put onto the span at the span's own", () => {
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const spanContext = span.spanContext();
      for (const time of [undefined, Number.NaN, 1e15])
        spanEvents().handle(createRecord({ time, eventName: "e", spanContext }), ctx);
      const now = Date.now() / 1000;
      for (const [seconds] of ended(span).times) expect(Math.abs(seconds - now)).toBeLessThan(60);
    });

    test("a record of the SDK's without a time is put at its observed time", () => {
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const spanContext = span.spanContext();
      spanEventProcessor().onEmit({ hrTime: [0, 0], hrTimeObserved: [7, 1], eventName: "e", attributes: {}, spanContext }, ctx);
      expect(ended(span).times).toEqual([[7, 1]]);
    });

    test("mirror: what is named as severity and message are keeps its value, whatever else is there and in whatever order", () => {
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const logger = new Logger(spanEvents({ mode: "mirror" }));
      logger.info(ctx, "m", { "attr.log.message": 1, "log.message": 2, valueOf: 3 });
      logger.info(ctx, "m", { "log.message": 2, "attr.log.message": 1, valueOf: 3 });
      const attributes = {
        "log.severity": "INFO",
        "log.message": "m",
        "attr.log.message": 1,
        "attr.attr.log.message": 2,
        valueOf: 3,
      };
      expect(ended(span).events).toEqual([
        { name: "log", attributes },
        { name: "log", attributes },
      ]);
    });

    test("members below a long path are one attribute of JSON, so that no key is written ten thousand times", () => {
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const logger = new Logger(spanEvents());
      const [longest, longer] = ["k".repeat(256), "k".repeat(257)];
      logger.event(ctx, "e", { [longest]: { a: 1, b: { c: 2 } }, [longer]: { a: 1, b: { c: [2n, Uint8Array.of(1)] } } });
      const attributes = { [`${longest}.a`]: 1, [`${longest}.b`]: '{"c":2}', [longer]: '{"a":1,"b":{"c":[2,"AQ=="]}}' };
      expect(ended(span).events).toEqual([{ name: "e", attributes }]);
    });

    test("bridge: a severity of 0 says that there is none, and the event is put onto the span", () => {
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const loggerProvider = new sdkLogs.LoggerProvider({ processors: [spanEventProcessor()] });
      loggerProvider.getLogger("x").emit({ severityNumber: 0, eventName: "e", attributes: {}, context: ctx });
      expect(ended(span).events).toEqual([{ name: "e", attributes: {} }]);
    });

    test("in a fan-out the other branches see the record as it was", () => {
      const memory = memoryHandler();
      const alone = memoryHandler();
      const span = memoryTracer(otel).tracer.startSpan("request");
      const ctx = api.trace.setSpan(api.ROOT_CONTEXT, span);
      const attrs = { err: new Error("e"), g: { a: 1 } };
      new Logger(fanout(spanEvents({ mode: "mirror" }), memory), { clock: () => TIME }).info(ctx, "m", attrs);
      new Logger(alone, { clock: () => TIME }).info(ctx, "m", attrs);
      expect(memory.records).toEqual(alone.records);
      expect(ended(span).events).toHaveLength(1);
    });
  });
}
