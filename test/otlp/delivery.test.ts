import { afterEach, describe, expect, test, vi } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler, UndeliveredError } from "../../src/otlp/index.ts";
import { encodeReply, PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";
import type { OtlpHandler, OtlpOptions } from "../../src/otlp/index.ts";
import type { Answer, Receiver } from "./receiver.ts";

const QUICK: OtlpOptions = { env: {}, firstRetryMs: 20, longestRetryMs: 50, scheduleDelayMs: 20 };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end().catch(() => {});
});

async function start(options: OtlpOptions = {}): Promise<{ to: Receiver; handler: OtlpHandler; logger: Logger }> {
  const to = await receiver();
  const handler = otlpHandler({ ...QUICK, ...(options.url === undefined ? { endpoint: to.url } : {}), ...options });
  ends.push(
    async () => to.close(),
    async () => handler.shutdown(),
  );
  return { to, handler, logger: new Logger(handler) };
}

function say(logger: Logger, count: number, from = 0): string[] {
  const messages = Array.from({ length: count }, (_, i) => `m${from + i}`);
  for (const message of messages) logger.info(message);
  return messages;
}

async function failure(promise: Promise<void>): Promise<UndeliveredError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UndeliveredError);
  return error as UndeliveredError;
}

describe.skipIf(PROTO_DIR === undefined)("delivery", () => {
  test("100,000 records of one tick arrive, in order, with default settings", async () => {
    const { to, handler, logger } = await start({ scheduleDelayMs: 1000, concurrency: 4 });
    for (let i = 0; i < 100_000; i++) logger.info("m", { i });
    await handler.flush();
    const got = to.received.flatMap(({ records }) =>
      records.map(({ attributes }) => Number((attributes["i"] as { int: string }).int)),
    );
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100_000 }, (_, i) => i));
    expect(handler.stats()).toMatchObject({ taken: 100_000, delivered: 100_000, dropped: 0, queued: 0, queuedBytes: 0 });
  });

  test.each<{ name: string; answers: Answer[] }>([
    { name: "429", answers: [429] },
    { name: "502, 503 and 504 in a row", answers: [502, 503, 504] },
    { name: "a reset connection", answers: ["reset", "reset"] },
    { name: "no reply in time", answers: ["stall"] },
    { name: "Retry-After in seconds", answers: [{ status: 503, headers: { "retry-after": "0" } }] },
    { name: "Retry-After as a date", answers: [{ status: 429, headers: { "retry-after": new Date(0).toUTCString() } }] },
  ])("after $name the same records come again, once and in order", async ({ answers }) => {
    const { to, handler, logger } = await start({ timeoutMs: 200, maxBatchRecords: 3 });
    to.script.push(...answers);
    const messages = say(logger, 10);
    await handler.flush();
    expect(to.messages().toSorted()).toEqual(messages.toSorted());
    expect(handler.stats()).toMatchObject({ delivered: 10, dropped: 0 });
    expect(handler.stats().retries).toBeGreaterThan(0);
  });

  test("Retry-After is waited for, by a flush too", async () => {
    const { to, handler, logger } = await start();
    to.script.push({ status: 503, headers: { "retry-after": "1" } });
    say(logger, 1);
    const waiting = handler.flush();
    await vi.waitFor(() => expect(handler.stats().retries).toBe(1));
    await Promise.all([waiting, handler.flush()]);
    const [first, second] = to.seen;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test.each([300, 302, 307, 401, 403, 404, 405, 408, 415, 500, 501])(
    "%i is not tried again, and flush says so",
    async (status) => {
      const { to, handler, logger } = await start();
      to.script.push({ status, headers: { location: `${to.url}/elsewhere` } });
      say(logger, 3);
      const error = await failure(handler.flush());
      expect(error).toMatchObject({ dropped: 3, queued: 0 });
      expect(error.message).toContain(String(status));
      expect(to.seen).toHaveLength(1);
      expect(handler.stats().droppedBy.refused).toBe(3);
      say(logger, 1);
      await handler.flush();
      expect(to.messages()).toEqual(["m0"]);
    },
  );

  test("a record for which a receiver refuses all is found, and only it is lost", async () => {
    const { to, handler, logger } = await start();
    to.fallback = ({ records }) => (records.some(({ body }) => body === "m13" || body === "m77") ? 400 : 200);
    const messages = say(logger, 100);
    const error = await failure(handler.flush());
    expect(error.dropped).toBe(2);
    expect(to.messages().toSorted()).toEqual(messages.filter((message) => message !== "m13" && message !== "m77").toSorted());
  });

  test("a receiver that refuses everything is not asked for each record for ever", async () => {
    const { to, handler, logger } = await start({ maxBatchRecords: 100 });
    to.fallback = 400;
    say(logger, 2000);
    await failure(handler.flush());
    expect(handler.stats().droppedBy.refused).toBe(2000);
    expect(to.seen.length).toBeLessThan(300);
  });

  test("partial success is counted, in both encodings", async () => {
    for (const protocol of ["http/protobuf", "http/json"] as const) {
      const { to, handler, logger } = await start({ protocol });
      const partialSuccess = { rejectedLogRecords: 2, errorMessage: "too old" };
      const [type, body] =
        protocol === "http/json"
          ? ["application/json", JSON.stringify({ partialSuccess: { ...partialSuccess, rejectedLogRecords: "2" } })]
          : ["application/x-protobuf", encodeReply({ partialSuccess })];
      to.script.push({ status: 200, headers: { "content-type": type }, body });
      say(logger, 5);
      const error = await failure(handler.flush());
      expect(error.message).toContain("too old");
      expect(handler.stats()).toMatchObject({ delivered: 3, droppedBy: { rejected: 2 } });
    }
  });

  test("a reply that is no OTLP, or none at all, is success by its status", async () => {
    const { to, handler, logger } = await start();
    to.script.push(
      { status: 200, body: "<html>" },
      { status: 204 },
      { status: 200, headers: { "content-type": "application/json" }, body: "{" },
    );
    for (let i = 0; i < 3; i++) {
      say(logger, 1, i);
      await handler.flush();
    }
    expect(to.messages()).toEqual(["m0", "m1", "m2"]);
  });

  test("a record that is deeper than decoders of protobuf read, in six groups, arrives with the deepest cut", async () => {
    const { to, handler, logger } = await start();
    let value: unknown = "deepest";
    for (let i = 0; i < 80; i++) value = { v: value };
    let inGroups = logger;
    for (let i = 0; i < 6; i++) inGroups = inGroups.withGroup("g");
    inGroups.info("deep", { value, error: new Error("x", { cause: value }) });
    await handler.flush();
    expect(to.messages()).toEqual(["deep"]);
    expect(JSON.stringify(to.received[0]?.records)).toContain("[Depth]");
  });

  test("a receiver that is away and comes back gets all, in order", async () => {
    const { to, handler, logger } = await start({ maxBatchRecords: 7 });
    const messages = say(logger, 20);
    await handler.flush();
    await to.close();
    for (let i = 0; i < 30; i++) {
      messages.push(...say(logger, 5, messages.length));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // One request at a time until the backlog is gone: none comes before the last one was answered.
    let together = 0;
    to.fallback = () => {
      together += to.received.slice(before).filter(({ replied }) => !replied).length;
      return { delayMs: 5 };
    };
    const before = to.received.length;
    await to.reopen();
    await handler.flush();
    expect(to.messages()).toEqual(messages);
    expect(together).toBe(0);
  });

  test("gzip, headers, path and connections are as they were asked for", async () => {
    const { to, handler, logger } = await start({
      compression: "gzip",
      headers: async () => ({ "X-Key": "s3cret" }),
      env: { OTEL_EXPORTER_OTLP_HEADERS: "x-env=a%20b,X-Key=other" },
    });
    for (let i = 0; i < 5; i++) {
      say(logger, 10, i * 10);
      await handler.flush();
    }
    expect(to.messages()).toHaveLength(50);
    expect(to.received[0]).toMatchObject({ path: "/v1/logs" });
    expect(to.received[0]?.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "application/x-protobuf",
      "x-key": "s3cret",
      "x-env": "a b",
      connection: "keep-alive",
    });
  });

  test("fetch sends as well, and a redirect is refused there too", async () => {
    const { to, handler, logger } = await start({ fetch: (url, init) => fetch(url, init), compression: "gzip" });
    say(logger, 3);
    await handler.flush();
    expect(to.messages()).toEqual(["m0", "m1", "m2"]);
    to.script.push({ status: 302, headers: { location: `${to.url}/x` } });
    say(logger, 1);
    await failure(handler.flush());
    to.script.push("reset", 503);
    say(logger, 1, 9);
    await handler.flush();
    expect(to.messages()).toEqual(["m0", "m1", "m2", "m9"]);
  });
});

describe.skipIf(PROTO_DIR === undefined)("flush and shutdown", () => {
  test("flushes at a time all wait until everything before them is delivered", async () => {
    const { to, handler, logger } = await start();
    to.fallback = { delayMs: 50 };
    say(logger, 10);
    const first = handler.flush();
    say(logger, 10, 10);
    const second = handler.flush();
    await first;
    expect(to.messages().slice(0, 10)).toHaveLength(10);
    await second;
    expect(to.messages()).toHaveLength(20);
  });

  test("a flush that is not done in time rejects with what is still queued, which is sent later", async () => {
    const { to, handler, logger } = await start({ timeoutMs: 100 });
    to.script.push("stall");
    say(logger, 4);
    expect(await failure(handler.flush({ timeoutMs: 30 }))).toMatchObject({ dropped: 0, queued: 4 });
    await handler.flush();
    expect(to.messages()).toHaveLength(4);
  });

  test("a loss is told by the flushes that wait for it, and not twice", async () => {
    const { to, handler, logger } = await start();
    to.script.push(401);
    say(logger, 2);
    const both = [failure(handler.flush()), failure(handler.flush())];
    expect((await Promise.all(both)).map(({ dropped }) => dropped)).toEqual([2, 2]);
    await handler.flush();
  });

  test("shutdown while a flush runs loses nothing; what comes later is dropped and counted", async () => {
    const { to, handler, logger } = await start();
    to.fallback = { delayMs: 50 };
    say(logger, 10);
    const flush = handler.flush();
    say(logger, 10, 10);
    const shutdown = handler.shutdown();
    say(logger, 1, 99);
    await Promise.all([flush, shutdown, handler.shutdown()]);
    expect(to.messages()).toHaveLength(20);
    expect(handler.stats().droppedBy.shutdown).toBe(1);
  });

  test("shutdown says what it could not deliver", async () => {
    const handler = otlpHandler({ ...QUICK, url: "http://127.0.0.1:9/", flushTimeoutMs: 50 });
    say(new Logger(handler), 3);
    const error = await failure(handler.shutdown());
    expect(error.message).toBe("3 records not delivered (3 dropped, 0 queued): ECONNREFUSED");
    expect(error).toMatchObject({ dropped: 3, queued: 0, problem: "ECONNREFUSED" });
    expect(handler.stats()).toMatchObject({ queued: 0, droppedBy: { shutdown: 3 } });
  });

  test("shutdown waits for a receiver that takes nothing for a while, and as long as it takes some for as long as a flush", async () => {
    const { to, handler, logger } = await start({ shutdownTimeoutMs: 500, maxBatchRecords: 1, concurrency: 1 });
    // 900 ms of work, none of which takes 500.
    to.fallback = { delayMs: 90 };
    say(logger, 10);
    await handler.shutdown();
    expect(to.messages()).toHaveLength(10);

    const dead = otlpHandler({ ...QUICK, url: "http://127.0.0.1:9/", shutdownTimeoutMs: 200 });
    say(new Logger(dead), 3);
    const began = performance.now();
    expect(await failure(dead.shutdown())).toMatchObject({ dropped: 3, queued: 0 });
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test("a flush that waits when shutdown gives up says so at once", async () => {
    const handler = otlpHandler({ ...QUICK, url: "http://127.0.0.1:9/" });
    say(new Logger(handler), 3);
    const began = performance.now();
    const [flush, shutdown] = [failure(handler.flush()), failure(handler.shutdown({ timeoutMs: 100 }))];
    expect([await flush, await shutdown]).toMatchObject([
      { dropped: 3, queued: 0 },
      { dropped: 3, queued: 0 },
    ]);
    expect(performance.now() - began).toBeLessThan(5000);
    await handler.flush();
  });

  test("shutdown waits no longer than it is told, even while records are delivered", async () => {
    const { to, handler, logger } = await start({ maxBatchRecords: 1, concurrency: 1 });
    to.fallback = { delayMs: 90 };
    say(logger, 10);
    const { dropped, queued } = await failure(handler.shutdown({ timeoutMs: 300 }));
    expect(queued).toBe(0);
    expect(dropped).toBeGreaterThan(5);
    expect(handler.stats()).toMatchObject({ delivered: 10 - dropped, droppedBy: { shutdown: dropped } });
  });

  test("a request that fails is said with how many records wait, not with records times tries", async () => {
    const write = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockImplementation(() => 0);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const { reportUnsaid } = await import("../../src/report/report.ts");
      reportUnsaid();
      await vi.advanceTimersByTimeAsync(60_000);
      write.mockClear();
      const handler = otlpHandler({
        ...QUICK,
        transport: { send: async () => Promise.reject(new Error("away")), close: () => {} },
      });
      say(new Logger(handler), 5);
      await vi.advanceTimersByTimeAsync(9000);
      reportUnsaid();
      const said = write.mock.calls.map(([, text]) => String(text)).filter((text) => text.includes("otlp retry"));
      expect(said[0]).toBe("correlog: otlp retry: a request failed: away; 5 records wait and are sent again\n");
      const [, more = "", all = ""] =
        /: (\d+) more \((\d+) in all\), last: a request failed: away; 5 records/.exec(said[1] ?? "") ?? [];
      const { retries } = handler.stats();
      expect([Number(more), Number(all) >= retries]).toEqual([retries - 1, true]);
      const ending = failure(handler.shutdown({ timeoutMs: 10 }));
      await vi.advanceTimersByTimeAsync(20);
      await ending;
    } finally {
      vi.useRealTimers();
      write.mockRestore();
    }
  });
});

describe.skipIf(PROTO_DIR === undefined)("a full queue", () => {
  const SMALL: OtlpOptions = { maxQueueBytes: 20_000, url: "http://127.0.0.1:9/", flushTimeoutMs: 50 };

  test("drops the oldest and keeps the newest, within its bytes", async () => {
    const { to, handler, logger } = await start(SMALL);
    say(logger, 2000);
    expect(handler.stats().queuedBytes).toBeLessThan(20_200);
    const { queueFull } = handler.stats().droppedBy;
    expect(queueFull).toBeGreaterThan(1000);
    expect(handler.stats().queued).toBe(2000 - queueFull);
    void to;
  });

  test("drops the newest where that is the rule", async () => {
    const to = await receiver();
    const handler = otlpHandler({ ...QUICK, maxQueueBytes: 20_000, endpoint: to.url, whenFull: "drop-newest" });
    ends.push(
      async () => to.close(),
      async () => handler.shutdown(),
    );
    say(new Logger(handler), 2000);
    const { queued, droppedBy } = handler.stats();
    expect(droppedBy.queueFull).toBe(2000 - queued);
    await failure(handler.flush());
    expect(to.messages()).toEqual(Array.from({ length: queued }, (_, i) => `m${i}`));
  });

  test("counts records where OTEL_BLRP_MAX_QUEUE_SIZE says so", async () => {
    const { handler, logger } = await start({
      url: "http://127.0.0.1:9/",
      flushTimeoutMs: 50,
      env: { OTEL_BLRP_MAX_QUEUE_SIZE: "100" },
    });
    say(logger, 1000);
    expect(handler.stats().queued).toBeLessThanOrEqual(100);
  });

  test("holds up a record of the level that is asked for, and sends meanwhile", async () => {
    const to = await receiver();
    // The receiver answers from another thread: this one stands still.
    const { Worker } = await import("node:worker_threads");
    const worker = new Worker(
      `const http = require("node:http"); const { parentPort } = require("node:worker_threads"); let bytes = 0;
       http.createServer((q, r) => { q.on("data", (d) => (bytes += d.length)); q.on("end", () => { r.end(); parentPort.postMessage(bytes); }); })
         .listen(0, "127.0.0.1", function () { parentPort.postMessage({ port: this.address().port }); });`,
      { eval: true },
    );
    const { port } = await new Promise<{ port: number }>((resolve) => worker.once("message", resolve));
    const handler = otlpHandler({
      ...QUICK,
      maxQueueBytes: 20_000,
      endpoint: `http://127.0.0.1:${port}`,
      whenFull: { blockFrom: "error", timeoutMs: 2000 },
    });
    const logger = new Logger(handler);
    ends.push(
      async () => to.close(),
      async () => handler.shutdown(),
      async () => void (await worker.terminate()),
    );
    for (let i = 0; i < 1000; i++) logger.error(`m${i}`);
    await handler.flush();
    expect(handler.stats()).toMatchObject({ delivered: 1000, dropped: 0 });
  });
});

test("credentials are never printed", async () => {
  const write = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockImplementation(() => 0);
  const handler = otlpHandler({
    ...QUICK,
    url: "http://user:hunter2@127.0.0.1:9/v1/logs?key=s3cret",
    headers: { authorization: "Bearer s3cret" },
    flushTimeoutMs: 30,
  });
  say(new Logger(handler), 1);
  const error = await failure(handler.shutdown());
  const said = `${JSON.stringify(write.mock.calls)}${error.message}${error.stack}`;
  write.mockRestore();
  expect(said).not.toMatch(/hunter2|s3cret/);
});
