// Which part of a line is declared and which is the rest, and that nothing is lost between the two.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { Logger } from "../../src/logger/logger.ts";
import type { SchemaStats } from "../../src/schema/line-shape.ts";
import type { JsonSchema } from "../../src/schema/json-schema.ts";

type Fields = { readonly [name: string]: unknown };

const TEXT = { type: "string" } as const;

/** Logs attributes in a shape; gives what the line has beside the record's own fields, the same without a schema, and what was counted. */
function shaped(declare: JsonSchema["properties"], attrs: Fields): { line: Fields; plain: Fields; stats: SchemaStats } {
  const out: string[] = [];
  const writer = { write: (text: string) => out.push(text) };
  const handler = jsonHandler({ schema: { properties: { time: TEXT, level: TEXT, msg: TEXT, ...declare } }, writer });
  for (const each of [handler, jsonHandler({ writer })]) new Logger(each).info("m", attrs);
  const [line = {}, plain = {}] = out.map((text) => {
    const { time: _time, level: _level, msg: _msg, ...fields } = JSON.parse(text) as Fields;
    return fields;
  });
  return { line, plain, stats: handler.stats() };
}

const INTEGER = { type: "integer" } as const;
const ORDER = { type: "object", properties: { id: INTEGER } } as const;

describe("a line by a schema", () => {
  interface Row {
    readonly name: string;
    readonly declare: JsonSchema["properties"];
    readonly attrs: Fields;
    readonly want: Fields;
    readonly stats: readonly [mismatches: number, undeclared: number];
  }
  const ROWS: readonly Row[] = [
    {
      name: "an object that declares no members has them all",
      declare: { o: { type: "object" }, l: { type: "array", items: { type: "object" } }, e: { type: ["array", "object"] } },
      attrs: { o: { a: 1 }, l: [{ a: 1 }], e: { a: 1 } },
      want: { o: { a: 1 }, l: [{ a: 1 }], e: { a: 1 } },
      stats: [0, 0],
    },
    {
      name: "what the items of a list do not declare is in the rest, at the item's place",
      declare: { l: { type: "array", items: ORDER } },
      attrs: { l: [{ id: 1 }, { id: 2, more: { x: 1 } }, {}] },
      want: { l: [{ id: 1 }, { id: 2 }, {}], rest: { l: [null, { more: { x: 1 } }, null] } },
      stats: [0, 1],
    },
    {
      name: "what is not declared in members of one schema is in the rest",
      declare: { o: { type: "object", additionalProperties: ORDER } },
      attrs: { o: { a: { id: 1, more: 2 }, b: { id: 2 } } },
      want: { o: { a: { id: 1 }, b: { id: 2 } }, rest: { o: { a: { more: 2 } } } },
      stats: [0, 1],
    },
    {
      name: "members of one schema are parted one by one",
      declare: { o: { type: "object", additionalProperties: INTEGER } },
      attrs: { o: { a: 1, b: "2" } },
      want: { o: { a: 1 }, rest: { o: { b: "2" } } },
      stats: [1, 0],
    },
    {
      name: "members beside the declared ones only where the schema says so",
      declare: { open: { ...ORDER, additionalProperties: true }, closed: { ...ORDER, additionalProperties: false } },
      attrs: { open: { id: 1, more: 2 }, closed: { id: 1, more: 2 } },
      want: { open: { id: 1, more: 2 }, closed: { id: 1 }, rest: { closed: { more: 2 } } },
      stats: [0, 1],
    },
    {
      name: "each misfit counts, and each field that is not wholly declared",
      declare: { o: { type: "object", properties: { a: INTEGER, b: INTEGER } }, p: ORDER },
      attrs: { o: { a: "1", b: "2" }, p: { id: "1", x: 1, y: 2 }, q: 1 },
      want: { o: {}, p: {}, rest: { o: { a: "1", b: "2" }, p: { id: "1", x: 1, y: 2 }, q: 1 } },
      stats: [3, 2],
    },
    {
      name: "what has no type is written as without a schema",
      declare: { a: {}, b: { type: "array" }, c: { minimum: 0, maxLength: 3 } },
      attrs: { a: Number.NaN, b: [2n ** 70n, { x: -Infinity }], c: { d: [1n] } },
      want: { a: "NaN", b: [String(2n ** 70n), { x: "-Infinity" }], c: { d: [1] } },
      stats: [0, 0],
    },
    {
      name: "a declared name that every object has is absent where nobody logged it",
      declare: {
        constructor: TEXT,
        toString: TEXT,
        ["__proto__"]: { type: "object" },
        o: { properties: { valueOf: {} }, type: "object" },
      },
      attrs: { o: {}, p: {} },
      want: {},
      stats: [0, 0],
    },
    {
      name: "a default is not put in, and no format leaves text without its escapes",
      declare: { a: { type: "integer", default: 7 }, b: { type: "string", format: "unsafe" } },
      attrs: { b: '"\n' },
      want: { b: '"\n' },
      stats: [0, 0],
    },
    {
      name: "an object, a list or a large integer that the schema names",
      declare: {
        a: { enum: [{ x: [1, null], y: 2 }] },
        b: { const: [1] },
        c: { enum: [5] },
        d: { const: { x: 1 } },
        e: { const: [1] },
      },
      attrs: { a: { y: 2, x: [1, null] }, b: [1], c: 5n, d: { x: 1, y: 1 }, e: { 0: 1 } },
      want: { a: { y: 2, x: [1, null] }, b: [1], c: 5, rest: { d: { x: 1, y: 1 }, e: { 0: 1 } } },
      stats: [2, 0],
    },
  ];
  for (const { name, declare, attrs, want, stats } of ROWS) {
    test(`schema: ${name}`, () => {
      const { line, stats: found } = shaped(declare, attrs);
      expect(line).toEqual(want);
      expect([found.mismatches, found.undeclared]).toEqual(stats);
    });
  }
});

/** Puts the rest back: a member of the rest that is there already is an object or a list that was parted. */
function merged(declared: unknown, rest: unknown): unknown {
  if (rest === undefined || (rest === null && declared !== undefined)) return declared;
  if (Array.isArray(declared)) return declared.map((item, i) => merged(item, (rest as readonly unknown[])[i]));
  if (typeof declared !== "object" || declared === null) return rest;
  const all: Record<string, unknown> = { ...declared };
  for (const [name, value] of Object.entries(rest as Fields)) all[name] = merged(all[name], value);
  return all;
}

describe("property: whatever the schema is", () => {
  const names = ["a", "b", "c"];
  const { schema } = fc.letrec<{ schema: JsonSchema; properties: { readonly [name: string]: JsonSchema } }>((tie) => ({
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<JsonSchema>(
        {},
        INTEGER,
        TEXT,
        { type: "number" },
        { type: ["integer", "null"] },
        { type: ["string", "boolean"] },
      ),
      fc.constantFrom<JsonSchema>({ type: "object" }, { type: "array" }, { enum: [1, "x", { a: 1 }] }, { minimum: 1 }),
      tie("schema").map((items): JsonSchema => ({ type: "array", items })),
      fc.record<JsonSchema>(
        {
          type: fc.constant("object"),
          properties: tie("properties"),
          additionalProperties: fc.boolean(),
          required: fc.subarray(names),
        },
        { requiredKeys: ["type", "properties"] },
      ),
      tie("schema").map((additionalProperties): JsonSchema => ({ type: ["object", "null"], additionalProperties })),
    ),
    properties: fc.dictionary(fc.constantFrom(...names), tie("schema"), { maxKeys: 3 }),
  }));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<unknown>(1, 2.5, "x", true, null, Number.NaN, 3n),
      fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names, "d"), tie("value"), { minKeys: 1, maxKeys: 3 }),
    ),
  }));
  const members = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [name: string]: T }> =>
    fc.dictionary(fc.constantFrom(...names), each);

  test("the line and its rest are the line without a schema, and counted where they differ", () => {
    let parted = 0;
    const property = fc.property(members(schema), members(value), (declare, attrs) => {
      const { line, plain, stats } = shaped(declare, attrs);
      const { rest, ...declared } = line;
      expect(merged(declared, rest)).toEqual(plain);
      expect(stats.mismatches + stats.undeclared > 0).toBe(rest !== undefined);
      if (rest !== undefined && Object.keys(rest as object).some((name) => name in declared)) parted++;
    });
    fc.assert(property, { numRuns: 3000 });
    expect(parted).toBeGreaterThan(100);
  });
});
