import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { build } from "rolldown";
import { describe, expect, test } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import type { LoggerOptions } from "../../src/logger/logger-options.ts";

type Call = () => void;

/** Makes a function of a file of this name that makes a call. */
function inFile(filename: string, call: Call): Call {
  return (runInThisContext("(call) => () => { call(); }", { filename }) as (call: Call) => Call)(call);
}

/** Gives a call whose caller is whoever calls it. */
function infoOf(logger: Logger): Call {
  return (logger.info as (message: string) => void).bind(logger, "x");
}

/** Gives the attributes of what functions of these files log, the outermost first. */
function loggedIn(files: readonly string[], source: LoggerOptions["source"] = true): object | undefined {
  const memory = memoryHandler();
  const logger = new Logger(memory, { source });
  files.reduceRight<Call>((call, file) => inFile(file, call), infoOf(logger))();
  return memory.records[0] && { ...memory.records[0].attrs };
}

describe("a logger with source", () => {
  test("asks a global or sticky pattern of each file anew", () => {
    const files = ["/app/caller.js", "/lib/wrap-1.js", "/lib/wrap-2.js", "/lib/wrap-3.js"];
    for (const pattern of [/wrap/g, /\/lib\/wrap/y])
      expect(loggedIn(files, { skip: [pattern] })).toMatchObject({ "code.file.path": "/app/caller.js" });
  });

  test("logs without it where a pattern throws", () => {
    const pattern = /x/;
    pattern.exec = () => {
      throw new Error("no");
    };
    expect(loggedIn(["/app/caller.js"], { skip: [pattern] })).toEqual({});
  });

  test("is not disturbed by an app that has no stack traces, or prepares them otherwise", () => {
    const { stackTraceLimit } = Error;
    const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
    Error.stackTraceLimit = 0;
    Error.prepareStackTrace = () => {
      throw new Error("no");
    };
    try {
      expect(loggedIn(["/app/caller.js"])).toMatchObject({ "code.file.path": "/app/caller.js" });
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      Object.defineProperty(Error, "prepareStackTrace", prepare ?? { value: undefined, configurable: true, writable: true });
    }
  });

  test("keeps the names of some files, not of all that an app makes from data", () => {
    let asked = 0;
    const pattern = /x/;
    pattern.exec = () => (asked++, null);
    const logger = new Logger({ enabled: () => true, handle: () => undefined }, { source: { skip: [pattern] } });
    const calls = Array.from({ length: 5000 }, (_, i) => inFile(`/app/tenant-${i}.js`, infoOf(logger)));
    for (const call of calls) call();
    asked = 0;
    calls[0]?.();
    expect(asked).toBe(0);
    calls.at(-1)?.();
    expect(asked).toBe(1);
  });

  test("in one bundle with the app is found by the source map, where maps are enabled", async () => {
    const folder = mkdtempSync(join(import.meta.dirname, "bundle-"));
    const file = join(folder, "app.mjs");
    try {
      const input = join(import.meta.dirname, "bundled.fixture.ts");
      await build({ input, platform: "node", output: { file, sourcemap: true }, logLevel: "silent" });
      const run = (...flags: readonly string[]): unknown =>
        JSON.parse(execFileSync(process.execPath, [...flags, file], { encoding: "utf8", cwd: import.meta.dirname }));
      expect(run("--enable-source-maps")).toEqual({ file: "bundled.fixture.ts", line: 9, function: "pay" });
      expect(run()).toBeNull();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
