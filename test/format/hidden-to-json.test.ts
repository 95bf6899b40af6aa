import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { Logger } from "../../src/logger/logger.ts";
import { Differential } from "./differential.ts";

/** Hides the method, as who would not have it among the members does: `JSON.stringify` finds it all the same. */
function hidden<T extends object>(value: T): T {
  return Object.defineProperty(value, "toJSON", { value: () => "said" });
}

describe("json: a literal whose toJSON is not enumerable says what it is", () => {
  const values: readonly { name: string; value: unknown; want: unknown }[] = [
    { name: "as an attribute", value: hidden({ secret: 1 }), want: "said" },
    { name: "in a list", value: [hidden({ secret: 1 })], want: ["said"] },
    { name: "in a group", value: { in: hidden({ secret: 1 }) }, want: { in: "said" } },
    { name: "without a prototype", value: hidden(Object.assign(Object.create(null) as object, { secret: 1 })), want: "said" },
  ];
  for (const { name, value, want } of values) {
    test(`found ${name}`, () => {
      const handler = new Differential(DEFAULT_LIMITS);
      new Logger(handler, { clock: () => 0 }).info("m", { value });
      const lines = handler.take();
      expect(lines.got).toBe(lines.want);
      expect(JSON.parse(lines.got)).toMatchObject({ value: want });
    });
  }
});
