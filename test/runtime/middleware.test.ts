import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker, WORKERD } from "./workerd.ts";

// The middleware that waits is used where timers are others than Node's, out of an app that has nothing but correlog.
const ROOT = join(import.meta.dirname, "../..");
const MODULES = join(ROOT, "node_modules");
const app = mkdtempSync(join(tmpdir(), "correlog-waiting-"));
const installed = join(app, "node_modules/correlog");

beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(ROOT, "package.json"), join(installed, "package.json"));
  const tsc = join(MODULES, ".bin/tsc");
  execFileSync(tsc, ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(installed, "dist")], { stdio: "pipe" });
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

/** Gives what a line says: message and count, and the first letters of its trace. */
function said(line: string): string {
  const { msg, repeated, dropped, trace_id: trace = "" } = JSON.parse(line) as Readonly<Record<string, string | undefined>>;
  return [msg, repeated ?? dropped, trace.slice(0, 2)].filter((part) => part !== undefined && part !== "").join(" ");
}

const IN_A_PROCESS = `
const repeats = new Logger(collapseRepeats({ intervalMs: 500 })(jsonHandler()));
const held = new Logger(hold()(jsonHandler()), { level: "debug" });
const one = contextWith({ span: true });
const other = contextWith({ span: { traceId: "1".repeat(32) } });
for (let i = 0; i < 3; i++) repeats.warn("refused");
held.debug(one, "matters");
held.debug(other, "does not");
held.error(one, "failed");
await new Promise((resolve) => setTimeout(resolve, 510));
repeats.warn("refused");
`;
const SAID = ["refused", "matters 0a", "failed 0a", "refused 2", "refused"];
const IMPORTS = `import { jsonHandler, Logger } from "correlog";
import { collapseRepeats, hold } from "correlog/middleware";
import { contextWith } from "correlog/testing";`;
/** What is there in a browser: no process, no Buffer, no setImmediate, and timers that are numbers. */
const BROWSER = `
const { process: { exit }, setTimeout: timer } = globalThis;
for (const name of ["process", "Buffer", "setImmediate", "clearImmediate", "global"]) delete globalThis[name];
globalThis.setTimeout = (...args) => Number(timer(...args));
const { jsonHandler, Logger } = await import("correlog");
const { collapseRepeats, hold } = await import("correlog/middleware");
const { contextWith } = await import("correlog/testing");`;

const RUNTIMES: readonly { name: string; command: string; args?: readonly string[]; program: string }[] = [
  { name: "Node 22", command: join(MODULES, "node22/bin/node"), program: `${IMPORTS}${IN_A_PROCESS}` },
  { name: "Node 24", command: process.execPath, program: `${IMPORTS}${IN_A_PROCESS}` },
  { name: "Node 26", command: join(MODULES, "node26/bin/node"), program: `${IMPORTS}${IN_A_PROCESS}` },
  { name: "Bun", command: join(MODULES, "@oven/bun-linux-x64/bin/bun"), program: `${IMPORTS}${IN_A_PROCESS}` },
  {
    name: "Deno",
    command: join(MODULES, "@deno/linux-x64-glibc/deno"),
    args: ["run", "-A", "--node-modules-dir=manual"],
    program: `${IMPORTS}${IN_A_PROCESS}`,
  },
  // A page does not end by itself.
  { name: "a place like a browser", command: process.execPath, program: `${BROWSER}${IN_A_PROCESS}\nexit(0);` },
];

describe("hold and collapseRepeats wait by the timers of the place, which do not keep it alive", () => {
  for (const [at, { name, command, args = [], program }] of RUNTIMES.entries()) {
    test.skipIf(!existsSync(command))(`in ${name}`, () => {
      writeFileSync(join(app, `${at}.mjs`), program);
      const env = { PATH: process.env["PATH"], HOME: app, NODE_NO_WARNINGS: "1", DENO_NO_UPDATE_CHECK: "1" };
      // hold's timer would keep it for 15 s more. A slow machine takes 10 s for the start alone.
      const stdout = execFileSync(command, [...args, `${at}.mjs`], { cwd: app, encoding: "utf8", env, timeout: 25_000 });
      expect(stdout.trim().split("\n").map(said)).toEqual(SAID);
    });
  }
});

/** Its clock is what the request says, so that nothing sleeps. */
const WORKER = `
import { jsonHandler, Logger } from "correlog/index.js";
import { collapseRepeats, hold, sample } from "correlog/middleware/index.js";
import { contextWith } from "correlog/testing/context-with.js";

let now = Date.now();
Date.now = () => now;
const repeats = new Logger(collapseRepeats({ intervalMs: 1000 })(jsonHandler()));
const sampled = new Logger(sample({ first: 1, oneIn: 0, intervalMs: 1000 })(jsonHandler()));
const held = new Logger(hold({ maxAgeMs: 60_000, clock: () => now })(jsonHandler()), { level: "debug" });
const inTrace = (id) => contextWith({ span: { traceId: id.repeat(32) } });
repeats.info("started"); repeats.info("started");
sampled.info("many"); sampled.info("many");
held.debug(inTrace("a"), "at the start");

export default { async fetch(request) {
  const { pathname, searchParams } = new URL(request.url);
  now += Number(searchParams.get("later") ?? 0);
  if (pathname === "/repeat") repeats.info("refused");
  if (pathname === "/sample") sampled.info("many");
  if (pathname === "/hold") held.debug(inTrace(searchParams.get("trace")), "held");
  if (pathname === "/fail") held.error(inTrace(searchParams.get("trace")), "failed");
  return new Response("ok");
} };
`;

describe.skipIf(!existsSync(WORKERD))("in workerd, where timers are a request's, what waits", () => {
  const CASES: readonly { name: string; ask: readonly string[]; want: readonly string[] }[] = [
    {
      name: "in sample ends with the first record behind the interval",
      ask: ["/sample", "/sample?later=1000", "/sample", "/sample?later=1000"],
      want: ["records left out 2", "many", "records left out 1", "many"],
    },
    {
      name: "in collapseRepeats does, too",
      ask: ["/repeat", "/repeat", "/repeat?later=999", "/repeat?later=1", "/repeat", "/repeat?later=1000"],
      want: ["refused", "started 1", "refused 2", "refused", "refused 1", "refused"],
    },
    {
      name: "in hold is let through by a later request of its trace",
      ask: ["/hold?trace=b", "/hold?trace=c", "/fail?trace=b", "/fail?trace=a"],
      want: ["held bb", "failed bb", "at the start aa", "failed aa"],
    },
    {
      name: "in hold is let go of when it is old, with a new trace",
      ask: ["/hold?trace=b", "/hold?trace=c&later=61000", "/fail?trace=b", "/fail?trace=c"],
      want: ["failed bb", "held cc", "failed cc"],
    },
  ];
  test.each(CASES)("$name", async ({ ask, want }) => {
    await using worker = await startWorker(app, WORKER);
    for (const path of ask) expect(await worker.ask(path)).toBe("ok");
    expect((await worker.end()).map(said)).toEqual(["started", "many", ...want]);
  });
});
