import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const ROOT = join(import.meta.dirname, "../..");
const REGISTER = pathToFileURL(join(ROOT, "src/register/index.ts")).href;
const NODES = {
  "Node 22": join(ROOT, "node_modules/node22/bin/node"),
  "Node 24": join(ROOT, "node_modules/.bin/node"),
  "Node 26": join(ROOT, "node_modules/node26/bin/node"),
};

const apps = mkdtempSync(join(tmpdir(), "correlog-register-"));
afterAll(() => rmSync(apps, { recursive: true, force: true }));

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

interface RunOptions {
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Whether correlog/register is preloaded. */
  readonly isRegistered?: boolean;
}

let count = 0;

/** Runs an app in a process of its own; a file's kind is told by its extension. */
async function run(source: string, extension: "mjs" | "cjs" | "ts" = "mjs", options: RunOptions = {}): Promise<Run> {
  const { node = NODES["Node 24"], env = {}, args = [], isRegistered = true } = options;
  const file = join(apps, `app-${count++}.${extension}`);
  writeFileSync(file, source);
  // An empty preload beside ours: any makes Node load the app in another way, and show errors of its load in another frame.
  const preload = ["--import", isRegistered ? REGISTER : "data:text/javascript,"];
  const child = spawn(node, [...args, ...preload, file], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr: stderr.replaceAll(file, "APP"), code };
}

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

function lines({ stdout }: Run): readonly Line[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line): Line => JSON.parse(line));
}

function brief(ran: Run): readonly string[] {
  return lines(ran).map(({ level, msg }) => `${level} ${msg}`);
}

const CONSOLE = `console.log("paid %d", 17, { orderId: 17 }); console.error("failed", new Error("x")); console.debug("hidden");`;

describe.concurrent.each(Object.entries(NODES))("on %s", (_, node) => {
  test.each(["mjs", "cjs"] as const)("register: the console of an app in .%s is logged, in order", async (extension) => {
    const ran = await run(CONSOLE, extension, { node });
    expect(lines(ran)).toMatchObject([
      { level: "INFO", msg: "paid 17", orderId: 17 },
      { level: "ERROR", msg: "failed", err: { type: "Error", message: "x" } },
    ]);
    expect(ran).toMatchObject({ stderr: "", code: 0 });
  });

  const ends: readonly { name: string; source: string; args?: readonly string[]; want: readonly string[] }[] = [
    {
      name: "an uncaught error",
      source: `console.log("a"); setTimeout(() => { throw new TypeError("boom"); }, 1);`,
      want: ["INFO a", "FATAL uncaught error"],
    },
    {
      name: "an error at load",
      source: `console.log("a"); throw new TypeError("boom");`,
      want: ["INFO a", "FATAL uncaught error"],
    },
    {
      name: "an unhandled rejection",
      source: `console.log("a"); Promise.reject(new TypeError("boom"));`,
      want: ["INFO a", "FATAL uncaught error"],
    },
    { name: "a rejection that is no Error", source: `Promise.reject(5);`, want: ["FATAL uncaught error"] },
    { name: "what is thrown is no Error", source: `throw 5;`, want: ["FATAL uncaught error"] },
    {
      name: "process.exit()",
      source: `for (let i = 0; i < 3; i++) console.log("a" + i); process.exit(7);`,
      want: ["INFO a0", "INFO a1", "INFO a2"],
    },
    { name: "process.exitCode", source: `process.exitCode = 3; console.log("a");`, want: ["INFO a"] },
    {
      name: "an app that catches all",
      source: `process.on("uncaughtException", (e) => console.log("caught " + e.message)); setTimeout(() => console.log("goes on"), 20); throw new Error("boom");`,
      want: ["FATAL uncaught error", "INFO caught boom", "INFO goes on"],
    },
    {
      name: "a rejection that is only warned of",
      source: `Promise.reject(new Error("boom")); setTimeout(() => console.log("goes on"), 20);`,
      args: ["--unhandled-rejections=warn"],
      want: ["INFO goes on"],
    },
  ];
  test.each(ends)("register: $name is recorded, and the process ends as it would have", async ({ source, args = [], want }) => {
    const [ran, alone] = await Promise.all([
      run(source, "cjs", { node, args }),
      run(source, "cjs", { node, args, isRegistered: false }),
    ]);
    expect(brief(ran)).toEqual(want);
    expect(ran.code).toBe(alone.code);
    // Frames below the app's own name the loader, which differs when something is preloaded; process ids are in warnings.
    const own = (stderr: string): string => stderr.replaceAll(/^\s+at (?!.*APP).*\n/gm, "").replaceAll(/\(node:\d+\)/g, "(node)");
    expect(own(ran.stderr)).toBe(own(alone.stderr));
  });

  test("register: each worker thread logs its own console and its own end", async () => {
    const worker = join(apps, "worker.mjs");
    writeFileSync(worker, `console.log("in the worker"); setTimeout(() => { throw new Error("worker down"); }, 5);`);
    const source = `
      const { Worker } = require("node:worker_threads");
      console.log("in the main thread");
      new Worker(${JSON.stringify(worker)}).on("error", (error) => console.warn("worker said " + error.message));
    `;
    const ran = await run(source, "cjs", { node });
    expect(brief(ran)).toEqual([
      "INFO in the main thread",
      "INFO in the worker",
      "FATAL uncaught error",
      "WARN worker said worker down",
    ]);
    expect(ran).toMatchObject({ stderr: "", code: 0 });
  });
});

describe("what is recorded", () => {
  test("register: an uncaught error is there as err, with where it came from", async () => {
    const [thrown, rejected] = await Promise.all([
      run(`setTimeout(() => { throw new TypeError("boom"); });`),
      run(`Promise.reject(new TypeError("boom"));`),
    ]);
    const err = { type: "TypeError", message: "boom", stack: expect.stringContaining("TypeError: boom\n    at ") };
    expect(lines(thrown)).toMatchObject([{ level: "FATAL", msg: "uncaught error", err, origin: "uncaughtException" }]);
    expect(lines(rejected)).toMatchObject([{ level: "FATAL", msg: "uncaught error", err, origin: "unhandledRejection" }]);
  });

  test("register: what the console does with a value that throws does not end the app", async () => {
    const ran = await run(`console.log("%j", { toJSON() { throw new Error("bad"); } }); console.log("goes on");`);
    expect(brief(ran)).toEqual(["INFO %j", "INFO goes on"]);
    expect(ran.code).toBe(0);
  });

  test("register: ten thousand lines and an exit lose none", async () => {
    const ran = await run(`for (let i = 0; i < 10_000; i++) console.log("line", i); process.exit(0);`);
    expect(brief(ran)).toEqual(Array.from({ length: 10_000 }, (_, index) => `INFO line ${index}`));
  });
});

describe("the environment", () => {
  const rows: readonly { name: string; env: Readonly<Record<string, string>>; want: RegExp }[] = [
    {
      name: "LOG_FORMAT=text",
      env: { LOG_FORMAT: "text" },
      want: /^time=\S+ level=INFO msg="paid 17" orderId=17\ntime=\S+ level=ERROR msg=failed err\.type=Error .*\n$/,
    },
    {
      name: "LOG_FORMAT=pretty",
      env: { LOG_FORMAT: "pretty" },
      want: /^[\d:.]{12} INFO {2}paid 17 {2}orderId=17\n[\d:.]{12} ERROR failed\n {4}err: Error: x\n {8}at /,
    },
    { name: "LOG_LEVEL=debug", env: { LOG_LEVEL: "debug", LOG_FORMAT: "text" }, want: /level=DEBUG msg=hidden\n$/ },
    { name: "LOG_LEVEL=error", env: { LOG_LEVEL: "error", LOG_FORMAT: "text" }, want: /^time=\S+ level=ERROR msg=failed .*\n$/ },
    { name: "LOG_LEVEL=off", env: { LOG_LEVEL: "off" }, want: /^$/ },
  ];
  test.each(rows)("register: $name is followed", async ({ env, want }) => {
    const ran = await run(CONSOLE, "mjs", { env });
    expect(ran.stdout).toMatch(want);
    expect(ran).toMatchObject({ stderr: "", code: 0 });
  });

  test("register: what is wrong in the environment is said, and the app runs", async () => {
    const ran = await run(CONSOLE, "mjs", { env: { LOG_LEVEL: "loud", LOG_FORMAT: "xml" } });
    expect(brief(ran)).toEqual(["INFO paid 17", "ERROR failed"]);
    expect(ran.stderr).toContain('correlog: LOG_FORMAT: expected json, text or pretty, got "xml"');
    expect(ran.stderr).toContain("correlog: LOG_LEVEL: RangeError: LOG_LEVEL: expected");
    expect(ran.code).toBe(0);
  });

  test("register: an app that sets a default logger of its own has the console there", async () => {
    const source = `
      import { Logger, setDefault } from "${pathToFileURL(join(ROOT, "src/index.ts")).href}";
      console.log("a");
      setDefault(new Logger({ enabled: () => true, handle: ({ message }) => process.stdout.write("own " + message + "\\n") }));
      console.log("b");
    `;
    const ran = await run(source, "ts");
    expect(ran.stdout).toContain("own b\n");
    expect(ran.stdout).toMatch(/"msg":"a"/);
    expect(ran.stdout).not.toMatch(/"msg":"b"/);
  });
});

/** Receives OTLP in JSON, and keeps the bodies of the records. */
async function receiving<T>(use: (endpoint: string, bodies: string[]) => Promise<T>): Promise<T> {
  const bodies: string[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const found = (await text(request)).matchAll(/"body":\{"stringValue":"([^"]*)"/g);
    bodies.push(...Array.from(found, ([, body = ""]) => body));
    response.setHeader("content-type", "application/json").end("{}");
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use(`http://127.0.0.1:${port}`, bodies);
  } finally {
    server.close();
  }
}

describe("OTLP", () => {
  const PLAIN = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_EXPORTER_OTLP_COMPRESSION: "none" };
  const ends: readonly { name: string; source: string; want: readonly string[] }[] = [
    { name: "a natural end", source: `console.log("a"); setTimeout(() => console.log("b"), 20);`, want: ["a", "b"] },
    { name: "process.exit()", source: `console.log("a"); process.exit(0);`, want: ["a"] },
    { name: "an uncaught error", source: `console.log("a"); throw new Error("boom");`, want: ["a", "uncaught error"] },
  ];
  test.each(ends)("register: with an endpoint the console arrives there too, at $name", async ({ source, want }) => {
    await receiving(async (endpoint, bodies) => {
      const ran = await run(source, "mjs", { env: { ...PLAIN, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
      expect(lines(ran).map(({ msg }) => msg)).toEqual(want);
      expect(bodies).toEqual(want);
    });
  });

  const generations = [
    { sdk: "SDK 3.x", base: join(ROOT, "package.json") },
    { sdk: "SDK 2.x", base: join(ROOT, "test/fixtures/otel-2/package.json") },
  ];
  test.each(generations)(
    "register: once the app registers a LoggerProvider of $sdk, that has the records, and none arrives twice",
    async ({ base }) => {
      await receiving(async (endpoint, bodies) => {
        const source = `
          const require = process.getBuiltinModule("node:module").createRequire(${JSON.stringify(base)});
          const { LoggerProvider, SimpleLogRecordProcessor, InMemoryLogRecordExporter } = require("@opentelemetry/sdk-logs");
          const { logs = require("@opentelemetry/api-logs").logs } = require("@opentelemetry/api");
          console.log("early");
          const exporter = new InMemoryLogRecordExporter();
          logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
          console.log("late");
          setTimeout(() => console.log("SDK has " + exporter.getFinishedLogRecords().map(({ body }) => body)), 20);
        `;
        const ran = await run(source, "mjs", { env: { ...PLAIN, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
        expect(brief(ran)).toEqual(["INFO early", "INFO late", "INFO SDK has late"]);
        expect(bodies).toEqual(["early"]);
      });
    },
  );

  test("register: an endpoint that is none is said, and the app runs", async () => {
    const ran = await run(`console.log("a");`, "mjs", { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "::" } });
    expect(brief(ran)).toEqual(["INFO a"]);
    expect(ran.stderr).toContain("correlog: otlp OTEL_EXPORTER_OTLP_ENDPOINT: expected an http or https URL");
    expect(ran.code).toBe(0);
  });

  test("register: without an endpoint nothing of OTLP is loaded", async () => {
    const source = `
      process.stdout.write(JSON.stringify({ level: "HTTP", msg: String(process.moduleLoadList.includes("NativeModule http")) }) + "\\n");
    `;
    expect(brief(await run(source))).toEqual(["HTTP false"]);
  });
});
