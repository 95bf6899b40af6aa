import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";

/** Gives the file that a call in a script of this name is logged with. */
function fileOf(filename: string, root: string): unknown {
  const memory = memoryHandler();
  const logger = new Logger(memory, { source: { root } });
  const call = (logger.info as (message: string) => void).bind(logger, "x");
  (runInThisContext("(call) => { call(); }", { filename }) as (call: () => void) => void)(call);
  return memory.records[0]?.attrs["code.file.path"];
}

describe("a path on Windows is relative to the root", () => {
  const scripts: readonly { name: string; script: string; root: string; want: string }[] = [
    { name: "a module", script: "file:///C:/app/src/pay.js", root: "C:\\app", want: "src/pay.js" },
    { name: "a script that is required", script: "C:\\app\\src\\pay.js", root: "C:\\app", want: "src/pay.js" },
    { name: "a root that is a drive", script: "file:///C:/app/pay.js", root: "C:\\", want: "app/pay.js" },
    {
      name: "a script elsewhere, of which it says the drive",
      script: "file:///D:/lib/pay.js",
      root: "C:\\app",
      want: "D:/lib/pay.js",
    },
  ];
  for (const { name, script, root, want } of scripts) {
    test(`for ${name}`, () => expect(fileOf(script, root)).toBe(want));
  }
});
