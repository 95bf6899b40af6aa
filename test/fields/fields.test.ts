import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { datadogHandler } from "../../src/fields/datadog.ts";
import { ecsHandler } from "../../src/fields/ecs.ts";
import { gcpHandler, gcpSeverity } from "../../src/fields/gcp.ts";
import { parseLevel } from "../../src/level/level.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { contextWith, SPAN_ID, testHandler, TRACE_ID } from "../../src/testing/index.ts";
import { fdWriter } from "../../src/write/descriptor.ts";
import type { LineOptions } from "../../src/console/line-options.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { Source } from "../../src/record/source.ts";
import type { ConformanceOptions, ParsedRecord } from "../../src/testing/index.ts";

type Fields = Record<string, unknown>;
type Make = (options: LineOptions) => Handler;

const gcp: Make = (options) => gcpHandler({ projectId: "shop", ...options });
const SEVERITIES: Fields = { DEBUG: 5, INFO: 9, NOTICE: 11, WARNING: 13, ERROR: 17, CRITICAL: 21, ALERT: 23, EMERGENCY: 24 };

/** Takes fields out of a line, so that what is left are its attributes. */
function taker(line: string): readonly [Fields, (key: string) => unknown] {
  const fields = JSON.parse(line) as Fields;
  const take = (key: string): unknown => {
    const value = fields[key];
    delete fields[key];
    return value;
  };
  return [fields, take];
}

const flags = (value: unknown): number | undefined => (value === undefined ? undefined : Number.parseInt(String(value), 16));

/** Gives the kit's values of an error, and of a key that the backend has another type for, the keys they had in the call. */
function asCalled(attrs: Fields): Fields {
  const entries = Object.entries(attrs).map(([key, value]) => [
    key === "error" && !("v" in attrs) ? "v" : key.replace(/^(?:attr\.)+(?!attr\.)(?=(?:user|service|host|process|url)$)/, ""),
    value,
  ]);
  return Object.fromEntries(entries) as Fields;
}

function common(level: number, message: unknown, time: unknown): Pick<ParsedRecord, "level" | "message" | "time"> {
  return { level, message: String(message), time: time === undefined ? undefined : Date.parse(String(time)) };
}

const READ: Record<string, (line: string) => ParsedRecord> = {
  ecs(line) {
    const [attrs, take] = taker(line);
    const head = common(parseLevel(String(take("log.level"))), take("message"), take("@timestamp"));
    expect(take("ecs.version")).toBe("8.11.0");
    const names = { eventName: take("event.action"), logger: take("log.logger") };
    const ids = { traceId: take("trace.id"), spanId: take("span.id"), traceFlags: flags(take("trace_flags")) };
    if ("labels.dropped_attributes_count" in attrs) attrs["dropped_attributes_count"] = take("labels.dropped_attributes_count");
    return { ...head, ...names, ...ids, attrs: asCalled(attrs) } as ParsedRecord;
  },
  gcp(line) {
    const [attrs, take] = taker(line);
    const head = common(Number(SEVERITIES[String(take("severity"))]), take("message"), take("time"));
    const traceId = (take("logging.googleapis.com/trace") as string | undefined)?.replace("projects/shop/traces/", "");
    const traceFlags = flags(take("trace_flags"));
    expect(take("logging.googleapis.com/trace_sampled")).toBe(traceFlags === undefined ? undefined : traceFlags % 2 === 1);
    const ids = { traceId, spanId: take("logging.googleapis.com/spanId"), traceFlags };
    take("stack_trace");
    return { ...head, ...ids, eventName: take("event_name"), logger: take("logger"), attrs } as ParsedRecord;
  },
  datadog(line) {
    const [attrs, take] = taker(line);
    const head = common(parseLevel(String(take("status"))), take("message"), take("timestamp"));
    const span = take("dd.span_id") as string | undefined;
    const spanId = span === undefined ? undefined : BigInt(span).toString(16).padStart(16, "0");
    const ids = { traceId: take("dd.trace_id"), spanId, traceFlags: flags(take("trace_flags")) };
    return { ...head, ...ids, eventName: take("evt.name"), logger: take("logger.name"), attrs: asCalled(attrs) } as ParsedRecord;
  },
};

const SKIPS: Record<string, ConformanceOptions["skip"]> = {
  ecs: {},
  gcp: {
    levels: "Cloud Logging has 9 severities",
    "level-methods": "Cloud Logging has no TRACE",
  },
  datadog: {},
};

const HANDLERS: Record<string, Make> = { ecs: ecsHandler, gcp, datadog: datadogHandler };

for (const [name, make] of Object.entries(HANDLERS)) {
  describe(`${name} fields conform`, () => {
    testHandler(test, {
      makeHandler() {
        const lines: string[] = [];
        const handler = make({ level: "trace", writer: { write: (text) => lines.push(text) } });
        return { handler, records: () => lines.map((line) => (READ[name] as (line: string) => ParsedRecord)(line)) };
      },
      skip: SKIPS[name] ?? {},
    });
  });
}

function lineOf(make: Make, use: (logger: Logger) => void): Fields {
  const lines: string[] = [];
  use(new Logger(make({ writer: { write: (text) => lines.push(text) } }), { clock: () => 1_000 }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  return JSON.parse(lines[0] ?? "") as Fields;
}

class PaymentError extends Error {
  override name = "PaymentError";
  override stack = "PaymentError: no\n    at pay (pay.ts:1:2)";
  code = 402;
}

const everything = (logger: Logger): void =>
  logger.named("http").event(contextWith({ span: true }), "order.paid", { err: new PaymentError("no"), status: 404, total: 12 });

describe("whole lines", () => {
  const STACK = "PaymentError: no\n    at pay (pay.ts:1:2)";
  const TIME = "1970-01-01T00:00:01.000Z";
  const CASES: readonly { name: string; make: Make; want: Fields }[] = [
    {
      name: "ecs",
      make: ecsHandler,
      want: {
        "@timestamp": TIME,
        "log.level": "info",
        message: "order.paid",
        "ecs.version": "8.11.0",
        "log.logger": "http",
        "event.action": "order.paid",
        error: { type: "PaymentError", message: "no", stack_trace: STACK, code: 402 },
        status: 404,
        total: 12,
        "trace.id": TRACE_ID,
        "span.id": SPAN_ID,
        trace_flags: "01",
      },
    },
    {
      name: "gcp",
      make: gcp,
      want: {
        time: TIME,
        severity: "INFO",
        message: "order.paid",
        logger: "http",
        event_name: "order.paid",
        stack_trace: STACK,
        err: { type: "PaymentError", message: "no", code: 402 },
        status: 404,
        total: 12,
        "logging.googleapis.com/trace": `projects/shop/traces/${TRACE_ID}`,
        "logging.googleapis.com/spanId": SPAN_ID,
        "logging.googleapis.com/trace_sampled": true,
        trace_flags: "01",
      },
    },
    {
      name: "datadog",
      make: datadogHandler,
      want: {
        timestamp: TIME,
        status: "info",
        message: "order.paid",
        "logger.name": "http",
        "evt.name": "order.paid",
        error: { kind: "PaymentError", message: "no", stack: STACK, code: 402 },
        total: 12,
        "attr.status": 404,
        "dd.trace_id": TRACE_ID,
        "dd.span_id": BigInt(`0x${SPAN_ID}`).toString(),
        trace_flags: "01",
      },
    },
  ];
  for (const { name, make, want } of CASES) {
    test(`${name}: every field, in its order`, () => {
      const line = lineOf(make, everything);
      expect(line).toEqual(want);
      expect(Object.keys(line)).toEqual(Object.keys(want));
    });
  }
});

describe("ecs keeps documents that Elasticsearch would refuse", () => {
  const CASES: readonly { name: string; attrs: Fields; want: Fields }[] = [
    {
      name: "a text where the schema has an object is moved",
      attrs: { user: "ann", url: 3 },
      want: { "attr.user": "ann", "attr.url": 3 },
    },
    {
      name: "labels too, which lie at the root without a set of their own",
      attrs: { labels: "a,b", gen_ai: "x", entity: 1 },
      want: { "attr.labels": "a,b", "attr.gen_ai": "x", "attr.entity": 1 },
    },
    { name: "labels that are an object stay", attrs: { labels: { env: "test" } }, want: { labels: { env: "test" } } },
    {
      name: "the names of sets that only lie in others are free",
      attrs: { hash: "9f86d0", os: "linux", geo: 1, risk: "low" },
      want: { hash: "9f86d0", os: "linux", geo: 1, risk: "low" },
    },
    { name: "an object there stays", attrs: { user: { id: 7 } }, want: { user: { id: 7 } } },
    { name: "a service that is a text is its name", attrs: { service: "shop" }, want: { "service.name": "shop" } },
    {
      name: "an object that holds a field of the record's own is moved",
      attrs: { log: { level: "x" } },
      want: { "attr.log": { level: "x" } },
    },
    { name: "one that does not stays", attrs: { event: { outcome: "success" } }, want: { event: { outcome: "success" } } },
    {
      name: "the action of an event is free where the record has no event's name",
      attrs: { event: { action: "login", outcome: "success" } },
      want: { event: { action: "login", outcome: "success" } },
    },
    { name: "so is its dotted name", attrs: { "event.action": "login" }, want: { "event.action": "login" } },
    {
      name: "an error beside an attribute error keeps its name",
      attrs: { error: { id: 1 }, err: "e" },
      want: { error: { id: 1 }, err: "e" },
    },
    { name: "tags that are texts stay", attrs: { tags: ["a", 1, ["b"]] }, want: { tags: ["a", 1, ["b"]] } },
    { name: "tags that are one text stay", attrs: { tags: "a" }, want: { tags: "a" } },
    { name: "tags that are an object are moved", attrs: { tags: { a: 1 } }, want: { "attr.tags": { a: 1 } } },
    {
      name: "tags among which is an object are moved",
      attrs: { tags: ["a", [{ b: 1 }]] },
      want: { "attr.tags": ["a", [{ b: 1 }]] },
    },
    { name: "moving never overwrites", attrs: { "attr.user": 1, user: 2 }, want: { "attr.user": 1, "attr.attr.user": 2 } },
  ];
  for (const { name, attrs, want } of CASES) {
    test(`ecs: ${name}`, () => {
      const {
        "@timestamp": _time,
        "log.level": _level,
        message: _message,
        "ecs.version": _version,
        ...rest
      } = lineOf(ecsHandler, (logger) => logger.info("m", attrs));
      expect(rest).toEqual(want);
    });
  }
});

test("ecs: an event's name is its action, and another one is moved, bound or not", () => {
  const attrs = { event: { action: "login", outcome: "success" }, "event.action": "login" };
  const moved = { "attr.event": attrs.event, "attr.event.action": "login" };
  expect(lineOf(ecsHandler, (logger) => logger.event("user.login", attrs))).toMatchObject({
    "event.action": "user.login",
    ...moved,
  });
  expect(lineOf(ecsHandler, (logger) => logger.with(attrs).event("user.login"))).toMatchObject({
    "event.action": "user.login",
    ...moved,
  });
  expect(lineOf(ecsHandler, (logger) => logger.with(attrs).info("m"))).toMatchObject(attrs);
});

describe("a descriptor gets the bytes of the lines that any writer gets", () => {
  for (const [name, make] of Object.entries(HANDLERS)) {
    test(`from ${name}`, async ({ onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), "correlog-fields-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = join(folder, "lines");
      const writer = fdWriter(openSync(file, "w"));
      const lines: string[] = [];
      for (const options of [{ writer }, { writer: { write: (text: string) => lines.push(text) } }]) {
        const handler = make(options);
        const logger = new Logger(handler, { clock: () => 1_000 }).with({ service: "shop" });
        for (let i = 0; i < 3; i++) logger.named("http").event(contextWith({ span: true }), "order.paid", { status: 404, i });
        for (let i = 0; i < 3; i++) logger.warn("paid", { i, user: { id: 7 }, total: 12.5 });
        await handler.flush?.();
      }
      expect(readFileSync(file, "utf8")).toBe(lines.join(""));
      expect(lines).toHaveLength(6);
    });
  }
});

test("gcp: each level has the severity that the Collector gives it", () => {
  const of = (...levels: number[]): string[] => levels.map(gcpSeverity);
  expect(of(1, 8)).toEqual(["DEBUG", "DEBUG"]);
  expect(of(9, 10, 11, 12)).toEqual(["INFO", "INFO", "NOTICE", "NOTICE"]);
  expect(of(13, 16, 17, 20)).toEqual(["WARNING", "WARNING", "ERROR", "ERROR"]);
  expect(of(21, 22, 23, 24)).toEqual(["CRITICAL", "CRITICAL", "ALERT", "EMERGENCY"]);
});

describe("gcp: the project", () => {
  const NAMES = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"];
  const before = Object.fromEntries(NAMES.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])));
  beforeEach(() => NAMES.forEach((name) => delete process.env[name]));
  afterAll(() => Object.assign(process.env, before));
  const traceOf = (make: Make): unknown =>
    lineOf(make, (logger) => logger.info(contextWith({ span: true }), "m"))["logging.googleapis.com/trace"];

  test("unknown: the trace is its id alone", () => expect(traceOf(gcpHandler)).toBe(TRACE_ID));

  test("is the option's, then the environment's", () => {
    process.env["GCLOUD_PROJECT"] = "second";
    expect(traceOf(gcpHandler)).toBe(`projects/second/traces/${TRACE_ID}`);
    process.env["GOOGLE_CLOUD_PROJECT"] = "first";
    expect(traceOf(gcpHandler)).toBe(`projects/first/traces/${TRACE_ID}`);
    expect(traceOf(gcp)).toBe(`projects/shop/traces/${TRACE_ID}`);
    process.env["GOOGLE_CLOUD_PROJECT"] = "";
    expect(traceOf(gcpHandler)).toBe(`projects/second/traces/${TRACE_ID}`);
  });

  test.each(["a/b", "", 5])("fails at set-up when its id is none: %o", (projectId) => {
    expect(() => gcpHandler({ projectId: projectId as string })).toThrow(
      `projectId: expected the id of a Google Cloud project, also as GOOGLE_CLOUD_PROJECT, got ${JSON.stringify(projectId)}`,
    );
  });
});

describe("the place in the code", () => {
  const source = { file: "src/a.ts", line: 142, function: "pay" };
  const CASES: readonly { name: string; make: Make; source?: Source; attrs?: Fields; want: Fields }[] = [
    {
      name: "ecs",
      make: ecsHandler,
      want: { "log.origin.function": "pay", "log.origin.file.name": "src/a.ts", "log.origin.file.line": 142 },
    },
    {
      name: "gcp: its line is a text",
      make: gcp,
      want: { "logging.googleapis.com/sourceLocation": { file: "src/a.ts", line: "142", function: "pay" } },
    },
    {
      name: "gcp: at the top of a file",
      make: gcp,
      source: { ...source, function: undefined },
      want: { "logging.googleapis.com/sourceLocation": { file: "src/a.ts", line: "142" } },
    },
    {
      name: "gcp: an attribute that says it stays",
      make: gcp,
      attrs: { "logging.googleapis.com/sourceLocation": { file: "b.ts" } },
      want: { "logging.googleapis.com/sourceLocation": { file: "b.ts" } },
    },
    {
      name: "datadog, which has no fields for it",
      make: datadogHandler,
      want: { "code.function.name": "pay", "code.file.path": "src/a.ts", "code.line.number": 142 },
    },
  ];
  for (const { name, make, source: place = source, attrs = {}, want } of CASES) {
    test(`source: ${name}`, () => {
      const lines: string[] = [];
      const handler = make({ writer: { write: (text) => lines.push(text) } });
      handler.handle(createRecord({ message: "m", attrs, source: place }), ROOT_CONTEXT);
      expect(lines).toHaveLength(1);
      const OWN = /^(message|severity|status|log\.level|ecs\.version)$/;
      expect(Object.fromEntries(Object.entries(JSON.parse(lines[0] ?? "")).filter(([key]) => !OWN.test(key)))).toEqual(want);
    });
  }
});
