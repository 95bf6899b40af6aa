import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { fanout } from "../../src/handler/fanout.ts";
import { Logger } from "../../src/logger/logger.ts";
import { parseJsonLines } from "../../src/testing/index.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { Attrs } from "../../src/record/attrs.ts";

const KEYS = fc.constantFrom("a", "b", "c", "level", "attr.level", "", "__proto__", "é\n");
const value = fc.oneof(
  fc.constantFrom<unknown>("1", 2, null, true, [1, "x"], "é\n\u2028", "\ud800", 1.5, {}, { a: {} }),
  fc.dictionary(KEYS, fc.oneof(fc.constantFrom<unknown>("3", 4, {}), fc.dictionary(KEYS, fc.constantFrom<unknown>("5", null))), {
    maxKeys: 3,
  }),
);
const attrs: fc.Arbitrary<Attrs> = fc.dictionary(KEYS, value, { maxKeys: 4 });
const step = fc.oneof(
  attrs.map((bound) => (logger: Logger) => logger.with(bound)),
  KEYS.map((name) => (logger: Logger) => logger.withGroup(name)),
);

describe("the line encoder in bytes", () => {
  test("writes for any chain of bindings and any attributes the same members as the definition of a line", () => {
    const written: Buffer[] = [];
    const writer = new FdWriter(1, {}, (_fd, bytes, offset, length) => {
      written.push(Buffer.from(bytes.subarray(offset, offset + length)));
      return length;
    });
    const lines: string[] = [];
    const memory = memoryHandler();
    const handler = fanout(jsonHandler({ writer }), jsonHandler({ writer: { write: (text) => lines.push(text) } }), memory);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), attrs, (steps, own) => {
        written.length = 0;
        lines.length = 0;
        const logger = steps.reduce((made, bind) => bind(made), new Logger(handler, { clock: () => 0 }));
        // Twice, because the second line of a chain is made of what was kept with the first.
        for (let i = 0; i < 2; i++) logger.info("m", own);
        writer.flushSync();
        const text = Buffer.concat(written).toString();
        expect(parseJsonLines(text)).toEqual(parseJsonLines(lines.join("")));
        expect(text).toBe(lines.join(""));
      }),
      { numRuns: 2000 },
    );
  });
});
