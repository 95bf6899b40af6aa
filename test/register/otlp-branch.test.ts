import { describe, expect, test } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { unlessProvided, wantsOtlp } from "../../src/register/otlp-branch.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

const rows: readonly { env: Readonly<Record<string, string>>; want: boolean }[] = [
  { env: {}, want: false },
  { env: endpoint, want: true },
  { env: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://127.0.0.1:4318/v1/logs" }, want: true },
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: " " }, want: false },
  { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }, want: false },
  { env: { ...endpoint, OTEL_SDK_DISABLED: "true" }, want: false },
  { env: { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }, want: false },
  { env: { ...endpoint, OTEL_SDK_DISABLED: "false" }, want: true },
  { env: { ...endpoint, OTEL_LOGS_EXPORTER: "none" }, want: false },
  { env: { ...endpoint, OTEL_LOGS_EXPORTER: "console" }, want: false },
  { env: { ...endpoint, OTEL_LOGS_EXPORTER: "console, otlp" }, want: true },
  { env: { ...endpoint, OTEL_LOGS_EXPORTER: "" }, want: true },
];

describe("whether to send by OTLP", () => {
  test.each(rows)("register: $env gives $want", ({ env, want }) => {
    expect(wantsOtlp(env)).toBe(want);
  });

  test("register: an environment that may not be read gives false", () => {
    const refused = new Proxy(
      {},
      {
        get() {
          throw new Error("NotCapable");
        },
      },
    );
    expect(wantsOtlp(refused)).toBe(false);
  });
});

test("register: OTLP has the records until the app registers a LoggerProvider, so that none arrives twice", () => {
  const API_LOGS = Symbol.for("io.opentelemetry.js.api.logs");
  const world = globalThis as { [API_LOGS]?: unknown };
  const memory = memoryHandler();
  const logger = new Logger(unlessProvided(memory));
  logger.info("before");
  world[API_LOGS] = () => ({ getLogger: () => ({ emit: () => undefined }) });
  logger.info("while there is one");
  delete world[API_LOGS];
  logger.info("after");
  expect(memory.records.map(({ message }) => message)).toEqual(["before", "after"]);
});
