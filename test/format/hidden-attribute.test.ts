import { describe, expect, test } from "vitest";
import { createRecord } from "../../src/record/log-record.ts";
import { Logger } from "../../src/logger/logger.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { Differential } from "./differential.ts";
import type { Attrs } from "../../src/record/attrs.ts";

describe("json: a member of the baggage stays beside what is no attribute", () => {
  test("a property that is not enumerable", () => {
    const handler = new Differential(DEFAULT_LIMITS);
    const attrs = Object.defineProperty({ a: 1 }, "tenant", { value: "hidden" });
    new Logger(handler, { clock: () => 0 }).info(contextWith({ baggage: { tenant: "t1" } }), "m", attrs);
    const { got, want } = handler.take();
    expect(got).toBe(want);
    expect(JSON.parse(got)).toMatchObject({ a: 1, tenant: "t1" });
  });

  test("the length of a list that stands for attributes", () => {
    const handler = new Differential(DEFAULT_LIMITS);
    handler.handle(createRecord({ time: 0, message: "m", attrs: ["x"] as unknown as Attrs, baggage: [["length", "2 m"]] }));
    const { got, want } = handler.take();
    expect(got).toBe(want);
    expect(JSON.parse(got)).toMatchObject({ 0: "x", length: "2 m" });
  });
});
