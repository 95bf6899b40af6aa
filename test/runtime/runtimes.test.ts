import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker, WORKERD } from "./workerd.ts";

const ROOT = join(import.meta.dirname, "../..");
const MODULES = join(ROOT, "node_modules");

// An app beside which nothing is installed but correlog: no OpenTelemetry, not even its API.
const app = mkdtempSync(join(tmpdir(), "correlog-runtime-"));
const installed = join(app, "node_modules/correlog");

beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(ROOT, "package.json"), join(installed, "package.json"));
  // As it ships.
  execFileSync(process.execPath, [join(ROOT, ".build.js"), join(installed, "dist")], { stdio: "pipe" });
});

afterAll(() => {
  rmSync(app, { recursive: true, force: true });
});

const USE = `
log.info("by default", { a: 1 });
const logger = new Logger(jsonHandler({ flushLevel: "error" }), { level: "debug" });
logger.with({ b: "é" }).withGroup("g").named("db").debug("bound", { c: [1, { d: 10n }], bytes: new Uint8Array([1, 2]) });
logger.warn("failed", new RangeError("no"));
for (let i = 0; i < 1000; i++) logger.info("line", { i });
`;
const TIME: unknown = expect.stringMatching(/^\d{4}-.*Z$/);
const WANT = [
  { time: TIME, level: "INFO", msg: "by default", a: 1 },
  { time: TIME, level: "DEBUG", logger: "db", msg: "bound", b: "é", g: { c: [1, { d: 10 }], bytes: "AQI=" } },
  { time: TIME, level: "WARN", msg: "failed", err: { type: "RangeError", message: "no", stack: expect.stringContaining("no") } },
];
const ESM = `import { jsonHandler, log, Logger } from "correlog";\n${USE}`;
const CJS = `const { jsonHandler, log, Logger } = require("correlog");\n${USE}`;
/** What is there in a browser: no process, no Buffer, no setImmediate. */
const BROWSER = `
for (const name of ["process", "Buffer", "setImmediate", "clearImmediate", "global"]) delete globalThis[name];
const { jsonHandler, log, Logger, prettyHandler, textHandler } = await import("correlog");
${USE}
new Logger(textHandler()).info("text"); new Logger(prettyHandler()).info("pretty");
await logger.flush(); await logger.shutdown();
`;

function expectLines(stdout: string, lines: number): void {
  const parts = stdout.trim().split("\n");
  expect(parts.length).toBe(lines);
  expect(parts.slice(0, 3).map((line) => JSON.parse(line) as unknown)).toEqual(WANT);
}

const DENO = join(MODULES, "@deno/linux-x64-glibc/deno");
const BUN = join(MODULES, "@oven/bun-linux-x64/bin/bun");
const node = (version: string): string => join(MODULES, `${version}/bin/node`);

const RUNTIMES: readonly { name: string; command: string; args?: readonly string[]; file: string; program: string }[] = [
  { name: "Node 22", command: node("node22"), file: "22.mjs", program: ESM },
  { name: "Node 22, by require()", command: node("node22"), file: "22.cjs", program: CJS },
  { name: "Node 24", command: process.execPath, file: "24.mjs", program: ESM },
  { name: "Node 24, by require()", command: process.execPath, file: "24.cjs", program: CJS },
  { name: "Node 26", command: node("node26"), file: "26.mjs", program: ESM },
  { name: "Bun", command: BUN, file: "bun.mjs", program: ESM },
  { name: "Bun, by require()", command: BUN, file: "bun.cjs", program: CJS },
  { name: "Deno", command: DENO, args: ["run", "-A", "--node-modules-dir=manual"], file: "deno.mjs", program: ESM },
  { name: "process.exit() in Bun", command: BUN, file: "bunx.mjs", program: `${ESM} process.exit(0);` },
  {
    name: "Deno.exit()",
    command: DENO,
    args: ["run", "-A", "--node-modules-dir=manual"],
    file: "denox.mjs",
    program: `${ESM} Deno.exit(0);`,
  },
];

describe("without any OpenTelemetry installed, all lines come", () => {
  for (const { name, command, args = [], file, program } of RUNTIMES) {
    test.skipIf(!existsSync(command))(`out of ${name}`, () => {
      writeFileSync(join(app, file), program);
      const env = { PATH: process.env["PATH"], HOME: app, NODE_NO_WARNINGS: "1", DENO_NO_UPDATE_CHECK: "1" };
      const stdout = execFileSync(command, [...args, file], {
        cwd: app,
        encoding: "utf8",
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      expectLines(stdout, 1003);
    });
  }

  test("out of a place without process, Buffer and setImmediate, as a browser is", () => {
    writeFileSync(join(app, "browser.mjs"), BROWSER);
    const stdout = execFileSync(process.execPath, ["browser.mjs"], { cwd: app, encoding: "utf8" });
    expectLines(stdout, 1005);
    expect(stdout).toMatch(/\ntime=\S+ level=INFO msg=text\n.*INFO.*pretty\n$/);
  });
});

const WORKER = `
import { jsonHandler, log, Logger } from "correlog/index.js";
log.info("in the global scope");
export default { async fetch() { ${USE} await logger.flush(); return new Response(typeof process); } };
`;

describe("a worker in workerd logs by its console, in the global scope and in each request", () => {
  const FLAVOURS = [
    { name: "as it is", flags: [], want: "undefined" },
    { name: "with nodejs_compat, which has a node:fs", flags: ["nodejs_compat"], want: "object" },
  ];
  for (const { name, flags, want } of FLAVOURS) {
    test.skipIf(!existsSync(WORKERD))(`where it runs ${name}`, async () => {
      await using worker = await startWorker(app, WORKER, { flags });
      expect([await worker.ask("/"), await worker.ask("/")]).toEqual([want, want]);
      const [first = "", ...rest] = await worker.end();
      expect(JSON.parse(first)).toMatchObject({ msg: "in the global scope" });
      expectLines(rest.slice(0, 1003).join("\n"), 1003);
      expect(rest.length).toBe(2 * 1003);
    });
  }
});

describe("an import of correlog", () => {
  test("loads its own files only, and of Node nothing that was not loaded", () => {
    const program = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      await import("correlog");
      console.log(JSON.stringify(loaded));`;
    writeFileSync(join(app, "loads.mjs"), program);
    const loaded: string[] = JSON.parse(execFileSync(process.execPath, ["loads.mjs"], { cwd: app, encoding: "utf8" }));
    expect(loaded.filter((url) => !url.includes("/node_modules/correlog/dist/"))).toEqual([]);
    expect(loaded.length).toBe(3);
  });
});
