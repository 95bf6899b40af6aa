import { describe, expect, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { collapseRepeats } from "../../src/middleware/index.ts";
import { held } from "../held.ts";
import { ROOT } from "../../src/context/otel-api.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { Handler } from "../../src/handler/handler.ts";

function repeat(count: number, log: (i: number) => void): void {
  for (let i = 0; i < count; i++) log(i);
}

describe("collapseRepeats: the count", () => {
  const numbered = (count: number): Attrs => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  const ROWS: readonly { name: string; attrs: Attrs; limits?: Partial<typeof DEFAULT_LIMITS> }[] = [
    { name: "more attributes than an output shows", attrs: numbered(200) },
    { name: "as many as an output of lower limits shows", attrs: numbered(4), limits: { attributes: 4 } },
    { name: "an attribute of that name", attrs: { repeated: "mine" } },
  ];
  test.each(ROWS)("is not lost to $name", async ({ attrs, limits }) => {
    const lines: string[] = [];
    const whole = { ...DEFAULT_LIMITS, ...limits };
    const last: Handler = { enabled: () => true, handle: (record) => void lines.push(formatJson(record, whole)) };
    const handler = collapseRepeats()(last);
    const logger = new Logger(handler);
    repeat(3, () => logger.info("m", attrs));
    await handler.flush?.();
    expect(lines.map((line) => (JSON.parse(line) as { repeated?: unknown }).repeated)).toEqual([attrs["repeated"], 2]);
  });
});

test("collapseRepeats takes records made at other places in the code for a difference", async () => {
  const memory = memoryHandler();
  const handler = collapseRepeats()(memory);
  for (const [file, line, name] of [
    ["a.ts", 1, "f"],
    ["a.ts", 1, "f"],
    ["a.ts", 2, "f"],
    ["b.ts", 1, "f"],
    ["a.ts", 1, undefined],
  ] as const)
    handler.handle(createRecord({ message: "m", source: { file, line, function: name } }), ROOT);
  handler.handle(createRecord({ message: "m" }), ROOT);
  await handler.flush?.();
  expect(memory.records.map(({ attrs }) => [attrs["code.file.path"], attrs["code.line.number"], attrs["repeated"]])).toEqual([
    ["a.ts", 1, undefined],
    ["a.ts", 2, undefined],
    ["b.ts", 1, undefined],
    ["a.ts", 1, undefined],
    [undefined, undefined, undefined],
    ["a.ts", 1, 1],
  ]);
});

describe("collapseRepeats bounds what it remembers", () => {
  const text = (i: number): string => Buffer.alloc(100_000, 65 + (i % 26)).toString("latin1") + i;
  const ROWS: readonly { name: string; log: (logger: Logger, i: number) => void }[] = [
    { name: "messages", log: (logger, i) => logger.info(text(i)) },
    { name: "attributes", log: (logger, i) => logger.info("m", { text: text(i) }) },
    { name: "nested values", log: (logger, i) => logger.info("m", { o: { list: [text(i)] } }) },
    { name: "bound attributes", log: (logger, i) => logger.with({ text: text(i) }).info("m") },
  ];
  test.each(ROWS)("of large $name: those that no longer fit pass, and come as often as they were logged", async ({ log }) => {
    let passed = 0;
    let repeated = 0;
    const last: Handler = {
      enabled: () => true,
      handle({ attrs }) {
        passed++;
        repeated += Number(attrs?.["repeated"] ?? 0);
      },
    };
    const handler = collapseRepeats({ intervalMs: 60_000 })(last);
    const logger = new Logger(handler);
    const before = held();
    repeat(500, (i) => log(logger, i));
    // 50 MB of text and more.
    expect(held() - before).toBeLessThan(25_000_000);
    repeat(500, (i) => log(logger, i));
    await handler.flush?.();
    // Each passes once; the second one is counted and said, or passes too.
    expect(passed).toBe(1000);
    expect(repeated).toBeGreaterThan(50);
    await handler.shutdown?.();
  });
});

test("collapseRepeats holds nothing back that it could not count any more", async () => {
  const memory = memoryHandler();
  const handler = collapseRepeats()({ enabled: () => true, handle: (record, ctx) => memory.handle(record, ctx) });
  const logger = new Logger(handler);
  await handler.shutdown?.();
  repeat(3, () => logger.info("late"));
  expect(memory.records).toHaveLength(3);
});
