import { describe, expect, test } from "vitest";
import { BatchLogRecordProcessor, InMemoryLogRecordExporter, LoggerProvider } from "@opentelemetry/sdk-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { logs as api } from "@opentelemetry/api";
import { logs as apiLogs } from "@opentelemetry/api-logs";
import { defaultResource } from "@opentelemetry/resources";
import { LevelVar } from "../../src/index.ts";
import { otelHandler, spanEventProcessor, spanEvents } from "../../src/otel/index.ts";
import type { OtelHandlerOptions, SpanEventOptions } from "../../src/otel/index.ts";

const exporter = new InMemoryLogRecordExporter();
const processor = new BatchLogRecordProcessor({ exporter });

describe("otelHandler", () => {
  const wrong: readonly { name: string; options: unknown; error: RegExp }[] = [
    {
      name: "no provider",
      options: { loggerProvider: {} },
      error: /^loggerProvider: expected an object with getLogger\(\), got/,
    },
    {
      name: "no processor",
      options: { processor: exporter },
      error: /^processor: expected objects with onEmit\(\), forceFlush\(\) and shutdown\(\)/,
    },
    { name: "a list with none", options: { processor: [] }, error: /^processor: expected/ },
    { name: "no exporter", options: { exporter: processor }, error: /^exporter: expected an object with export\(\)/ },
    { name: "two targets", options: { exporter, processor }, error: /^otelHandler: expected one of processor, exporter/ },
    { name: "no level", options: { level: "loud" }, error: /^level: expected a level name .* got "loud"/ },
    { name: "no limit", options: { limits: { depth: 0 } }, error: /^limits\.depth: expected a whole number from 1 to 64, got 0/ },
    {
      name: "a scope without a name",
      options: { scope: { version: "1" } },
      error: /^scope\.name: expected a name, got undefined/,
    },
    {
      name: "a version that is none",
      options: { scope: { name: "a", version: 1 } },
      error: /^scope\.version: expected a string, got 1/,
    },
    {
      name: "no resource",
      options: { exporter, resource: "shop" },
      error: /^resource: expected a Resource or an object of attributes, got "shop"/,
    },
    {
      name: "a resource that nobody would read",
      options: { resource: {} },
      error: /^resource: expected only with processor or exporter/,
    },
  ];
  test.each(wrong)("$name: a mistake fails at set-up and names the option", ({ options, error }) => {
    expect(() => otelHandler(options as OtelHandlerOptions)).toThrow(error);
  });

  test("a threshold that moves holds for the bridge, a processor and an exporter", () => {
    const level = new LevelVar("warn");
    for (const handler of [
      otelHandler({ level, loggerProvider: new LoggerProvider({ processors: [processor] }) }),
      otelHandler({ level, processor }),
      otelHandler({ level, exporter }),
    ]) {
      level.set("warn");
      expect([handler.enabled(9), handler.enabled(13)]).toEqual([false, true]);
      level.set("info");
      expect(handler.enabled(9)).toBe(true);
      expect(handler.threshold).toBe(level);
    }
  });

  test("the official classes fit the types, of either API generation", () => {
    const fitting: readonly OtelHandlerOptions[] = [
      { loggerProvider: new LoggerProvider() },
      { loggerProvider: api.getLoggerProvider() },
      { loggerProvider: apiLogs.getLoggerProvider() },
      { processor: new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() }), resource: defaultResource() },
      { processor: [spanEventProcessor(), processor] },
      { exporter: new OTLPLogExporter(), resource: { "service.name": "shop" } },
    ];
    for (const options of fitting) expect(otelHandler(options).enabled(9)).toBe(true);
    expect(new LoggerProvider({ processors: [spanEventProcessor(), processor] })).toBeDefined();
    // @ts-expect-error an exporter is no processor
    expect(() => otelHandler({ processor: exporter })).toThrow();
  });
});

describe("spanEvents", () => {
  const wrong: readonly { name: string; options: unknown; error: RegExp }[] = [
    { name: "no mode", options: { mode: "both" }, error: /^mode: expected "bridge" or "mirror", got "both"/ },
    { name: "no level", options: { mode: "mirror", level: 99 }, error: /^level: expected a level name/ },
    { name: "no name", options: { mode: "mirror", eventName: "" }, error: /^eventName: expected a name/ },
    {
      name: "no budget",
      options: { mode: "mirror", maxEvents: 0 },
      error: /^maxEvents: expected a whole number from 1 up, got 0/,
    },
    { name: "a budget for the bridge", options: { maxEvents: 5 }, error: /^maxEvents: expected only with mode "mirror"/ },
    { name: "no status", options: { status: "always" }, error: /^status: expected "never", "error" or a function, got "always"/ },
    { name: "no flag", options: { recordException: 1 }, error: /^recordException: expected true or false, got 1/ },
    { name: "no limit", options: { limits: { wide: 1 } }, error: /^limits: expected depth/ },
  ];
  test.each(wrong)("$name: a mistake fails at set-up and names the option", ({ options, error }) => {
    expect(() => spanEvents(options as SpanEventOptions)).toThrow(error);
    expect(() => spanEventProcessor(options as SpanEventOptions)).toThrow(error);
  });

  test("the options of one mode are no options of the other", () => {
    // @ts-expect-error the bridge has no budget
    expect(() => spanEvents({ mode: "bridge", maxEvents: 5 })).toThrow();
    expect(spanEvents({ mode: "mirror", maxEvents: 5, eventName: "log", level: new LevelVar("debug") }).threshold?.level).toBe(5);
  });
});
