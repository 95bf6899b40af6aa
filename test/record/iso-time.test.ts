import fc from "fast-check";
import { expect, test } from "vitest";
import { isoTime } from "../../src/record/line-fields.ts";

const edges = fc.constantFrom(
  0,
  -1,
  -1000,
  -999,
  8.64e15,
  -8.64e15,
  8.64e15 + 1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0.5,
  -0.5,
  1e300,
);
const steps = fc.oneof(
  fc.integer({ min: -2500, max: 2500 }),
  fc.double({ min: -2000, max: 2000, noNaN: true }),
  fc.constant(1e14),
);

test("a time in ISO 8601 is the one that a Date gives, whatever was asked before", () => {
  fc.assert(
    fc.property(fc.oneof(edges, fc.integer({ min: -4e12, max: 4e12 })), fc.array(steps, { maxLength: 20 }), (start, all) => {
      let ms = start;
      for (const step of [0, ...all]) {
        ms += step;
        const date = new Date(ms);
        expect(isoTime(ms)).toBe(Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString());
      }
    }),
    { numRuns: 2000 },
  );
});
