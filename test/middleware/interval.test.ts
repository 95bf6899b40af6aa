import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { collapseRepeats, hold, sample, sampleByTrace } from "../../src/middleware/index.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { ROOT } from "../../src/context/otel-api.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import type { Handler, Middleware } from "../../src/handler/handler.ts";

const START = 1_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const inTrace = contextWith({ span: true });

function through(middleware: Middleware) {
  const memory = memoryHandler();
  const handler = middleware(memory);
  const logger = new Logger(handler, { level: "trace" });
  return {
    handler,
    say: (text: string) => logger.info(inTrace, text),
    said: () =>
      memory.records.map(({ message, attrs: { dropped, repeated = dropped } }) =>
        [message, repeated].filter((each) => each !== undefined).join(" "),
      ),
  };
}

const COUNTING: readonly { name: string; middleware: () => Middleware; first: readonly string[]; summary: string }[] = [
  {
    name: "sample",
    middleware: () => sample({ first: 1, oneIn: 0, intervalMs: 1000 }),
    first: ["m"],
    summary: "records left out 2",
  },
  { name: "collapseRepeats", middleware: () => collapseRepeats({ intervalMs: 1000 }), first: ["m"], summary: "m 2" },
  {
    name: "sampleByTrace",
    middleware: () => sampleByTrace({ ratio: 0, intervalMs: 1000 }),
    first: [],
    summary: "records of traces left out 3",
  },
];

describe.each(COUNTING)("an interval of $name", ({ middleware, first, summary }) => {
  test.each([
    { name: "never comes", prepare: () => undefined },
    {
      name: "is refused",
      prepare: () =>
        vi.spyOn(globalThis, "setTimeout").mockImplementation(() => {
          throw new Error("Disallowed operation called within global scope");
        }),
    },
  ])("ends with the first record behind it where its timer $name", ({ prepare }) => {
    prepare();
    const { say, said } = through(middleware());
    for (let i = 0; i < 3; i++) say("m");
    // As it is where a timer is dropped with the request that it was set in: time goes on, and no timer comes.
    vi.setSystemTime(START + 999);
    say("m");
    expect(said()).toEqual(first);
    vi.setSystemTime(START + 1000);
    say("m");
    const later = summary.replace(/\d$/, (count) => String(Number(count) + 1));
    expect(said()).toEqual([...first, later, ...first]);
  });

  test("is not cut short by a record of long ago, nor by one without a time", () => {
    const { handler, say, said } = through(middleware());
    const old = createRecord({
      message: "m",
      time: START - 60_000,
      spanContext: { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 },
    });
    handler.handle(old, ROOT);
    handler.handle({ ...old, time: undefined }, ROOT);
    say("m");
    expect(said()).toEqual(first);
    vi.advanceTimersByTime(1000);
    expect(said()).toEqual([...first, summary]);
  });
});

test.each([...COUNTING, { name: "hold", middleware: () => hold() }])(
  "a timer of $name does not run in the request that it began with, and keeps none alive",
  ({ middleware }) => {
    const request = new AsyncLocalStorage<string>();
    const set = vi.spyOn(globalThis, "setTimeout");
    const { handler } = request.run("at set-up", () => through(middleware()));
    const contexts: unknown[] = [];
    set.mockImplementation((() => void contexts.push(request.getStore())) as never);
    const record = createRecord({
      level: 5,
      message: "m",
      spanContext: { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 },
    });
    request.run("a request", () => {
      for (let i = 0; i < 3; i++) handler.handle(record, ROOT);
    });
    expect(contexts).toEqual(["at set-up"]);
  },
);

const FAILING: readonly { name: string; middleware: Middleware; next?: Partial<Handler> }[] = [
  { name: "sample, whose clock throws", middleware: sample({ first: 0, oneIn: 0, clock: fail }) },
  { name: "sampleByTrace, whose clock throws", middleware: sampleByTrace({ ratio: 0, clock: fail }) },
  { name: "sample, whose next handler throws when asked", middleware: sample({ first: 0, oneIn: 0 }), next: { enabled: fail } },
  { name: "collapseRepeats, whose next handler throws when asked", middleware: collapseRepeats(), next: { enabled: fail } },
];

function fail(): never {
  throw new Error("boom");
}

test.each(FAILING)("an interval's end throws nothing into a timer or a flush: $name", async ({ middleware, next }) => {
  vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
  const ends: string[] = [];
  const handler = middleware({
    enabled: () => true,
    handle: () => undefined,
    flush: async () => void ends.push("flush"),
    shutdown: async () => void ends.push("shutdown"),
    ...next,
  });
  const record = createRecord({ message: "m", spanContext: { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 } });
  const count = (): void => {
    for (let i = 0; i < 2; i++) handler.handle(record, ROOT);
  };
  count();
  vi.advanceTimersByTime(60_000);
  count();
  await handler.flush?.();
  count();
  await handler.shutdown?.();
  expect(ends).toEqual(["flush", "shutdown"]);
});

test("hold's timer throws nothing when its clock does", () => {
  vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
  let asked = 0;
  const clock = (): number => (asked++ === 0 ? START : fail());
  const logger = new Logger(hold({ maxAgeMs: 1000, clock })(memoryHandler()), { level: "debug" });
  logger.debug("m");
  expect(() => vi.advanceTimersByTime(1000)).not.toThrow();
  expect(asked).toBeGreaterThan(1);
});

test("hold lets go of old traces with a new one where its timer never comes", () => {
  const memory = memoryHandler();
  const logger = new Logger(hold({ maxAgeMs: 1000, clock: () => Date.now() })(memory), { level: "debug" });
  const trace = (letter: string) => contextWith({ span: { traceId: letter.repeat(32) } });
  logger.debug(trace("a"), "old");
  vi.setSystemTime(START + 1000);
  logger.debug(trace("b"), "new");
  logger.error(trace("a"), "failed");
  logger.error(trace("b"), "failed");
  expect(memory.records.map(({ message }) => message)).toEqual(["failed", "new", "failed"]);
});
