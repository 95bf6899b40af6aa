import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";
import type { ChildProcess } from "node:child_process";
import type { OtlpOptions } from "../../src/otlp/index.ts";
import type { Receiver } from "./receiver.ts";

let dir: string;
let to: Receiver;
const children: ChildProcess[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "correlog-spool-"));
  to = await receiver();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await to.close();
  rmSync(dir, { recursive: true, force: true });
});

function options(more: OtlpOptions = {}): OtlpOptions {
  return {
    env: {},
    endpoint: to.url,
    spool: dir,
    firstRetryMs: 20,
    longestRetryMs: 50,
    scheduleDelayMs: 20,
    flushTimeoutMs: 5000,
    ...more,
  };
}

/** Logs in another process; each line that it prints names the last record whose turn is over. */
function child(code: string, url = to.url): ChildProcess & { output: string } {
  const source = `
    import { otlpHandler } from ${JSON.stringify(join(import.meta.dirname, "../../src/otlp/index.ts"))};
    import { Logger } from ${JSON.stringify(join(import.meta.dirname, "../../src/logger/logger.ts"))};
    import { writeSync } from "node:fs";
    const handler = otlpHandler({ env: {}, endpoint: ${JSON.stringify(url)}, spool: ${JSON.stringify(dir)}, scheduleDelayMs: 50, firstRetryMs: 20, exitTimeoutMs: 200 });
    const logger = new Logger(handler);
    ${code}`;
  const spawned = spawn(process.execPath, ["--input-type=module-typescript", "--eval", source], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const started = Object.assign(spawned, { output: "" });
  started.stdout?.on("data", (data: Buffer) => (started.output += data.toString()));
  children.push(started);
  return started;
}

const STREAM = `
  let n = 0;
  const turn = () => {
    for (let i = 0; i < 5; i++) logger.info("m" + n++);
    // Behind the turn's end: what was logged in it is on disk.
    setImmediate(() => setImmediate(() => { writeSync(1, n - 1 + "\\n"); turn(); }));
  };
  turn();`;

async function ended(started: ChildProcess): Promise<void> {
  if (started.exitCode === null && started.signalCode === null) await new Promise((resolve) => started.once("exit", resolve));
}

function files(): string[] {
  return readdirSync(dir);
}

describe.skipIf(PROTO_DIR === undefined)("spool", () => {
  test("what is delivered leaves nothing on disk", async () => {
    const handler = otlpHandler(options());
    const logger = new Logger(handler);
    for (let i = 0; i < 1000; i++) logger.info(`m${i}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(handler.stats().spooledBytes).toBeGreaterThan(10_000);
    await handler.shutdown();
    expect(to.messages()).toHaveLength(1000);
    expect(files()).toEqual([]);
  });

  test("what is not delivered is sent by the next start, in order, before its own", async () => {
    await to.close();
    const first = child(`for (let i = 0; i < 500; i++) logger[i % 2 ? "info" : "warn"]("m" + i, { i });`);
    await ended(first);
    expect(files()).toHaveLength(1);
    await to.reopen();
    const handler = otlpHandler(options());
    new Logger(handler).info("new");
    await handler.flush();
    expect(to.messages()).toEqual([...Array.from({ length: 500 }, (_, i) => `m${i}`), "new"]);
    expect(handler.stats()).toMatchObject({ adopted: 500, delivered: 501, taken: 1, queued: 0 });
    // The resource is that of the process that logged.
    const resource = to.received[0]?.request.resourceLogs?.[0]?.resource;
    expect(resource?.attributes?.find(({ key }) => key === "process.pid")?.value?.intValue).toBe(String(first.pid));
    await handler.shutdown();
    expect(files()).toEqual([]);
  });

  test("records survive kill -9 from the end of their turn on, and a torn last write costs only itself", async () => {
    await to.close();
    const killed = child(STREAM);
    while (killed.output.split("\n").length < 50) await new Promise((resolve) => setTimeout(resolve, 10));
    killed.kill("SIGKILL");
    await ended(killed);
    const said = Number(killed.output.trim().split("\n").at(-1));
    const [file = ""] = files();
    const whole = readFileSync(join(dir, file));
    // A write that was cut off in the middle, once of a record that was never promised, once of damage in the middle.
    appendFileSync(join(dir, file), whole.subarray(whole.length - 100, whole.length - 10));
    await to.reopen();
    const handler = otlpHandler(options());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await handler.flush();
    const got = to.messages();
    expect(got.slice(0, said + 1)).toEqual(Array.from({ length: said + 1 }, (_, i) => `m${i}`));
    expect(new Set(got).size).toBe(got.length);
    await handler.shutdown();
  });

  test("damage in the middle costs what it hit", async () => {
    await to.close();
    await ended(
      child(
        `for (const n of [0, 1, 2, 3]) { logger.info("m" + n); await new Promise(setImmediate); await new Promise(setImmediate); }`,
      ),
    );
    const path = join(dir, files()[0] ?? "");
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("m1")] = 0;
    writeFileSync(path, bytes);
    await to.reopen();
    const handler = otlpHandler(options());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await handler.shutdown();
    expect(to.messages()).toEqual(["m0", "m2", "m3"]);
  });

  test("processes that share the folder send each record once, and take over only what ended ones left", async () => {
    to.fallback = 503;
    const alive = child(
      `for (let i = 0; i < 100; i++) logger.info("alive" + i); setInterval(() => {}, 1000); writeSync(1, "x");`,
    );
    const dead = child(
      `for (let i = 0; i < 100; i++) logger.info("dead" + i); setImmediate(() => setImmediate(() => process.kill(process.pid, "SIGKILL")));`,
    );
    await ended(dead);
    while (alive.output === "") await new Promise((resolve) => setTimeout(resolve, 10));
    to.fallback = 200;
    const handlers = [otlpHandler(options()), otlpHandler(options())];
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all(handlers.map(async (handler) => handler.flush()));
    const names = to.messages().filter((message) => message.startsWith("dead"));
    expect(names).toEqual(Array.from({ length: 100 }, (_, i) => `dead${i}`));
    while (to.messages().length < 200) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(to.messages()).toHaveLength(200);
    await Promise.all(handlers.map(async (handler) => handler.shutdown()));
  });

  test("past the bound of the memory records wait on disk only, and all arrive in order", async () => {
    await to.close();
    const handler = otlpHandler(options({ maxQueueBytes: 40_000 }));
    const logger = new Logger(handler);
    for (let i = 0; i < 3000; i++) logger.info(`m${i}`);
    const { queuedBytes, queued, spooledBytes } = handler.stats();
    expect(queued).toBe(3000);
    expect(queuedBytes).toBeLessThan(45_000);
    expect(spooledBytes).toBeGreaterThan(100_000);
    await to.reopen();
    await handler.flush();
    expect(to.messages()).toEqual(Array.from({ length: 3000 }, (_, i) => `m${i}`));
    expect(handler.stats()).toMatchObject({ delivered: 3000, dropped: 0 });
    await handler.shutdown();
    expect(files()).toEqual([]);
  });

  test("a record that is refused leaves the disk with its batch", async () => {
    to.fallback = ({ records }) => (records.some(({ body }) => body === "m7") ? 400 : 200);
    const handler = otlpHandler(options());
    const logger = new Logger(handler);
    for (let i = 0; i < 20; i++) logger.info(`m${i}`);
    await expect(handler.shutdown()).rejects.toThrow("1 dropped");
    expect(to.messages()).toHaveLength(19);
    expect(files()).toEqual([]);
  });

  test("is bounded in bytes: the oldest go", async () => {
    await to.close();
    const handler = otlpHandler(options({ spool: { dir, maxBytes: 9_000_000 }, maxBatchBytes: 200_000, flushTimeoutMs: 10 }));
    const logger = new Logger(handler);
    for (let i = 0; i < 300; i++) logger.info(`m${i}`, { a: "x".repeat(60_000) });
    const { droppedBy, queued, spooledBytes } = handler.stats();
    expect(droppedBy.queueFull).toBeGreaterThan(50);
    expect(droppedBy.queueFull + queued).toBe(300);
    expect(spooledBytes).toBeLessThan(9_300_000);
    await handler.shutdown().catch(() => {});
    const onDisk = files().reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);
    expect(onDisk).toBeLessThan(9_300_000);
  });

  test("is bounded in age", async () => {
    await to.close();
    await ended(child(`logger.info("old");`));
    await to.reopen();
    const handler = otlpHandler(options({ spool: { dir, maxAgeMs: 0 } }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await handler.flush().catch(() => {});
    expect(to.messages()).toEqual([]);
    expect(handler.stats().droppedBy.expired).toBe(1);
    expect(files().filter((file) => statSync(join(dir, file)).size > 0)).toEqual([]);
    await handler.shutdown().catch(() => {});
  });

  test("a disk that cannot be written to costs nothing but its protection", async () => {
    writeFileSync(join(dir, "file"), "");
    const handler = otlpHandler(options({ spool: join(dir, "file", "folder") }));
    const logger = new Logger(handler);
    for (let i = 0; i < 100; i++) logger.info(`m${i}`);
    await handler.shutdown();
    expect(to.messages()).toHaveLength(100);
  });
});
