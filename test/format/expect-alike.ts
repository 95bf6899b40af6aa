// A property: the encoder of bytes gives the line that the layout's definition gives.
import fc from "fast-check";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { Logger } from "../../src/logger/logger.ts";
import { anyCalls } from "./any-calls.ts";
import { Differential, expectSame } from "./differential.ts";
import type { JsonLayout } from "../../src/format/json-layout.ts";
import type { Limits } from "../../src/value/limits.ts";

/** Are limits that are met, each with as many runs as it is worth. */
export const ANY_LIMITS: readonly { name: string; limits: Limits; runs: number }[] = [
  { name: "the default limits", limits: DEFAULT_LIMITS, runs: 3000 },
  { name: "few attributes", limits: { ...DEFAULT_LIMITS, attributes: 3 }, runs: 1500 },
  { name: "short strings", limits: { ...DEFAULT_LIMITS, stringLength: 5 }, runs: 1000 },
  { name: "little depth", limits: { ...DEFAULT_LIMITS, depth: 2 }, runs: 1000 },
  { name: "small values", limits: { ...DEFAULT_LIMITS, size: 60 }, runs: 1500 },
  { name: "all of them", limits: { depth: 1, stringLength: 3, attributes: 2, size: 20 }, runs: 1000 },
];

/** Expects one line of both for any records, with these keys among the others. */
export function expectAlike(layout: JsonLayout, limits: Limits, keys: readonly string[], runs: number): void {
  const { step, call } = anyCalls(keys);
  // One encoder for all: what it remembers of one record must not show in another.
  const handler = new Differential(limits, layout);
  let now = 0;
  const root = new Logger(handler, { level: "trace", clock: () => now });
  const times = fc.oneof(fc.nat(), fc.constantFrom(1.5, -1, 8.64e15, 8.64e15 + 1, Number.NaN, 253_402_300_800_000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4 }), fc.array(call, { minLength: 1, maxLength: 3 }), times, (steps, calls, time) => {
      now = time;
      const logger = steps.reduce((made, step) => step(made), root);
      for (const call of calls) call(logger);
      // Again, for what is remembered from the second time on.
      for (const call of calls) call(logger);
      expectSame(handler, calls.length * 2);
    }),
    { numRuns: runs },
  );
}
