import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJson, jsonValue } from "../../src/format/json.ts";
import { recordAttrs } from "../../src/record/record-attrs.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { lazy } from "../../src/value/log-value.ts";
import { isPlainMap } from "../../src/value/plain.ts";
import { resolve } from "../../src/value/resolve.ts";
import { parseJsonLine } from "../../src/testing/index.ts";
import { HOSTILE_VALUES } from "../../src/testing/hostile-values.ts";
import { throwingProxy, TRAPS } from "../../src/testing/hostile-parts.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { Plain } from "../../src/value/plain.ts";

type Make = () => unknown;

/** Makes any hostile value, plain value, or those in one another: makes, since fast-check itself asks a value that throws when asked. */
const hostile = fc.letrec<{ make: Make }>((tie) => ({
  make: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
        withNullPrototype: true,
        withBoxedValues: true,
      })
      .map((value) => () => value),
    fc.constantFrom(...HOSTILE_VALUES.filter(({ isHuge }) => isHuge !== true).map(({ make }) => make)),
    fc.array(tie("make"), { maxLength: 4 }).map((makes) => () => makes.map((make) => make())),
    fc
      .array(fc.tuple(fc.string({ unit: "binary" }), tie("make")), { maxLength: 4 })
      .map((members) => () => Object.fromEntries(members.map(([key, make]) => [key, make()]))),
    fc
      .array(fc.tuple(tie("make"), tie("make")), { maxLength: 3 })
      .map((entries) => () => new Map(entries.map(([key, make]) => [key(), make()]))),
    tie("make").map((make) => () => new Error("e", { cause: make() })),
    fc.tuple(tie("make"), fc.subarray([...TRAPS])).map(
      ([make, traps]) =>
        () =>
          throwingProxy({ value: make() }, traps),
    ),
    tie("make").map(
      (make) => () =>
        Object.defineProperty({}, "k", {
          enumerable: true,
          get: () => {
            throw make();
          },
        }),
    ),
    tie("make").map((make) => () => ({ toJSON: make })),
    tie("make").map((make) => () => lazy(make)),
  ),
})).make;

function isPlain(value: Plain): boolean {
  if (value === null || ["string", "number", "boolean", "bigint"].includes(typeof value)) return true;
  if (value instanceof Uint8Array || ArrayBuffer.isView(value)) return true;
  if (isPlainMap(value)) return [...value].every(([key, each]) => typeof key === "string" && key.isWellFormed() && isPlain(each));
  return Array.isArray(value) && value.every(isPlain);
}

describe("resolve: properties", () => {
  test("it never throws, and gives a plain value or nothing", () => {
    fc.assert(
      fc.property(hostile, (make) => {
        const plain = resolve(make());
        expect(plain === undefined || isPlain(plain)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("a record of anything is one line of JSON with each key once, its message and its other attributes whole", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), hostile, (message, make) => {
        const parsed = parseJsonLine(formatJson(createRecord({ message, attrs: { before: "b", v: make(), after: "a" } })));
        expect(parsed).toMatchObject({ message: message.toWellFormed(), attrs: { before: "b", after: "a" } });
      }),
      { numRuns: 1000 },
    );
  });

  test("attributes of anything are one line of JSON", () => {
    fc.assert(
      fc.property(hostile, (make) => {
        const value = make();
        const attrs = typeof value === "object" && value !== null ? value : { value };
        parseJsonLine(formatJson(createRecord({ message: "m", attrs: attrs as Attrs })));
      }),
      { numRuns: 1000 },
    );
  });

  test("plain JSON comes back from a line as it was, but for empty groups and group keys that are empty", () => {
    const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !/\{\}|"":/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(jsonValue(resolve(value) ?? null))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1000 },
    );
  });

  test("what recordAttrs gave is logged again as the same", () => {
    const json = fc.jsonValue().filter((value) => !/\{\}|"":/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (value) => {
        const once = recordAttrs(createRecord({ attrs: { value } }));
        expect(recordAttrs(createRecord({ attrs: once }))).toEqual(once);
      }),
    );
  });
});
