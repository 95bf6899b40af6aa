import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withSecrets } from "../../src/event/classified.ts";
import { quickFitOf } from "../../src/event/quick-fit.ts";
import { isSecret } from "../../src/middleware/secret.ts";
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
  {
    name: "an instance of a class that says it is a literal",
    attrs: Object.create({ constructor: Object, id: 1, shop: "a" }),
    want: false,
  },
  {
    name: "a literal of another realm's kind",
    attrs: Object.assign(Object.create(null) as object, { id: 1, shop: "a" }),
    want: false,
  },
  { name: "no object", attrs: "id", want: false },
];

describe("quickFitOf", () => {
  test.each(ROWS)("$name: $want", ({ attrs, want }) => {
    expect(quickFitOf(ORDER)(attrs)).toBe(want ? attrs : undefined);
  });

  test("an undeclared member is for the thorough way where there may be none", () => {
    const closed = quickFitOf({ ...ORDER, required: [], additionalProperties: false });
    expect([closed({ id: 1 }), closed({ id: 1, more: 1 })]).toEqual([{ id: 1 }, undefined]);
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
        fc.uniqueArray(fc.constantFrom("a", "b", "toString", ""), { maxLength: 2 }),
        fc.array(
          fc.dictionary(names, fc.oneof({ arbitrary: value, weight: 9 }, fc.array(value)), { maxKeys: 3, noNullPrototype: true }),
          { minLength: 1, maxLength: 4 },
        ),
        (properties, required, additionalProperties, classified, calls) => {
          const schema = { properties, required, additionalProperties } as JsonSchema;
          const quick = quickFitOf(schema, classified);
          // One after the other: it remembers which member followed which.
          for (const attrs of calls) {
            const shown = quick(attrs);
            if (shown === undefined) continue;
            seen++;
            expect(misfits(schema, resolveGroup(attrs))).toEqual([]);
            expect(partsOf(shown)).toEqual(
              partsOf(
                withSecrets(
                  attrs,
                  classified.map((name) => [name]),
                ),
              ),
            );
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  test("it sees members in any order, and others among them", () => {
    const quick = quickFitOf(ORDER, ["note"]);
    const CALLS: readonly { readonly [name: string]: unknown }[] = [
      { id: 1, shop: "a", note: "s" },
      { note: "s", shop: "a", id: 1 },
      { id: 1, x: 1, shop: "a", y: true, note: "s" },
      { id: 1, shop: "a" },
    ];
    for (const attrs of [...CALLS, ...CALLS])
      expect(partsOf(quick(attrs) ?? {})).toEqual(partsOf(withSecrets(attrs, [["note"]])));
    expect(
      [
        { shop: "a", note: "s" },
        { id: 1, note: 2, shop: "a" },
        { id: 1.5, shop: "a" },
      ].map(quick),
    ).toEqual(Array(3).fill(undefined));
  });
});

/** Gives names and values in their order, what a secret hides, and that it is one. */
function partsOf(attrs: object): readonly unknown[] {
  return Object.entries(attrs).map(([name, value]) => [name, isSecret(value) ? { secret: value.reveal() } : value]);
}
