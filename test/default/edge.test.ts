import { expect, test } from "vitest";
import { run } from "../write/child.ts";

test("where the runtime's getBuiltinModule throws, as in Next's edge runtime, lines and reports go to the console", async () => {
  const code = `
    process.getBuiltinModule = () => { throw new Error("not supported in the Edge Runtime"); };
    const { jsonHandler, log, Logger } = await import("correlog");
    log.info("by the default logger");
    new Logger(jsonHandler()).info("by its own");`;
  const { stdout, stderr, code: status } = await run(code, { env: { LOG_FORMAT: "loud" } });
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["by the default logger", "by its own"]);
  expect(stderr).toBe('correlog: LOG_FORMAT: expected json, text or pretty, got "loud"\n');
  expect(status).toBe(0);
});
