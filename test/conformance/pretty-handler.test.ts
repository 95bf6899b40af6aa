import { describe, expect, test } from "vitest";
import { prettyHandler } from "../../src/console/pretty-handler.ts";
import { Logger } from "../../src/logger/logger.ts";
import { HOSTILE_VALUES } from "../../src/testing/hostile-values.ts";

// What is laid out for a person is not to be read back, so the kit cannot run; what it says of hostile values still holds.
describe("prettyHandler", () => {
  for (const { name, make, leavesNothing } of HOSTILE_VALUES) {
    test(`one record of one head line comes out for the value ${name}, its other attributes whole`, () => {
      const written: string[] = [];
      const handler = prettyHandler({ writer: { write: (text) => written.push(text) } });
      new Logger(handler).with({ bound: "o" }).info("message", { before: "b", v: make(), after: "a" });
      const [text = "", ...more] = written;
      expect(more).toEqual([]);
      const [head = "", ...below] = text.slice(0, -1).split("\n");
      expect(head).toMatch(/^\S+ INFO {2}message {2}bound=o before=b .*after=a$/);
      // Only what is indented can stand below the head: nothing in a value passes for a record.
      expect(below.filter((line) => !line.startsWith("    "))).toEqual([]);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(/\bv[=:]/.test(text)).toBe(leavesNothing !== true);
    });
  }
});
