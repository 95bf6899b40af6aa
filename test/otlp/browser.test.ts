import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { freePort } from "../runtime/free-port.ts";
import { findBackend, startBackend } from "./backends.ts";
import { CHROMIUM, startBrowser } from "./browser.ts";
import { PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "./browser.ts";
import type { Receiver } from "./receiver.ts";

const COLLECTOR = findBackend("otelcol", "OTELCOL_BIN", "otelcol-min");
const ROOT = join(import.meta.dirname, "../..");
const dist = mkdtempSync(join(tmpdir(), "correlog-browser-dist-"));
let pages: Server;
let browser: Browser;
let to: Receiver;

/** A page has a logger, a handler, and nothing else. */
const PAGE = `<!doctype html><script type="module">
  import { Logger } from "/core.js";
  import { otlpHandler } from "/otlp/index.js";
  globalThis.start = (options) => {
    globalThis.handler = otlpHandler({ firstRetryMs: 20, resource: { "service.name": "page" }, ...options });
    globalThis.logger = new Logger(handler);
  };
  globalThis.say = (count, more = {}) => { for (let i = 0; i < count; i++) logger.info("m" + i, more); };
</script>`;

describe.skipIf(PROTO_DIR === undefined || CHROMIUM === undefined)("a page of a browser", () => {
  beforeAll(async () => {
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    execFileSync(tsc, ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist], { stdio: "pipe" });
    pages = createServer(({ url = "" }, response) => {
      if (url.endsWith(".js")) response.setHeader("content-type", "text/javascript").end(readFileSync(join(dist, url)));
      else response.setHeader("content-type", "text/html").end(url === "/" ? PAGE : "<!doctype html>");
    });
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    browser = await startBrowser(CHROMIUM ?? "");
  }, 60_000);

  afterAll(async () => {
    await browser.stop();
    pages.closeAllConnections();
    pages.close();
    rmSync(dist, { recursive: true, force: true });
  });

  beforeEach(async () => {
    to = await receiver();
  });
  afterEach(async () => to.close());

  async function open(options: object = {}): Promise<Page> {
    const page = await browser.open(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    await page.evaluate(`start(${JSON.stringify({ endpoint: to.url, ...options })})`);
    return page;
  }

  /** Waits for requests that come after the page is gone. */
  async function arrived(count: number): Promise<string[]> {
    await vi.waitFor(() => expect(to.messages().length).toBeGreaterThanOrEqual(count), { timeout: 20_000, interval: 10 });
    return to.messages();
  }

  const messages = (count: number): string[] => Array.from({ length: count }, (_, i) => `m${i}`);

  test.each(["http/protobuf", "http/json"])("sends %s to another origin, asking CORS for content-type only", async (protocol) => {
    const page = await open({ protocol });
    await page.evaluate(`say(100), handler.flush()`);
    expect(to.messages()).toEqual(messages(100));
    expect(to.preflights).toEqual(["content-type"]);
    expect(to.received[0]?.request.resourceLogs?.[0]?.resource?.attributes).toContainEqual({
      key: "service.name",
      value: { stringValue: "page" },
    });
    await page.close();
  });

  test("sends more than 64 KiB, which is what may outlive it, while it is there", async () => {
    const page = await open();
    await page.evaluate(`say(100, { text: "x".repeat(10_000) }), handler.flush()`);
    expect(to.messages().toSorted()).toEqual(messages(100).toSorted());
    expect(await page.evaluate(`handler.stats()`)).toMatchObject({ delivered: 100, dropped: 0, retries: 0 });
    await page.close();
  });

  test("sends one record of more than 64 KiB", async () => {
    const page = await open();
    await page.evaluate(`say(1, { text: "x".repeat(60_000), more: "y".repeat(60_000) }), handler.flush()`);
    expect(to.messages()).toEqual(["m0"]);
    await page.close();
  });

  test.each<{ name: string; compression: string; leave: string }>([
    { name: "left for another", compression: "none", leave: `location.href = "/next"` },
    { name: "left while it would compress", compression: "gzip", leave: `location.href = "/next"` },
    { name: "reloaded", compression: "none", leave: `location.reload()` },
  ])("that is $name delivers what was just logged", async ({ compression, leave }) => {
    const page = await open({ compression });
    await page.evaluate(`say(200), void (${leave})`);
    expect(await arrived(200)).toEqual(messages(200));
    await page.close();
  });

  test("that is closed delivers what was just logged, also in its last event", async () => {
    const page = await open();
    await page.evaluate(`say(200), addEventListener("unload", () => logger.info("last"))`);
    await page.close();
    expect(await arrived(201)).toEqual([...messages(200), "last"]);
  });

  test("that is left with more than 64 KiB delivers the oldest of it", async () => {
    const page = await open();
    await page.evaluate(`say(100, { text: "x".repeat(10_000) }), void (location.href = "/next")`);
    // Two requests of three records; others, that do not outlive the page, may arrive before them or not at all.
    await vi.waitFor(() => expect(to.messages()).toEqual(expect.arrayContaining(messages(6))), { timeout: 20_000, interval: 10 });
    await page.close();
  });

  test("that is hidden sends at once", async () => {
    const page = await open({ scheduleDelayMs: 60_000 });
    await page.evaluate(`
      say(10);
      Object.defineProperty(document, "visibilityState", { value: "hidden" });
      document.dispatchEvent(new Event("visibilitychange"))`);
    expect(await arrived(10)).toEqual(messages(10));
    await page.close();
  });

  test("tries again what a receiver does not take, and one that its CORS forbids", async () => {
    const page = await open({ compression: "gzip", scheduleDelayMs: 20 });
    await page.evaluate(`say(10), void 0`);
    await vi.waitFor(() => expect(to.preflights.length).toBeGreaterThan(1), { timeout: 20_000 });
    expect(to.preflights[0]).toBe("content-encoding,content-type");
    to.script.push(503, "reset");
    to.corsHeaders = "content-type,content-encoding";
    await page.evaluate(`handler.flush()`);
    expect(to.messages()).toEqual(messages(10));
    expect(to.received[0]?.headers).toMatchObject({ "content-encoding": "gzip" });
    await page.close();
  });

  test.skipIf(COLLECTOR === undefined)("delivers to the real Collector, with the least that its CORS can be set to", async () => {
    const port = await freePort();
    const config = `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}", cors: { allowed_origins: ["http://127.0.0.1:*"] } } } } }
exporters:
  otlp_http/sink: { endpoint: "${to.url}", encoding: json, compression: none, sending_queue: { enabled: false }, retry_on_failure: { enabled: false } }
service:
  telemetry: { logs: { level: error }, metrics: { level: none } }
  pipelines: { logs: { receivers: [otlp], exporters: [otlp_http/sink] } }
`;
    const collector = await startBackend(COLLECTOR ?? "", (dir) => ["--config", `${dir}/config.yaml`], port, config);
    try {
      const page = await open({ endpoint: `http://127.0.0.1:${port}` });
      await page.evaluate(`say(100), handler.flush()`);
      expect(to.messages()).toEqual(messages(100));
      await page.evaluate(`say(50), void (location.href = "/next")`);
      expect(await arrived(150)).toEqual([...messages(100), ...messages(50)]);
      await page.close();
    } finally {
      await collector.stop();
    }
  });
});
