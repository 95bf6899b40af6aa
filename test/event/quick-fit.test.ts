import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quickFitOf } from "../../src/event/quick-fit.ts";
import { misfits } from "../../src/schema/fit.ts";
import { resolveGroup } from "../../src/value/resolve.ts";
import type { JsonSchema } from "../../src/schema/json-schema.ts";

const ORDER: JsonSchema = {
  properties: { id: { type: "integer" }, total: { type: "number" }, note: { type: "string" }, paid: { type: "boolean" } },
  required: ["id", "shop"],
};

const ROWS: readonly { readonly name: string; readonly attrs: unknown; readonly want: boolean }[] = [
  {
    name: "primitive values of their types",
    attrs: { id: 1, total: 1.5, note: "", paid: false, shop: "a", more: 1 },
    want: true,
  },
  { name: "one that is required and is not there", attrs: { id: 1 }, want: false },
  { name: "one that is required and undefined", attrs: { id: 1, shop: undefined }, want: false },
  { name: "another type", attrs: { id: 1.5, shop: "a" }, want: false },
  { name: "NaN", attrs: { id: 1, shop: "a", total: Number.NaN }, want: false },
  { name: "an object", attrs: { id: 1, shop: { name: "a" } }, want: false },
  { name: "an instance", attrs: Object.assign(Object.create({ shop: "a" }) as object, { id: 1 }), want: false },
  { name: "a proxy that throws", attrs: new Proxy({}, { getPrototypeOf: () => expect.unreachable() }), want: false },
  { name: "no object", attrs: "id", want: false },
];

describe("quickFitOf", () => {
  test.each(ROWS)("$name: $want", ({ attrs, want }) => {
    expect(quickFitOf(ORDER)(attrs)).toBe(want);
  });

  test("an undeclared member is for the thorough way where there may be none", () => {
    const closed = quickFitOf({ ...ORDER, required: [], additionalProperties: false });
    expect([closed({ id: 1 }), closed({ id: 1, more: 1 })]).toEqual([true, false]);
  });

  test("what it sees to fit does fit", () => {
    const names = fc.constantFrom("a", "b", "__proto__", "toString", "");
    const types = fc.constantFrom("string", "number", "integer", "boolean", "null", "array", undefined);
    const own = fc.record({ type: types, enum: fc.constantFrom(undefined, undefined, ["x", 1]) });
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.bigInt(),
    );
    let seen = 0;
    fc.assert(
      fc.property(
        fc.dictionary(names, own, { maxKeys: 3 }),
        fc.uniqueArray(names, { maxLength: 1 }),
        fc.constantFrom(true, false, undefined),
        fc.dictionary(names, fc.oneof({ arbitrary: value, weight: 9 }, fc.array(value)), { maxKeys: 3, noNullPrototype: true }),
        (properties, required, additionalProperties, attrs) => {
          const schema = { properties, required, additionalProperties } as JsonSchema;
          if (!quickFitOf(schema)(attrs)) return;
          seen++;
          expect(misfits(schema, resolveGroup(attrs))).toEqual([]);
        },
      ),
      { numRuns: 5000 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});
