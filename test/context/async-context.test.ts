// Whose request is it in which a handler works on, long after the call?
import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { inContextOfNow } from "../../src/context/async-context.ts";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { syslogHandler } from "../../src/syslog/index.ts";
import type { Clock } from "../../src/otlp/clock.ts";

const requests = new AsyncLocalStorage<string>();

test("work is run in the context of when it was asked for, and so is what it begins", async () => {
  const run = requests.run("set-up", inContextOfNow);
  const seen = await requests.run("request", async () => {
    let later: Promise<string | undefined> = Promise.resolve("never");
    run(() => {
      later = new Promise((resolve) => setTimeout(() => resolve(requests.getStore()), 1));
    });
    return [await later, requests.getStore()];
  });
  expect(seen).toEqual(["set-up", "request"]);
});

test("syslog sends, and tries again, outside of the request that logged", async () => {
  const seen: (string | undefined)[] = [];
  const handler = syslogHandler({
    send: () => {
      seen.push(requests.getStore());
      if (seen.length === 1) throw new Error("away");
    },
  });
  requests.run("request", () => new Logger(handler).info("first"));
  await expect.poll(() => seen, { timeout: 5000 }).toEqual([undefined, undefined]);
  await handler.shutdown();
});

test("otlp sends, and waits to try again, outside of the request that logged", async () => {
  const pauses: (string | undefined)[] = [];
  const clock: Clock = {
    now: Date.now,
    setTimeout(run, ms) {
      if (ms > 0) pauses.push(requests.getStore());
      return setTimeout(run, ms);
    },
    clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  };
  const handler = otlpHandler({ endpoint: "http://127.0.0.1:9", clock, scheduleDelayMs: 0, shutdownTimeoutMs: 1 });
  requests.run("request", () => new Logger(handler).info("first"));
  await expect.poll(() => pauses.length, { timeout: 5000 }).toBeGreaterThan(0);
  expect(new Set(pauses)).toEqual(new Set([undefined]));
  await expect(handler.shutdown()).rejects.toThrow();
});
