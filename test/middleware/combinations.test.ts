import { describe, expect, test } from "vitest";
import { fanout } from "../../src/handler/fanout.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { DEBUG, INFO } from "../../src/level/level.ts";
import { Logger } from "../../src/logger/logger.ts";
import {
  collapseRepeats,
  contextAttrs,
  debugRequest,
  delegate,
  failover,
  hold,
  redact,
  route,
  sample,
  sampleByTrace,
} from "../../src/middleware/index.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import type { Handler, Middleware } from "../../src/handler/handler.ts";

/** None of them changes which levels are wanted, or keeps a record of these tests for itself. */
const ROWS: { readonly [name: string]: () => Middleware } = {
  none: () => (next) => next,
  collapseRepeats: () => collapseRepeats(),
  contextAttrs: () => contextAttrs(),
  debugRequest: () => debugRequest({ key: "0123456789abcdef", level: "trace" }),
  delegate: () => (next) => delegate(next, {}),
  failover: () => (next) => failover(next, memoryHandler({ level: "off" })),
  fanout: () => (next) => fanout(next, memoryHandler({ level: "off" })),
  hold: () => hold(),
  logger: () => (next) => new Logger(next, { level: "trace" }),
  redact: () => redact({ keys: ["password"] }),
  route: () => (next) => route({ when: { logger: "nobody" }, to: memoryHandler({ level: "off" }) }, next),
  sample: () => sample(),
  sampleByTrace: () => sampleByTrace({ ratio: 1 }),
};
const NAMES = Object.keys(ROWS);
const made = (name: string): Middleware => ROWS[name]?.() ?? ((next) => next);

function last() {
  const threshold = new LevelVar("info");
  const messages: string[] = [];
  const ends: string[] = [];
  const handler: Handler = {
    threshold,
    enabled: (level) => level >= threshold.level,
    handle: ({ message }) => void messages.push(message),
    flush: async () => void ends.push("flush"),
    shutdown: async () => void ends.push("shutdown"),
  };
  return { handler, threshold, messages, ends };
}

function lowestEnabled(handler: Handler): number {
  for (let level = 1; level <= 24; level++) if (handler.enabled(level)) return level;
  return 25;
}

describe.each(NAMES)("%s in front", (first) => {
  test.each(NAMES)("of %s, and of each third: levels, records and ends reach the last handler", async (second) => {
    for (const third of NAMES) {
      const { handler, threshold, messages, ends } = last();
      const whole = made(first)(made(second)(made(third)(handler)));
      expect([third, lowestEnabled(whole), whole.threshold?.level]).toEqual([third, INFO, INFO]);
      threshold.set("debug");
      expect([third, lowestEnabled(whole), whole.threshold?.level]).toEqual([third, DEBUG, DEBUG]);
      const logger = new Logger(whole, { level: "trace" });
      const ctx = contextWith({ span: true });
      for (const level of ["debug", "info", "error"] as const) logger[level](ctx, level);
      expect([third, ...messages.toSorted()]).toEqual([third, "debug", "error", "info"]);
      await whole.flush?.();
      await whole.shutdown?.();
      expect([third, ...ends]).toEqual([third, "flush", "shutdown"]);
    }
  });
});

/** These watch it themselves. */
const WATCHING = ["fanout", "logger"];

test.each(NAMES.filter((name) => !WATCHING.includes(name)))(
  "%s gives on what an async handler gives, so that the logger sees it reject",
  async (name) => {
    const next: Handler = { enabled: () => true, handle: () => Promise.reject(new Error("late")) as never };
    const given: unknown = made(name)(next).handle(createRecord({ level: INFO, message: "m" }), contextWith({ span: true }));
    await expect(given).rejects.toThrow("late");
  },
);
