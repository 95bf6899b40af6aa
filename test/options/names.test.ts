import { describe, expect, test } from "vitest";
import { defineEvent } from "../../src/event/index.ts";
import { datadogHandler, ecsHandler, gcpHandler } from "../../src/fields/index.ts";
import * as core from "../../src/core.ts";
import { captureConsole, discard, jsonHandler, Logger, memoryHandler, prettyHandler, textHandler } from "../../src/index.ts";
import * as middleware from "../../src/middleware/index.ts";
import { otelHandler, spanEventProcessor, spanEvents } from "../../src/otel/index.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { syslogHandler } from "../../src/syslog/index.ts";

type Make = (options: never) => unknown;

/** Whatever takes options, by the name that its error begins with. */
const MAKERS: readonly (readonly [name: string, make: Make])[] = [
  ["Logger", (options) => new Logger(discard, options)],
  ["jsonHandler", (options) => jsonHandler(options)],
  ["jsonHandler", (options) => core.jsonHandler(options)],
  ["textHandler", (options) => textHandler(options)],
  ["prettyHandler", (options) => prettyHandler(options)],
  ["limits", (limits) => jsonHandler({ limits })],
  ["memoryHandler", (options) => memoryHandler(options)],
  ["captureConsole", (options) => captureConsole(new Logger(discard), options)],
  ["otlpHandler", (options) => otlpHandler(options)],
  ["otelHandler", (options) => otelHandler(options)],
  ["spanEvents", (options) => spanEvents(options)],
  ["spanEvents", (options) => spanEventProcessor(options)],
  ["syslogHandler", (options) => syslogHandler(options)],
  ["ecsHandler", (options) => ecsHandler(options)],
  ["gcpHandler", (options) => gcpHandler(options)],
  ["datadogHandler", (options) => datadogHandler(options)],
  ["sample", (options) => middleware.sample(options)],
  ["redact", (options) => middleware.redact(options)],
  ["hold", (options) => middleware.hold(options)],
  ["collapseRepeats", (options) => middleware.collapseRepeats(options)],
  ["defineEvent", (options) => defineEvent("order.placed", { type: "object", properties: {} }, options)],
];

describe.each(MAKERS)("options of %s", (name, make) => {
  test("with a misspelt name are refused, and the right names are told", () => {
    const options = { levle: "debug" } as never;
    expect(() => make(options)).toThrow(RangeError);
    expect(() => make(options)).toThrow(new RegExp(`^${name}: expected (?:options among )?\\w+.*, got "levle"$`));
  });

  test.each([null, "debug", 5, ["debug"], () => "debug"])("that are no object are refused: %s", (options) => {
    expect(() => make(options as never)).toThrow(TypeError);
    expect(() => make(options as never)).toThrow(new RegExp(`^${name}: expected an object of options, got `));
  });
});
