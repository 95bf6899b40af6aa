// The queue of messages against a list that is plainly right.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { Outgoing } from "../../src/syslog/outgoing.ts";
import { syslogHandler } from "../../src/syslog/syslog-handler.ts";
import type { SyslogHandler } from "../../src/syslog/syslog-handler.ts";

/** What may happen to a queue: a message comes, on the page at hand or on one of its own; some are taken; of those some come back. */
const STEP = fc.oneof(
  fc.record({ does: fc.constant("add" as const), bytes: fc.integer({ min: 1, max: 9 }), ownPage: fc.boolean(), gap: fc.nat(1) }),
  fc.record({ does: fc.constant("take" as const), bytes: fc.oneof(fc.nat(40), fc.constant(Infinity)) }),
  fc.record({ does: fc.constant("give back" as const), kept: fc.nat(9) }),
);
const MOST_BYTES = 120;

test("outgoing: messages leave in the order in which they came, whatever is taken and given back, and none beyond the bound", () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
      const outgoing = new Outgoing(MOST_BYTES);
      const page = new Uint8Array(2000).map((_, i) => i % 251);
      let at = 0;
      let want: number[][] = [];
      let underWay: readonly Uint8Array[] = [];
      for (const step of steps) {
        if (step.does === "add") {
          const own = step.ownPage ? page.slice(at, at + step.bytes) : page;
          const start = step.ownPage ? 0 : (at += step.gap);
          const hasRoom = sum(want) + step.bytes <= MOST_BYTES;
          expect(outgoing.add(own, start, start + step.bytes)).toBe(hasRoom);
          if (hasRoom) want.push([...own.subarray(start, start + step.bytes)]);
          at += step.bytes;
        } else if (step.does === "take" && underWay.length === 0) {
          underWay = outgoing.take(step.bytes);
          const expected = want.splice(0, countUpTo(want, step.bytes));
          expect(underWay.map((message) => Array.from(message))).toEqual(expected);
        } else if (step.does === "give back") {
          const back = underWay.slice(step.kept);
          underWay = [];
          if (sum(want) + sum(back) > MOST_BYTES) continue;
          outgoing.giveBack(back);
          want = back.map((message) => Array.from(message)).concat(want);
        }
        expect([outgoing.length, outgoing.bytes]).toEqual([want.length, sum(want)]);
      }
    }),
    { numRuns: 2000 },
  );
});

describe("what is dropped meanwhile is not taken for what is waited for", () => {
  test("shutdown() sends what came before it, whatever is logged behind it", async () => {
    const { handler, logger, sent } = slowly();
    for (let i = 0; i < 20; i++) logger.info("before");
    const ending = handler.shutdown();
    for (let i = 0; i < 20; i++) logger.info("late");
    await ending;
    expect(sent()).toBe(20);
    expect(handler.stats()).toMatchObject({ sent: 20, dropped: 20, queued: 0 });
  });

  test("flush() waits for what the queue holds while it is full, and rejects with what it dropped", async () => {
    const { handler, logger, sent } = slowly();
    for (let i = 0; i < 20; i++) logger.info("x".repeat(2000));
    const flushed = handler.flush();
    for (let i = 0; i < 40; i++) logger.info("x".repeat(2000));
    const { queued, dropped } = handler.stats();
    expect(dropped).toBeGreaterThan(20);
    await expect(flushed).rejects.toThrow(`syslog: ${dropped} messages were dropped, 0 wait`);
    expect(sent()).toBeGreaterThanOrEqual(20);
    await handler.shutdown();
    expect(handler.stats()).toMatchObject({ sent: queued, dropped, queued: 0 });
  });
});

function slowly(): { readonly handler: SyslogHandler; readonly logger: Logger; readonly sent: () => number } {
  let sent = 0;
  const handler = syslogHandler({
    async send() {
      await new Promise((resolve) => setImmediate(resolve));
      sent++;
    },
    maxQueueBytes: 65_507,
  });
  return { handler, logger: new Logger(handler), sent: () => sent };
}

function sum(messages: readonly ArrayLike<unknown>[]): number {
  return messages.reduce((total, { length }) => total + length, 0);
}

/** How many messages fit, and one at least. */
function countUpTo(messages: readonly ArrayLike<unknown>[], bytes: number): number {
  let size = 0;
  const over = messages.findIndex(({ length }, i) => (size += length) > bytes && i > 0);
  return over === -1 ? messages.length : over;
}
