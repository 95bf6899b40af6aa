import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startWorker, WORKERD } from "../runtime/workerd.ts";
import { PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";
import type { RunningWorker } from "../runtime/workerd.ts";
import type { Receiver } from "./receiver.ts";

const ROOT = join(import.meta.dirname, "../..");
if (!existsSync(WORKERD)) console.warn(`skipped: no workerd at ${WORKERD}`);

const app = mkdtempSync(join(tmpdir(), "correlog-workerd-"));

/** Logs as its path says; the handler and the logger are of the global scope, as in a real worker. */
const WORKER = `
import { Logger } from "correlog/core.js";
import { otlpHandler } from "correlog/otlp/index.js";
let handler, logger;
export default {
  async fetch(request, env, ctx) {
    handler ??= otlpHandler({ endpoint: env.ENDPOINT, flushTimeoutMs: 8000, timeoutMs: 500, firstRetryMs: 20, resource: { "service.name": "worker" } });
    logger ??= new Logger(handler);
    const { pathname, searchParams } = new URL(request.url);
    for (let i = 0; i < Number(searchParams.get("n")); i++) logger.info(searchParams.get("m") + i);
    if (pathname === "/await") await handler.flush();
    if (pathname === "/wait-until") ctx.waitUntil(handler.flush());
    if (pathname === "/start") void handler.flush().catch(() => {});
    return Response.json(handler.stats());
  },
};
`;

describe.skipIf(PROTO_DIR === undefined || !existsSync(WORKERD))("a worker in workerd", () => {
  let to: Receiver;
  let worker: RunningWorker;

  beforeAll(() => {
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const dist = join(app, "node_modules/correlog/dist");
    execFileSync(tsc, ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist], { stdio: "pipe" });
  }, 60_000);
  afterAll(() => {
    rmSync(app, { recursive: true, force: true });
  });

  beforeEach(async () => {
    to = await receiver();
    worker = await startWorker(app, WORKER, { env: { ENDPOINT: to.url } });
    await worker.ask("/up");
  });
  afterEach(async () => {
    await worker.end();
    await to.close();
  });

  async function ask(path: string): Promise<unknown> {
    return JSON.parse(await worker.ask(path));
  }

  const messages = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}${i}`);

  test("that awaits flush() has delivered before it answers", async () => {
    expect(await ask("/await?n=100&m=a")).toMatchObject({ taken: 100, delivered: 100, queued: 0 });
    expect(to.messages()).toEqual(messages("a", 100));
    expect(to.received[0]?.request.resourceLogs?.[0]?.resource?.attributes).toContainEqual({
      key: "service.name",
      value: { stringValue: "worker" },
    });
    expect(await ask("/await?n=1&m=b")).toMatchObject({ delivered: 101, queued: 0 });
    expect(worker.said()).toBe("");
  });

  test("that hands flush() to waitUntil() answers before, and delivers", async () => {
    to.fallback = { delayMs: 100 };
    expect(await ask("/wait-until?n=100&m=a")).toMatchObject({ taken: 100, delivered: 0 });
    await vi.waitFor(() => expect(to.messages()).toEqual(messages("a", 100)), { timeout: 20_000 });
    expect(await ask("/await")).toMatchObject({ delivered: 100, queued: 0 });
    expect(worker.said()).toBe("");
  });

  test("that tries again after a failure delivers", async () => {
    to.script.push(503, "reset");
    expect(await ask("/await?n=10&m=a")).toMatchObject({ delivered: 10, retries: 2 });
    expect(to.messages()).toEqual(messages("a", 10));
  });

  test("whose requests flush at the same time delivers all of them, each once", async () => {
    to.fallback = { delayMs: 50 };
    const names = Array.from({ length: 10 }, (_, i) => `r${i}-`);
    await Promise.all(names.map(async (name) => ask(`/await?n=10&m=${name}`)));
    expect(await ask("/await")).toMatchObject({ delivered: 100, queued: 0 });
    expect(to.messages().toSorted()).toEqual(names.flatMap((name) => messages(name, 10)).toSorted());
  });

  test("that was asked to wait does, and delivers although the request that was told is over", async () => {
    to.script.push({ status: 429, headers: { "retry-after": "1" } });
    await ask("/start?n=10&m=a");
    await vi.waitFor(() => expect(to.seen).toHaveLength(1));
    expect(await ask("/await?n=1&m=b")).toMatchObject({ delivered: 11, queued: 0 });
  });

  test("whose request ended without a flush delivers with the next one that flushes", async () => {
    await ask("/none?n=10&m=a");
    await ask("/none?n=10&m=b");
    expect(await ask("/await?n=1&m=c")).toMatchObject({ delivered: 21, queued: 0 });
    expect(to.messages()).toEqual([...messages("a", 10), ...messages("b", 10), "c0"]);
  });

  test("whose request ended in the middle of a delivery delivers with the next ones that flush", async () => {
    to.fallback = "stall";
    for (const name of ["a", "b", "c", "d", "e"]) await ask(`/start?n=10&m=${name}`);
    to.fallback = 200;
    const began = Date.now();
    expect(await ask("/await?n=10&m=f")).toMatchObject({ delivered: 60, queued: 0 });
    expect(Date.now() - began).toBeLessThan(4000);
    expect(new Set(to.messages())).toEqual(new Set(["a", "b", "c", "d", "e", "f"].flatMap((name) => messages(name, 10))));
  });
});
