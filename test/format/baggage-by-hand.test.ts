import { test } from "vitest";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { Differential, expectSame } from "./differential.ts";

// A context's baggage has each name once; what makes a record by hand may write any.
test.each([
  {
    what: "a name twice",
    baggage: [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ],
  },
  { what: "a text that is not well-formed", baggage: [["a", "\ud800"]] },
  { what: "a name that is not well-formed", baggage: [["\ud800", "1"]] },
] as const)("json: baggage of $what is as defined", ({ baggage }) => {
  const handler = new Differential(DEFAULT_LIMITS);
  for (const attrs of [undefined, { own: 1 }, { b: 1 }]) {
    for (const binding of [undefined, Binding.attrs(undefined, { bound: 1 }), Binding.group(undefined, "g")]) {
      handler.handle(createRecord({ time: 0, message: "m", attrs, binding, baggage }));
    }
  }
  expectSame(handler, 9);
});
