// That what is logged when Node announces the natural end neither keeps the process nor is lost.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { countLines, run } from "./child.ts";

const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

describe.concurrent("a process", () => {
  test.each(["fdWriter(1)", "fdWriter(1, { flushIntervalMs: 1 })", "fdWriter(1, { batchBytes: 1 })"])(
    "that logs at its natural end comes to it once, with %s",
    async (writer) => {
      const ended = await run(`import { fdWriter, jsonHandler, Logger } from "correlog";
        const logger = new Logger(jsonHandler({ writer: ${writer} }));
        let ends = 0;
        process.on("beforeExit", async () => {
          logger.info("bye");
          await Promise.resolve();
          logger.info("bye, later");
          if (++ends > 20) process.exit(9);
        });`);
      expect({ ...ended, stdout: countLines(ended.stdout) }).toEqual({ code: 0, signal: null, stdout: 2, stderr: "" });
    },
  );

  for (const name of ["@oven/bun-linux-x64/bin/bun", "@deno/linux-x64-glibc/deno", "node22/bin/node", "node26/bin/node"]) {
    const command = join(import.meta.dirname, "../../node_modules", name);
    test.skipIf(!existsSync(command))(`that logs at its natural end comes to it once, in ${name}`, async () => {
      const ended = await run(
        `import { log } from "correlog";
        log.info("one");
        let ends = 0;
        process.on("beforeExit", () => { log.info("bye"); if (++ends > 20) process.exit(9); });`,
        { shell: name.endsWith("deno") ? `${command} run -A main.mjs` : `${command} main.mjs` },
      );
      expect({ code: ended.code, lines: countLines(ended.stdout) }).toEqual({ code: 0, lines: 2 });
    });
  }

  test("that logs at its natural end ends, also when each wait brings the next one about", async () => {
    const ended = await run(`
      import { atExit } from ${source("write/exit.ts")};
      import { writeSync } from "node:fs";
      let left = 1, ends = 0;
      atExit({
        pending: () => left > 0,
        flush: () => new Promise((resolve) => setTimeout(() => { left--; resolve(); }, 1)),
        flushSync: () => writeSync(2, "at once " + left),
      });
      process.on("beforeExit", () => { left++; if (++ends > 20) process.exit(9); });`);
    expect(ended).toMatchObject({ code: 0, stderr: "at once 2" });
  });

  test.each([
    ["syslog, by a function", "syslogHandler({ send: (message) => void got.push(message) })", 1],
    ["a synchronous exporter", "otelHandler({ exporter: exporter((done) => done({ code: 0 })) })", 5],
    ["an exporter that answers later", "otelHandler({ exporter: exporter((done) => setTimeout(done, 5, { code: 0 })) })", 5],
  ])("that logs at its natural end to %s ends, with all handed over", async (_, handler, most) => {
    const ended = await run(`import { Logger } from "correlog";
      import { syslogHandler } from ${source("syslog/syslog-handler.ts")};
      import { otelHandler } from ${source("otel/otel-handler.ts")};
      import { writeSync } from "node:fs";
      const got = [];
      const exporter = (answer) => ({
        export(records, done) { got.push(...records); answer(done); },
        forceFlush: async () => {},
        shutdown: async () => {},
      });
      const logger = new Logger(${handler});
      let ends = 0;
      process.on("beforeExit", () => { logger.info("bye"); if (++ends > 20) process.exit(9); });
      process.on("exit", () => writeSync(1, ends + " " + got.length));`);
    const [ends = 0, got] = ended.stdout.split(" ").map(Number);
    expect({ code: ended.code, got }).toEqual({ code: 0, got: ends });
    expect(ends).toBeLessThanOrEqual(most);
  });
});
