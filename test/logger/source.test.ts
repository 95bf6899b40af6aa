import { getCallSites } from "node:util";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { logByWrapper } from "./wrapper.fixture.ts";
import type { LoggerOptions } from "../../src/logger/logger-options.ts";

/** Gives the source of what one call logs, as attributes. */
function sourceOf(use: (logger: Logger) => void, source: LoggerOptions["source"] = true): object {
  const memory = memoryHandler();
  use(new Logger(memory, { source, level: "trace" }));
  return { ...memory.records[0]?.attrs };
}

/** Gives the line that it is called in. */
function here(): number {
  return getCallSites(2)[1]?.lineNumber ?? 0;
}

const FILE = "test/logger/source.test.ts";

describe("a logger with source says where it was called", () => {
  const CASES: readonly { name: string; use: (logger: Logger) => void }[] = [
    { name: "by a level's method", use: (logger) => logger.info("x") },
    { name: "with a context", use: (logger) => logger.warn(undefined, "x") },
    { name: "by log()", use: (logger) => logger.log("debug", "x") },
    { name: "by event()", use: (logger) => logger.event("x") },
    { name: "by logEvent()", use: (logger) => logger.logEvent("warn", "x") },
    { name: "in a shape that is not typed", use: (logger) => (logger.info as (...args: unknown[]) => void)({ a: 1 }, "x", 2, 3) },
    { name: "from a logger made of it", use: (logger) => logger.with({ k: 1 }).withGroup("g").named("n").error("x") },
  ];
  for (const { name, use } of CASES) {
    test(`when called ${name}`, () => {
      expect(sourceOf(use)).toMatchObject({
        "code.file.path": FILE,
        "code.line.number": expect.any(Number) as number,
        "code.function.name": "use",
      });
    });
  }

  test("the line is the call's own", () => {
    let line = 0;
    const attrs = sourceOf((logger) => {
      line = here() + 1;
      logger.info("x");
    });
    expect(attrs).toMatchObject({ "code.line.number": line });
  });

  test("at the root, whatever group is open, and never instead of an attribute", () => {
    expect(sourceOf((logger) => logger.withGroup("g").info("x", { a: 1 }))).toMatchObject({
      g: { a: 1 },
      "code.file.path": FILE,
    });
    expect(sourceOf((logger) => logger.info("x", { "code.file.path": "mine" }))).toMatchObject({ "code.file.path": "mine" });
  });

  test("in a line of JSON", () => {
    let line = "";
    const handler = {
      enabled: () => true,
      handle: (record: Parameters<typeof formatJson>[0]) => void (line = formatJson(record)),
    };
    new Logger(handler, { source: true }).info("x");
    expect(JSON.parse(line)).toMatchObject({ "code.file.path": FILE });
  });

  test("frames of wrappers are skipped by their files", () => {
    const wrapped = (logger: Logger): void => logByWrapper(logger, "x");
    expect(sourceOf(wrapped)).toMatchObject({
      "code.file.path": "test/logger/wrapper.fixture.ts",
      "code.function.name": "logByWrapper",
    });
    expect(sourceOf(wrapped, { skip: ["wrapper.fixture.ts"] })).toMatchObject({
      "code.file.path": FILE,
      "code.function.name": "wrapped",
    });
    expect(sourceOf(wrapped, { skip: [/wrapper\.\w+\.ts$/] })).toMatchObject({ "code.file.path": FILE });
  });

  test("paths are relative to a root, where they lie below it", () => {
    expect(sourceOf((logger) => logger.info("x"), { root: import.meta.dirname })).toMatchObject({
      "code.file.path": "source.test.ts",
    });
    expect(sourceOf((logger) => logger.info("x"), { root: "/elsewhere" })).toMatchObject({
      "code.file.path": import.meta.filename,
    });
  });
});

test("a logger without source says nothing of it", () => {
  expect(sourceOf((logger) => logger.info("x"), false)).toEqual({});
});

describe("a bad option fails at set-up", () => {
  test.each([
    [1, "source: expected true, false or { skip, root }, got 1"],
    [{ skip: "x" }, 'source.skip: expected a list of texts and patterns, got "x"'],
    [{ skip: [1] }, "source.skip: expected a list of texts and patterns, got [object Array]"],
    [{ skip: ["a", ""] }, "source.skip: expected a list of texts and patterns, got [object Array]"],
    [{ root: 1 }, "source.root: expected the absolute path of a folder, got 1"],
    [{ root: "src" }, 'source.root: expected the absolute path of a folder, got "src"'],
  ])("source: %o", (source, message) => {
    expect(() => new Logger(memoryHandler(), { source: source as never })).toThrow(new TypeError(message));
  });
});
