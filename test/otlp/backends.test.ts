import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { freePort } from "../runtime/free-port.ts";
import { findBackend, startBackend } from "./backends.ts";
import { PROTO_DIR, recordsOf } from "./protocol.ts";
import { receiver } from "./receiver.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Backend } from "./backends.ts";
import type { Receiver } from "./receiver.ts";

const collectorBinary = findBackend("otelcol", "OTELCOL_BIN", "otelcol-min");
const storeBinary = findBackend("victoria-logs", "VICTORIALOGS_BIN", "victoria-logs");
const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
const TIME = Date.now();

function recordOf(message: string, attrs: object): LogRecord {
  const binding = Binding.attrs(undefined, { service: "shop" });
  const baggage = [["tenant", "ümlaut 1"]] as const;
  return createRecord({
    time: TIME,
    level: 13,
    message,
    logger: "orders",
    eventName: "order.paid",
    attrs: { ...attrs },
    binding,
    baggage,
    spanContext: SPAN,
  });
}

const HOSTILE: readonly object[] = [
  { a: NaN, b: Infinity, c: -Infinity, d: 2n ** 63n, e: -(2n ** 63n), f: 1e21, g: -0, h: Number.MAX_SAFE_INTEGER, i: 2 ** 53 },
  { a: "\ud800", b: "\0\u2028😀", c: null, d: [], e: [[], {}, null, undefined], f: new Uint8Array([0, 1, 255]) },
  { err: new TypeError("bad", { cause: new Error("why") }), date: new Date(0), map: new Map([["k", 1]]), set: new Set([1]) },
  { deep: Array.from({ length: 60 }).reduce<object>((inner) => ({ inner }), {}), long: "x".repeat(70_000) },
  Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])),
  { "": 1, __proto__: null, ["x".repeat(300)]: "ä".repeat(300), nested: { list: [{ a: 1.5 }] } },
];

describe.skipIf(collectorBinary === undefined || PROTO_DIR === undefined)("the real Collector", () => {
  let sink: Receiver;
  let collector: Backend;
  let port: number;

  beforeAll(async () => {
    sink = await receiver();
    port = await freePort();
    const config = `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters:
  otlp_http/sink: { endpoint: "${sink.url}", encoding: json, compression: none, sending_queue: { enabled: false }, retry_on_failure: { enabled: false } }
service:
  telemetry: { logs: { level: error }, metrics: { level: none } }
  pipelines: { logs: { receivers: [otlp], exporters: [otlp_http/sink] } }
`;
    collector = await startBackend(collectorBinary ?? "", (dir) => ["--config", `${dir}/config.yaml`], port, config);
  });
  afterAll(async () => {
    await collector.stop();
    await sink.close();
  });

  test.each([
    ["http/protobuf", "none"],
    ["http/protobuf", "gzip"],
    ["http/json", "none"],
    ["http/json", "gzip"],
  ] as const)("%s, %s: every field arrives as it was sent, hostile records among good ones", async (protocol, compression) => {
    sink.received.length = 0;
    const direct = await receiver();
    const records = HOSTILE.flatMap((attrs, i) => [
      recordOf(`good ${i}`, { orderId: i, total: 12.5, ok: true, items: ["a"] }),
      recordOf(`hostile ${i}`, attrs),
    ]);
    for (const endpoint of [direct.url, `http://127.0.0.1:${port}`]) {
      const handler = otlpHandler({ env: {}, endpoint, protocol, compression });
      for (const record of records) handler.handle(record, undefined as never);
      await handler.shutdown();
    }
    const sent = direct.received.flatMap(({ request }) => recordsOf(request));
    const forwarded = sink.received.flatMap(({ request }) => recordsOf(request));
    expect(forwarded).toHaveLength(records.length);
    expect(forwarded).toEqual(sent);
    expect(sent[0]).toMatchObject({
      level: 13,
      severity: "WARN",
      body: "good 0",
      scope: "orders",
      eventName: "order.paid",
      traceId: SPAN.traceId,
    });
    await direct.close();
  });

  test("it reads 64 levels, where one asks for more than the 24 that every decoder reads", async () => {
    sink.received.length = 0;
    let value: unknown = "deepest";
    for (let i = 0; i < 64; i++) value = { v: value };
    const handler = otlpHandler({ env: {}, endpoint: `http://127.0.0.1:${port}`, limits: { depth: 64 } });
    new Logger(handler).info("deep", { value });
    await handler.shutdown();
    expect(JSON.stringify(sink.received[0]?.records[0]?.attributes)).toContain('"deepest"');
  });

  test("it answers 503 while what stands behind it is down, and gets all when that is back", async () => {
    sink.received.length = 0;
    const handler = otlpHandler({
      env: {},
      endpoint: `http://127.0.0.1:${port}`,
      scheduleDelayMs: 10,
      firstRetryMs: 50,
      maxBatchRecords: 20,
    });
    const logger = new Logger(handler);
    await sink.close();
    for (let i = 0; i < 100; i++) logger.info(`m${i}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(handler.stats().retries).toBeGreaterThan(0);
    await sink.reopen();
    await handler.shutdown();
    expect(sink.messages()).toEqual(Array.from({ length: 100 }, (_, i) => `m${i}`));
  });
});

describe.skipIf(storeBinary === undefined)("a real log store", () => {
  test("records are found by query, by trace and by attribute, with what they carry", async () => {
    const port = await freePort();
    const store = await startBackend(
      storeBinary ?? "",
      (dir) => [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${dir}`, "-retentionPeriod=100y"],
      port,
    );
    const url = `http://127.0.0.1:${port}`;
    const handler = otlpHandler({
      env: {},
      url: `${url}/insert/opentelemetry/v1/logs`,
      compression: "gzip",
      resource: { "service.name": "shop-test" },
    });
    for (let i = 0; i < 3; i++)
      handler.handle(recordOf(`paid ${i}`, { orderId: 17 + i, total: 12.5, o: { k: "v" }, nan: NaN }), undefined as never);
    await handler.shutdown();
    await official(`${url}/insert/opentelemetry/v1/logs`);
    const rows = await query(url, "tenant:ümlaut", 3);
    const [theirs] = await query(url, "official", 1);
    expect(rows.map((row) => row["_msg"])).toEqual(["paid 0", "paid 1", "paid 2"]);
    expect(rows[0]).toMatchObject({
      // This store shows the ids of protobuf as bytes; those of the official exporter as well.
      trace_id: theirs?.["trace_id"],
      span_id: theirs?.["span_id"],
      severity: "WARN",
      orderId: "17",
      total: "12.5",
      service: "shop",
      tenant: "ümlaut 1",
      "service.name": "shop-test",
    });
    // The store leaves out zeros at the end, so the time is compared as one.
    expect(Date.parse(String(rows[0]?.["_time"]))).toBe(TIME);
    expect(await query(url, "orderId:=19", 1)).toHaveLength(1);
    await store.stop();
  });

  async function official(url: string): Promise<void> {
    const exporter = new OTLPLogExporter({ url });
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    const context = trace.setSpanContext(ROOT_CONTEXT, SPAN);
    provider.getLogger("theirs").emit({ body: "official", severityNumber: 13, context });
    await provider.shutdown();
  }

  async function query(url: string, text: string, count: number): Promise<Record<string, string>[]> {
    for (let tries = 0; tries < 100; tries++) {
      const response = await fetch(`${url}/select/logsql/query`, { method: "POST", body: new URLSearchParams({ query: text }) });
      const rows = (await response.text())
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, string>);
      if (rows.length >= count) return rows.toSorted((a, b) => String(a["_msg"]).localeCompare(String(b["_msg"])));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`nothing found for ${text}`);
  }
});
