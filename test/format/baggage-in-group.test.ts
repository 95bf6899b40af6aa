import { describe, expect, test } from "vitest";
import { JSON_LAYOUT } from "../../src/format/json-layout.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import { definedLines } from "./differential.ts";
import type { Logger } from "../../src/logger/logger.ts";

const ctx = contextWith({ span: {}, baggage: { tenant: "t1", plan: "gold" } });

describe("json: baggage beside an open group", () => {
  const loggers: readonly { name: string; of: (logger: Logger) => Logger }[] = [
    { name: "a group", of: (logger) => logger.withGroup("http") },
    { name: "a group behind bound attributes", of: (logger) => logger.with({ a: 1 }).withGroup("http").with({ b: 2 }) },
    { name: "two groups", of: (logger) => logger.withGroup("http").withGroup("req") },
  ];
  for (const { name, of } of loggers) {
    test(`needs no definition: ${name}`, () => {
      const use = (logger: Logger): void => {
        const inner = of(logger);
        for (let i = 0; i < 3; i++) {
          inner.info(ctx, "m", { orderId: i, tenant: "in the group" });
          inner.info(ctx, "m");
        }
      };
      expect(definedLines(JSON_LAYOUT, use)).toBe(0);
    });
  }

  test("is the definition's where a member is named as the group or as what is bound", () => {
    const use = (logger: Logger): void => {
      for (const name of ["tenant", "plan", "level", "other"]) {
        logger.withGroup(name).info(ctx, "m", { a: 1 });
        logger.withGroup(name).info(ctx, "m");
        logger
          .with({ [name]: "bound" })
          .withGroup("http")
          .info(ctx, "m", { a: 1 });
      }
    };
    expect(definedLines(JSON_LAYOUT, use)).toBeGreaterThan(0);
  });
});
