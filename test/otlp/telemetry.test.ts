import { createHook } from "node:async_hooks";
import { context, metrics, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { isTracingSuppressed, suppressTracing } from "@opentelemetry/core";
import { afterEach, describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";
import type { Attributes, MeterProvider, ObservableCallback } from "@opentelemetry/api";

afterEach(() => {
  context.disable();
  metrics.disable();
});

/** Is a MeterProvider that keeps what it is told, and collects when it is asked. */
function meterProvider(): { provider: MeterProvider; collect: () => Map<string, { value: number; attributes: Attributes }[]> } {
  const callbacks: { name: string; callback: ObservableCallback }[] = [];
  const recorded: { name: string; value: number; attributes: Attributes }[] = [];
  const observable = (name: string) => ({ addCallback: (callback: ObservableCallback) => callbacks.push({ name, callback }) });
  const meter = {
    createObservableUpDownCounter: observable,
    createObservableCounter: observable,
    createHistogram: (name: string) => ({
      record: (value: number, attributes: Attributes) => recorded.push({ name, value, attributes }),
    }),
  };
  const collect = (): Map<string, { value: number; attributes: Attributes }[]> => {
    const all = new Map<string, { value: number; attributes: Attributes }[]>();
    const add = (name: string, value: number, attributes: Attributes): void =>
      void all.set(name, [...(all.get(name) ?? []), { value, attributes }]);
    for (const { name, value, attributes } of recorded) add(name, value, attributes);
    for (const { name, callback } of callbacks)
      void callback({ observe: (value: number, attributes: Attributes = {}) => add(name, value, attributes) });
    return all;
  };
  return { provider: { getMeter: () => meter } as unknown as MeterProvider, collect };
}

describe.skipIf(PROTO_DIR === undefined)("beside OpenTelemetry", () => {
  test("requests are made where tracing is suppressed, and hold no context of the app's", async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const seen: { suppressed: boolean; span: unknown }[] = [];
    const to = await receiver();
    const handler = otlpHandler({
      env: {},
      endpoint: to.url,
      fetch: async (url, init) => {
        seen.push({ suppressed: isTracingSuppressed(context.active()), span: trace.getSpan(context.active()) });
        return fetch(url, init);
      },
    });
    const span = trace.wrapSpanContext({
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    });
    await context.with(trace.setSpan(ROOT_CONTEXT, span), async () => {
      new Logger(handler).info("x");
      await handler.flush();
    });
    expect(seen).toEqual([{ suppressed: true, span: undefined }]);
    expect(to.received[0]?.records[0]?.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    await handler.shutdown();
    await to.close();
  });

  test("a record that is logged where tracing is suppressed is sent", async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const to = await receiver();
    const handler = otlpHandler({ env: {}, endpoint: to.url });
    context.with(suppressTracing(ROOT_CONTEXT), () => new Logger(handler).info("x"));
    await handler.shutdown();
    expect(to.messages()).toEqual(["x"]);
    await to.close();
  });

  test("the counts are the metrics of the semantic conventions, for a MeterProvider that is registered late", async () => {
    const to = await receiver();
    const handler = otlpHandler({ env: {}, endpoint: to.url, maxQueueRecords: 1000 });
    const logger = new Logger(handler);
    const { provider, collect } = meterProvider();
    logger.info("before");
    await handler.flush();
    metrics.setGlobalMeterProvider(provider);
    to.script.push(200, 401);
    for (let i = 0; i < 2; i++) {
      logger.info("after");
      await handler.flush().catch(() => {});
    }
    logger.info("waiting");
    const all = collect();
    const values = (name: string): number[] => (all.get(name) ?? []).map(({ value }) => value);
    expect(values("otel.sdk.processor.log.queue.size")).toEqual([1]);
    expect(values("otel.sdk.processor.log.queue.capacity")).toEqual([1000]);
    expect(values("otel.sdk.exporter.log.inflight")).toEqual([0]);
    expect(all.get("otel.sdk.exporter.log.exported")?.map(({ value, attributes }) => [attributes["error.type"], value])).toEqual([
      [undefined, 2],
      ["refused", 1],
      ["rejected", 0],
    ]);
    expect(
      all.get("otel.sdk.exporter.operation.duration")?.map(({ attributes }) => attributes["http.response.status_code"]),
    ).toEqual([undefined, 401]);
    expect(all.get("otel.sdk.exporter.log.inflight")?.[0]?.attributes).toMatchObject({
      "otel.component.type": "otlp_http_log_exporter",
      "server.address": "127.0.0.1",
      "server.port": to.port,
    });
    await handler.shutdown();
    await to.close();
  });
});

test("an idle handler holds nothing that keeps a process alive", async () => {
  const timers: object[] = [];
  const hook = createHook({
    init: (_id, type, _trigger, resource) => void (type === "Timeout" && timers.push(resource)),
  }).enable();
  const handler = otlpHandler({ env: {}, transport: { send: async () => new Promise(() => {}), close: () => {} } });
  new Logger(handler).info("x");
  hook.disable();
  expect(timers.length).toBeGreaterThan(0);
  expect(timers.filter((timer) => (timer as NodeJS.Timeout).hasRef())).toEqual([]);
  await handler.flush({ timeoutMs: 1 }).catch(() => {});
});
