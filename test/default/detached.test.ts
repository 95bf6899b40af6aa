import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../write/child.ts";

const CORE = JSON.stringify(join(import.meta.dirname, "../../src/core.ts"));
const SAID = /^correlog: logger: called without its logger.*: the default logger logs it\n$/;

test("a method that was taken off the default logger logs by it", async () => {
  const code = `import { log } from "correlog"; await Promise.reject(new Error("start failed")).catch(log.error);`;
  const { stdout, stderr, code: status } = await run(code);
  expect(JSON.parse(stdout)).toMatchObject({ level: "ERROR", msg: "start failed", err: { type: "Error" } });
  expect(stderr).toMatch(SAID);
  expect(status).toBe(0);
});

test("a method that was taken off another logger does not throw, and logs by the default one", async () => {
  const code = `import { discard, Logger } from "correlog"; const { warn } = new Logger(discard); warn("start failed", { a: 1 }, "b");`;
  const { stdout, stderr, code: status } = await run(code);
  expect(JSON.parse(stdout)).toMatchObject({ level: "WARN", msg: "start failed", a: 1, args: ["b"] });
  expect(stderr).toMatch(SAID);
  expect(status).toBe(0);
});

test("where there is no default logger, what was said is said on stderr", async () => {
  const code = `import { discard, Logger } from ${CORE}; const { fatal } = new Logger(discard); fatal("start failed");`;
  const { stdout, stderr, code: status } = await run(code);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^correlog: logger: called without its logger.*: start failed\n$/);
  expect(status).toBe(0);
});

test("so does one that is called on something else, as an emitter's listener is", async () => {
  const code = `import { discard, jsonHandler, Logger } from "correlog"; import { EventEmitter } from "node:events";
    const logger = new Logger(discard);
    new EventEmitter().on("error", logger.error).emit("error", new Error("start failed"));
    const other = new Logger(jsonHandler({ writer: { write() {} } }));
    new Proxy(other, {}).logEvent("warn", "stock.low", { item: "cup" });`;
  const { stdout, code: status } = await run(code);
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: "ERROR", msg: "start failed" },
    { level: "WARN", event_name: "stock.low", item: "cup" },
  ]);
  expect(status).toBe(0);
});
