import { describe, expect, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { Logger } from "../../src/logger/logger.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

describe("a clock that gives no number costs the time, not the record", () => {
  const clocks: readonly { name: string; clock: () => unknown }[] = [
    { name: "nanoseconds, as process.hrtime.bigint gives them", clock: () => 1_700_000_000_000_000_000n },
    { name: "a symbol", clock: () => Symbol("now") },
    {
      name: "an object that throws",
      clock: () => ({
        valueOf() {
          throw new Error("no");
        },
      }),
    },
  ];
  for (const { name, clock } of clocks) {
    test(`such as ${name}`, () => {
      const lines: string[] = [];
      const handler = { enabled: () => true, handle: (record: LogRecord) => void lines.push(formatJson(record)) };
      new Logger(handler, { clock: clock as () => number }).info("order paid", { orderId: 17 });
      expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ msg: "order paid", orderId: 17 }]);
    });
  }
});
