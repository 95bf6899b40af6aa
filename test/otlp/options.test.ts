import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LevelVar } from "../../src/level/level-var.ts";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { readSettings } from "../../src/otlp/settings.ts";
import { retryAfterMs } from "../../src/otlp/retry.ts";
import { VERSION } from "../../src/otlp/version.ts";
import type { OtlpOptions } from "../../src/otlp/index.ts";
import type { Settings } from "../../src/otlp/settings.ts";

let said: string[];

beforeEach(() => {
  said = [];
  vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockImplementation((_fd: number, text: unknown) =>
    said.push(String(text)),
  );
});

afterEach(() => void vi.restoreAllMocks());

function read(env: Record<string, string>, options: OtlpOptions = {}): Settings {
  return readSettings({ env, ...options });
}

const L = "OTEL_EXPORTER_OTLP_LOGS_";
const G = "OTEL_EXPORTER_OTLP_";

describe("an option stands before the signal's variable, that before the general one, and that before the default", () => {
  const cases: readonly {
    name: string;
    env: Record<string, string>;
    options?: OtlpOptions;
    get: (settings: Settings) => unknown;
    want: unknown;
  }[] = [
    { name: "url", env: {}, get: ({ target }) => target.url.href, want: "http://localhost:4318/v1/logs" },
    { name: "url", env: { [`${G}ENDPOINT`]: "http://a:1" }, get: ({ target }) => target.url.href, want: "http://a:1/v1/logs" },
    {
      name: "url",
      env: { [`${G}ENDPOINT`]: "http://a:1/base/" },
      get: ({ target }) => target.url.href,
      want: "http://a:1/base/v1/logs",
    },
    {
      name: "url",
      env: { [`${G}ENDPOINT`]: "http://a:1", [`${L}ENDPOINT`]: "http://b:2/x" },
      get: ({ target }) => target.url.href,
      want: "http://b:2/x",
    },
    {
      name: "url",
      env: { [`${L}ENDPOINT`]: "http://b:2/x" },
      options: { url: "https://c/y" },
      get: ({ target }) => target.url.href,
      want: "https://c/y",
    },
    {
      name: "endpoint",
      env: { [`${L}ENDPOINT`]: "http://b:2/x" },
      options: { endpoint: "http://c" },
      get: ({ target }) => target.url.href,
      want: "http://c/v1/logs",
    },
    {
      name: "an empty variable",
      env: { [`${L}ENDPOINT`]: "", [`${G}ENDPOINT`]: "http://a" },
      get: ({ target }) => target.url.href,
      want: "http://a/v1/logs",
    },
    { name: "timeout", env: {}, get: ({ target }) => target.timeoutMs, want: 10_000 },
    { name: "timeout", env: { [`${G}TIMEOUT`]: "5", [`${L}TIMEOUT`]: "7" }, get: ({ target }) => target.timeoutMs, want: 7 },
    { name: "timeout", env: { [`${G}TIMEOUT`]: "5" }, options: { timeoutMs: 9 }, get: ({ target }) => target.timeoutMs, want: 9 },
    { name: "compression", env: { [`${G}COMPRESSION`]: "gzip" }, get: ({ target }) => target.compression, want: "gzip" },
    {
      name: "compression",
      env: { [`${G}COMPRESSION`]: "gzip", [`${L}COMPRESSION`]: "none" },
      get: ({ target }) => target.compression,
      want: "none",
    },
    { name: "protocol", env: { [`${G}PROTOCOL`]: "http/json" }, get: ({ protocol }) => protocol, want: "http/json" },
    { name: "protocol", env: {}, get: ({ protocol }) => protocol, want: "http/protobuf" },
    {
      name: "schedule delay",
      env: { OTEL_BLRP_SCHEDULE_DELAY: "250" },
      get: ({ scheduleDelayMs }) => scheduleDelayMs,
      want: 250,
    },
    {
      name: "batch size",
      env: { OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: "17" },
      get: ({ maxBatchRecords }) => maxBatchRecords,
      want: 17,
    },
    { name: "queue size", env: { OTEL_BLRP_MAX_QUEUE_SIZE: "2048" }, get: ({ maxQueueRecords }) => maxQueueRecords, want: 2048 },
    { name: "export timeout", env: { OTEL_BLRP_EXPORT_TIMEOUT: "99" }, get: ({ flushTimeoutMs }) => flushTimeoutMs, want: 99 },
    { name: "default shutdown timeout", env: {}, get: ({ shutdownTimeoutMs }) => shutdownTimeoutMs, want: 5000 },
    {
      name: "shutdown timeout",
      env: { OTEL_BLRP_EXPORT_TIMEOUT: "99" },
      get: ({ shutdownTimeoutMs }) => shutdownTimeoutMs,
      want: 99,
    },
    {
      name: "shutdown timeout",
      env: { OTEL_BLRP_EXPORT_TIMEOUT: "99" },
      options: { shutdownTimeoutMs: 200 },
      get: ({ shutdownTimeoutMs }) => shutdownTimeoutMs,
      want: 200,
    },
    {
      name: "depth",
      env: { OTEL_ATTRIBUTE_COUNT_LIMIT: "5" },
      options: { limits: { size: 9 } },
      get: ({ limits }) => limits.depth,
      want: 24,
    },
    { name: "attribute count", env: { OTEL_ATTRIBUTE_COUNT_LIMIT: "5" }, get: ({ limits }) => limits.attributes, want: 5 },
    {
      name: "attribute count",
      env: { OTEL_ATTRIBUTE_COUNT_LIMIT: "5", OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: "6" },
      get: ({ limits }) => limits.attributes,
      want: 6,
    },
    {
      name: "value length",
      env: { OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: "8" },
      options: { limits: { depth: 3 } },
      get: ({ limits }) => [limits.stringLength, limits.depth],
      want: [8, 3],
    },
    { name: "service name", env: {}, get: ({ resource }) => resource.get("service.name"), want: "unknown_service:node" },
    {
      name: "service name",
      env: { OTEL_RESOURCE_ATTRIBUTES: "service.name=a,zone=%C3%BC%2C1" },
      get: ({ resource }) => [resource.get("service.name"), resource.get("zone")],
      want: ["a", "ü,1"],
    },
    {
      name: "service name",
      env: { OTEL_RESOURCE_ATTRIBUTES: "service.name=a", OTEL_SERVICE_NAME: "b" },
      get: ({ resource }) => resource.get("service.name"),
      want: "b",
    },
    {
      name: "service name",
      env: { OTEL_SERVICE_NAME: "b" },
      options: { resource: { "service.name": "c", zone: undefined } },
      get: ({ resource }) => resource.get("service.name"),
      want: "c",
    },
    { name: "disabled", env: { OTEL_SDK_DISABLED: "TRUE" }, get: ({ disabled }) => disabled, want: true },
    { name: "disabled", env: { OTEL_SDK_DISABLED: "1" }, get: ({ disabled }) => disabled, want: false },
    { name: "level", env: {}, options: { level: "warn" }, get: ({ level }) => level.level, want: 13 },
  ];
  test.each(cases)("$name: $env", ({ env, options, get, want }) => {
    expect(get(read(env, options))).toEqual(want);
    expect(said).toEqual([]);
  });

  test("headers: percent-decoded, those of the signal instead of the general ones, an option's key by key", async () => {
    const env = { [`${G}HEADERS`]: "general=1", [`${L}HEADERS`]: "Authorization=Bearer%20x , b = 2 ," };
    const headers = await read(env, { headers: { B: "3", c: "4" } }).target.headers();
    expect(headers).toEqual({
      "user-agent": `OTel-OTLP-Exporter-correlog/${VERSION}`,
      authorization: "Bearer x",
      b: "3",
      c: "4",
    });
  });

  test("a user and password in the address become a header", async () => {
    const { target } = read({}, { url: "https://me:p%40ss@h/v1/logs" });
    expect(target.url.href).toBe("https://h/v1/logs");
    expect(await target.headers()).toMatchObject({ authorization: `Basic ${btoa("me:p@ss")}` });
  });
});

describe("a bad variable is reported by name and the default used", () => {
  const cases: readonly { env: Record<string, string>; get: (settings: Settings) => unknown; want: unknown }[] = [
    { env: { [`${L}ENDPOINT`]: "ftp://s3cret" }, get: ({ target }) => target.url.href, want: "http://localhost:4318/v1/logs" },
    { env: { [`${L}TIMEOUT`]: "ten" }, get: ({ target }) => target.timeoutMs, want: 10_000 },
    { env: { [`${L}COMPRESSION`]: "zstd" }, get: ({ target }) => target.compression, want: "none" },
    { env: { [`${G}PROTOCOL`]: "grpc" }, get: ({ protocol }) => protocol, want: "http/protobuf" },
    { env: { OTEL_RESOURCE_ATTRIBUTES: "a=1,b=%zz" }, get: ({ resource }) => resource.has("a"), want: false },
    { env: { OTEL_RESOURCE_ATTRIBUTES: "a" }, get: ({ resource }) => resource.has("a"), want: false },
    { env: { OTEL_BLRP_MAX_QUEUE_SIZE: "0" }, get: ({ maxQueueRecords }) => maxQueueRecords, want: Infinity },
    { env: { [`${G}CERTIFICATE`]: "/nowhere" }, get: ({ target }) => target.tls.ca, want: undefined },
  ];
  test.each(cases)("$env", ({ env, get, want }) => {
    expect(get(read(env))).toEqual(want);
    expect(said.length).toBeLessThanOrEqual(1);
    expect(said.join("")).not.toContain("s3cret");
  });

  test("it is said on stderr", async () => {
    const { reportUnsaid } = await import("../../src/report/report.ts");
    read({ OTEL_BLRP_SCHEDULE_DELAY: "-1" });
    reportUnsaid();
    expect(said.join("")).toContain("OTEL_BLRP_SCHEDULE_DELAY: expected a whole number from 0 up");
  });
});

describe("a bad option is thrown, with its name, its value and what was expected", () => {
  test.each<{ options: object; message: RegExp }>([
    { options: { url: "nonsense" }, message: /^url: expected an http or https URL/ },
    { options: { url: "http://a", endpoint: "http://b" }, message: /^endpoint: expected either endpoint or url, got both/ },
    { options: { timeoutMs: -1 }, message: /^timeoutMs: expected milliseconds from 0 to 2147483647, got -1/ },
    { options: { protocol: "grpc" }, message: /^protocol: expected http\/protobuf or http\/json, got "grpc"/ },
    { options: { compression: "br" }, message: /^compression: expected none or gzip, got "br"/ },
    { options: { level: "loud" }, message: /^level: expected a level name/ },
    { options: { limits: { depth: 0 } }, message: /^limits.depth: expected/ },
    { options: { maxQueueBytes: 0.5 }, message: /^maxQueueBytes: expected a whole number from 1 up, got 0.5/ },
    { options: { concurrency: "4" }, message: /^concurrency: expected a whole number from 1 up, got "4"/ },
    { options: { whenFull: "explode" }, message: /^whenFull: expected drop-oldest, drop-newest or/ },
    { options: { whenFull: { blockFrom: "nope", timeoutMs: 1 } }, message: /^whenFull.blockFrom: expected a level name/ },
    { options: { headers: { a: 1 } }, message: /^headers: expected strings/ },
    { options: { headers: { "a b": "1" } }, message: /^headers: expected strings/ },
    { options: { ca: "/nowhere.pem" }, message: /^ca: expected PEM or a file of it, got "\/nowhere.pem"/ },
    { options: { spool: "" }, message: /^spool: expected a folder/ },
  ])("$options", ({ options, message }) => {
    expect(() => otlpHandler({ env: {}, ...options })).toThrow(message);
  });
});

test("an environment that may not be read, as in Deno without a permission, is said once and counts as empty", () => {
  const refuse = (): never => {
    throw new Error('Requires env access to "OTEL_SERVICE_NAME"');
  };
  const { target, disabled } = readSettings({ env: new Proxy({}, { get: refuse }) });
  expect([target.url.href, disabled]).toEqual(["http://localhost:4318/v1/logs", false]);
  expect(said.filter((text) => text.includes("environment"))).toEqual([
    'correlog: otlp environment: Error: Requires env access to "OTEL_SERVICE_NAME"\n',
  ]);
});

test("a level that moves is followed, and OTEL_SDK_DISABLED takes nothing", async () => {
  const level = new LevelVar("warn");
  const handler = otlpHandler({ env: {}, level });
  expect([handler.enabled(9), handler.enabled(13)]).toEqual([false, true]);
  level.set("info");
  expect(handler.enabled(9)).toBe(true);
  const disabled = otlpHandler({ env: { OTEL_SDK_DISABLED: "true" } });
  new Logger(disabled).fatal("x");
  expect([disabled.enabled(21), disabled.stats().taken]).toEqual([false, 0]);
  await disabled.shutdown();
  await handler.shutdown();
});

test("Retry-After: seconds, a date, and what is neither", () => {
  expect(retryAfterMs("2", 0)).toBe(2000);
  expect(retryAfterMs(new Date(5000).toUTCString(), 2000)).toBe(3000);
  expect(retryAfterMs(new Date(5000).toUTCString(), 9000)).toBe(0);
  expect(retryAfterMs("soon", 0)).toBeUndefined();
  expect(retryAfterMs("99999999999", 0)).toBe(600_000);
});

test("the version is that of the manifest", () => {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(manifest.version);
});
