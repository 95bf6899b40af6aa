import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BaggageRule } from "../../src/context/baggage.ts";
import { activeContext, isContext, ROOT } from "../../src/context/otel-api.ts";
import { Stamper } from "../../src/context/stamp.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { contextWith, SPAN_ID, TRACE_ID } from "../../src/testing/index.ts";
import type { Context, SpanContext } from "@opentelemetry/api";
import type { MemoryRecord } from "../../src/handler/memory.ts";

const stamper = (): Stamper => new Stamper(new BaggageRule());
const IDS = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 };

describe("a stamp", () => {
  const SPANS: readonly { name: string; span: Partial<SpanContext>; want: Partial<SpanContext> | undefined }[] = [
    { name: "holds the ids of a span", span: {}, want: IDS },
    { name: "holds those of a span that is not sampled", span: { traceFlags: 0 }, want: { ...IDS, traceFlags: 0 } },
    { name: "holds all flags", span: { traceFlags: 3 }, want: { ...IDS, traceFlags: 3 } },
    { name: "has no ids of zeros", span: { traceId: "0".repeat(32) }, want: undefined },
    { name: "has no span id of zeros", span: { spanId: "0".repeat(16) }, want: undefined },
    { name: "has no ids that are too short", span: { traceId: "abc" }, want: undefined },
    { name: "has no ids that are no text", span: { traceId: 17 as never }, want: undefined },
    { name: "has no ids with a line end", span: { spanId: `${"a".repeat(15)}\n` }, want: undefined },
    { name: "writes ids in lower case", span: { traceId: TRACE_ID.toUpperCase() }, want: IDS },
  ];
  for (const { name, span, want } of SPANS) {
    test(`a stamp ${name}`, () => {
      const { spanContext } = stamper().stamp(contextWith({ span }));
      expect(spanContext).toEqual(want);
    });
  }

  test("of one context is one object, also when others come between", () => {
    const one = stamper();
    const [first, second] = [contextWith({ span: true }), contextWith({ span: true, baggage: { a: "1" } })];
    const stamp = one.stamp(first);
    expect([one.stamp(second) === one.stamp(first), one.stamp(first) === stamp]).toEqual([false, true]);
  });

  test("of a context without span and baggage is empty", () => {
    expect(stamper().stamp(ROOT)).toEqual({ spanContext: undefined, baggage: undefined });
  });

  const throws = (): never => {
    throw new Error("why");
  };
  const BROKEN: readonly { name: string; ctx: Context }[] = [
    { name: "a context that throws", ctx: { getValue: throws, setValue: throws, deleteValue: throws } },
    { name: "a span that throws", ctx: ROOT.setValue(Symbol.for("OpenTelemetry Context Key SPAN"), { spanContext: throws }) },
    { name: "a span that is none", ctx: ROOT.setValue(Symbol.for("OpenTelemetry Context Key SPAN"), {}) },
    { name: "baggage that throws", ctx: ROOT.setValue(Symbol.for("OpenTelemetry Baggage Key"), { getAllEntries: throws }) },
  ];
  for (const { name, ctx } of BROKEN) {
    test(`cannot be had of ${name}: the record comes out without it`, () => {
      const handler = memoryHandler();
      new Logger(handler).info(ctx, "m", { k: "v" });
      expect(handler.records.map(({ message, attrs }) => [message, attrs])).toEqual([["m", { k: "v" }]]);
    });
  }

  test("cannot be had of a predicate that throws: the record comes out, with its ids", () => {
    const handler = memoryHandler();
    new Logger(handler, { baggage: throws }).info(contextWith({ span: true, baggage: { a: "1" } }), "m");
    expect(handler.records.map(({ message, traceId }) => [message, traceId])).toEqual([["m", TRACE_ID]]);
  });
});

describe("a context", () => {
  test("is told from attributes by its method, whoever made it", () => {
    expect([ROOT, ROOT_CONTEXT, contextWith({ span: true })].map(isContext)).toEqual([true, true, true]);
    expect([undefined, null, 1, "text", {}, { getValue: 1 }, [], new Map()].map(isContext)).toEqual(
      Array.from({ length: 8 }, () => false),
    );
  });

  test("of our own keeps what is set on it, and never changes", () => {
    const key = Symbol("key");
    const set = ROOT.setValue(key, 1);
    expect([ROOT.getValue(key), set.getValue(key), set.deleteValue(key).getValue(key), set.getValue(key)]).toEqual([
      undefined,
      1,
      undefined,
      1,
    ]);
  });
});

describe("with @opentelemetry/api and AsyncLocalStorage", () => {
  const handler = memoryHandler();
  const logger = new Logger(handler);
  const spanOf = (i: number, traceFlags = 1): SpanContext => ({
    traceId: TRACE_ID,
    spanId: String(i).padStart(16, "0"),
    traceFlags,
  });
  const inSpan = (i: number, base: Context = ROOT_CONTEXT): Context => trace.setSpanContext(base, spanOf(i));
  const ids = (records: readonly MemoryRecord[]): unknown =>
    records.map(({ message, spanId }) => [message, spanId && Number(spanId)]);

  beforeEach(() => {
    handler.clear();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(() => context.disable());

  test("a record carries the active span across awaits, timers and callbacks", async () => {
    await context.with(inSpan(1), async () => {
      logger.info("before");
      await sleep(1);
      logger.info("after");
      await new Promise((resolve) => {
        setImmediate(() => {
          logger.withGroup("g").info("callback");
          resolve(undefined);
        });
      });
    });
    logger.info("outside");
    expect(ids(handler.records)).toEqual([
      ["before", 1],
      ["after", 1],
      ["callback", 1],
      ["outside", undefined],
    ]);
  });

  test("tasks that run by turns keep each its own span", async () => {
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) =>
        context.with(inSpan(i + 1), async () => {
          for (let turn = 0; turn < 4; turn++) {
            logger.info(String(i + 1));
            await sleep(0);
          }
        }),
      ),
    );
    expect(handler.records).toHaveLength(200);
    for (const { message, spanId } of handler.records) expect(Number(spanId)).toBe(Number(message));
  });

  test("an explicit context wins over the active one, undefined does not", () => {
    context.with(inSpan(1), () => {
      logger.info(inSpan(2), "explicit");
      logger.info(ROOT_CONTEXT, "explicit root");
      logger.info(undefined, "undefined");
      logger.event(inSpan(3), "event");
      logger.log("warn", inSpan(4), "log");
    });
    expect(ids(handler.records)).toEqual([
      ["explicit", 2],
      ["explicit root", undefined],
      ["undefined", 1],
      ["event", 3],
      ["log", 4],
    ]);
  });

  test("a logger made before the context manager was registered sees it, and one registered anew", () => {
    context.disable();
    logger.info("none");
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    context.with(inSpan(5), () => logger.info("new"));
    expect(ids(handler.records)).toEqual([
      ["none", undefined],
      ["new", 5],
    ]);
  });

  test("without a context manager the active context is empty", () => {
    context.disable();
    expect(trace.getSpanContext(activeContext())).toBeUndefined();
  });

  test("baggage comes from the active context, and is replaced with it", () => {
    const withTenant = (tenant: string): Context =>
      propagation.setBaggage(context.active(), propagation.createBaggage({ tenant: { value: tenant } }));
    context.with(withTenant("t1"), () => {
      logger.info("m");
      context.with(withTenant("t2"), () => logger.info("m"));
      logger.info("m");
    });
    expect(handler.records.map(({ attrs }) => attrs["tenant"])).toEqual(["t1", "t2", "t1"]);
  });

  test("the ids are those at the call, whatever becomes of the span", () => {
    const span: SpanContext & { traceId: string } = spanOf(1);
    const seen: unknown[] = [];
    const late = new Logger({ enabled: () => true, handle: (record) => void seen.push(record.spanContext) });
    late.info(trace.setSpanContext(ROOT_CONTEXT, { ...span }), "m");
    expect(seen).toEqual([spanOf(1)]);
  });
});
