import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withSecrets } from "../../src/event/classified.ts";
import { compiledFitOf } from "../../src/event/compiled-fit.ts";
import { quickFitOf } from "../../src/event/quick-fit.ts";
import { isSecret, secret } from "../../src/value/secret.ts";
import { misfits } from "../../src/schema/fit.ts";
import { logValue } from "../../src/value/log-value.ts";
import { resolveGroup } from "../../src/value/resolve.ts";
import type { Path } from "../../src/event/classification.ts";
import type { JsonSchema, JsonType } from "../../src/schema/json-schema.ts";

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

const ROOT = join(import.meta.dirname, "../..");
const NAME = fc.constantFrom("a", "b", "c");
const ODD_NAME = fc.oneof(
  { arbitrary: NAME, weight: 12 },
  fc.constantFrom("__proto__", "toString", "", "*", "0", "\ud800", "\ufffd"),
);
const TYPE = fc.constantFrom("string", "number", "integer", "boolean", "null", "array", "object");

/** Is any schema that `defineEvent` takes, three levels deep. */
const { schema: ANY_SCHEMA } = fc.letrec<{ schema: JsonSchema; leaf: JsonSchema; object: JsonSchema; list: JsonSchema }>(
  (tie) => ({
    leaf: fc.record(
      {
        type: fc.oneof(TYPE, fc.uniqueArray(TYPE, { minLength: 1, maxLength: 3 })),
        enum: fc.array(fc.constantFrom("x", 1, null, true, "\ud800", {})),
        const: fc.constantFrom("x", 1, null),
      },
      { requiredKeys: [] },
    ),
    list: fc.record({ type: fc.constant("array"), items: tie("leaf") }, { requiredKeys: ["type"] }),
    object: fc.record(
      {
        type: fc.constantFrom<JsonType | JsonType[]>("object", ["object", "null"]),
        properties: fc.dictionary(ODD_NAME, fc.oneof(tie("leaf"), tie("leaf"), tie("list")), { maxKeys: 3 }),
        required: fc.uniqueArray(ODD_NAME, { maxLength: 1 }),
        additionalProperties: fc.oneof(fc.boolean(), tie("leaf")),
      },
      { requiredKeys: ["properties"] },
    ),
    schema: fc.record(
      {
        properties: fc.dictionary(ODD_NAME, fc.oneof(tie("leaf"), tie("object"), tie("list")), { maxKeys: 3 }),
        required: fc.uniqueArray(ODD_NAME, { maxLength: 1 }),
        additionalProperties: fc.oneof(fc.boolean(), tie("leaf")),
      },
      { requiredKeys: ["properties"] },
    ),
  }),
);

const OTHERS = fc.constantFrom({ except: ["a"] }, { except: ["b", "c"] });
const ANY_PATH = fc
  .tuple(
    fc.oneof({ arbitrary: ODD_NAME, weight: 6 }, OTHERS),
    fc.array(fc.oneof(ODD_NAME, fc.constantFrom("*", "0"), OTHERS), { maxLength: 2 }),
  )
  .map(([first, rest]) => [[first], rest].flat());

/** Is a schema that is mostly compiled, and paths that mostly lead somewhere in it. */
const PLAIN_LEAF: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.constantFrom<JsonSchema>({ type: "string" }, { type: "integer" }, { type: "number" }, { type: ["string", "null"] }, {}),
  fc.constantFrom<JsonSchema>({ enum: ["x", 1, null] }, { const: "x" }, { type: "string", enum: ["x", 1] }, { type: "array" }),
);
const PLAIN_GROUP: fc.Arbitrary<JsonSchema> = fc.record(
  {
    type: fc.constantFrom<JsonType | JsonType[]>("object", ["object", "null"]),
    properties: fc.dictionary(NAME, PLAIN_LEAF, { minKeys: 1, maxKeys: 3 }),
    required: fc.uniqueArray(NAME, { maxLength: 1 }),
  },
  { requiredKeys: ["type", "properties"] },
);
const PLAIN_LIST: fc.Arbitrary<JsonSchema> = fc.oneof(PLAIN_LEAF, PLAIN_GROUP).map((items) => ({ type: "array", items }));
const PLAIN_SCHEMA: fc.Arbitrary<JsonSchema> = fc.record(
  {
    properties: fc.dictionary(fc.oneof({ arbitrary: NAME, weight: 9 }, ODD_NAME), fc.oneof(PLAIN_LEAF, PLAIN_GROUP, PLAIN_LIST), {
      minKeys: 2,
      maxKeys: 3,
    }),
    required: fc.uniqueArray(NAME, { maxLength: 1 }),
    additionalProperties: fc.boolean(),
  },
  { requiredKeys: ["properties"] },
);
const PLAIN_PATH: fc.Arbitrary<Path> = fc.oneof(
  { arbitrary: fc.array(NAME, { minLength: 1, maxLength: 1 }), weight: 6 },
  { arbitrary: fc.array(NAME, { minLength: 2, maxLength: 2 }), weight: 3 },
  ANY_PATH,
);

/** Makes any attributes anew, with values that a schema may take, and some that none does. */
const { attrs: ANY_ATTRS } = fc.letrec<{ value: () => unknown; attrs: () => Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    {
      weight: 8,
      arbitrary: fc
        .oneof(fc.constantFrom("x", "y", 1, 0.5, Number.NaN, true, null, undefined, 5n, 2n ** 60n, "\ud800"))
        .map((value) => () => value),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<() => unknown>(
        () => new Date(0),
        () => new Date(Number.NaN),
        () => Object.assign(new Date(0), { [logValue]: () => 1 }),
        () => Object.create(Date.prototype),
        () => secret("s"),
        () => new Map([["a", 1]]),
        () =>
          new (class A {
            a = 1;
          })(),
        () => ({ toJSON: () => 1 }),
        () => ({ a: 1, [logValue]: () => 1 }),
        () => Object.assign(Object.create(null) as object, { a: 1 }),
        () => Object.assign([1], { [logValue]: () => "said" }),
        () => runInNewContext("({ a: 1 })"),
      ),
    },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }).map((makes) => () => makes.map((make) => make())) },
    { weight: 3, arbitrary: tie("attrs") },
  ),
  attrs: fc
    .array(fc.tuple(ODD_NAME, tie("value")), { maxLength: 4 })
    .map((entries) => () => Object.fromEntries(entries.map(([name, make]) => [name, make()]))),
}));

/** Makes attributes that have a mind to fit. */
const PLAIN_VALUE = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>("x", "x", 1, 1, 0.5, null), weight: 4 },
  fc.constantFrom<unknown>({ a: "x" }, { a: "x", b: 1 }, { b: "x" }, { c: 1 }, ["x"], [1, 2], [{ a: "x" }], []),
);
const PLAIN_ATTRS = fc.oneof(
  { arbitrary: fc.dictionary(NAME, PLAIN_VALUE, { minKeys: 1, maxKeys: 2 }).map((attrs) => () => ({ ...attrs })), weight: 3 },
  ANY_ATTRS,
);

describe("quickFitOf", () => {
  test.each(ROWS)("$name: $want", ({ attrs, want }) => {
    expect(quickFitOf(ORDER)(attrs)).toBe(want ? attrs : undefined);
  });

  test("an undeclared member is for the thorough way where there may be none", () => {
    const closed = quickFitOf({ ...ORDER, required: [], additionalProperties: false });
    expect([closed({ id: 1 }), closed({ id: 1, more: 1 })]).toEqual([{ id: 1 }, undefined]);
  });

  test.each([
    {
      what: "one of some values",
      schema: { enum: ["a", 1, null, "long".repeat(10)] },
      fits: ["a", 1, null],
      not: ["b", 2, true],
    },
    { what: "one of many values", schema: { enum: [..."abcdefghijkl"] }, fits: ["a", "l"], not: ["m"] },
    { what: "one of some values of a type", schema: { type: "string", enum: ["a", 1] }, fits: ["a"], not: [1] },
    { what: "one value", schema: { const: "a" }, fits: ["a", undefined], not: ["b", null] },
    { what: "null or text", schema: { type: ["string", "null"] }, fits: [null, "a", undefined], not: [1, {}] },
    { what: "a date", schema: { type: "string" }, fits: [new Date(0), new Date(Number.NaN), secret(1)], not: [new Map()] },
    { what: "a number", schema: { type: "number" }, fits: [5n, -0, 0.1], not: [2n ** 60n, new Date(0), Number.NaN, Infinity] },
    {
      what: "a group",
      schema: { type: "object", properties: { id: { type: "string" }, in: { type: "object" } }, required: ["id"] },
      fits: [{ id: "a" }, { id: "a", more: null, in: { x: 1 } }, { id: "a", none: undefined }],
      not: [{}, { id: 1 }, { id: undefined }, { id: "a", toJSON: 1 }, { id: "a", in: {} }, [], "a", { id: "a", more: [1] }],
    },
    {
      what: "a list",
      schema: { type: "array", items: { type: "object", properties: { n: { type: "integer" } } } },
      fits: [[], [{ n: 1 }, { n: 2, x: "a" }]],
      not: [[1], [{ n: 0.5 }], [null], [{}], [undefined]],
    },
    { what: "a list of anything plain", schema: { type: "array" }, fits: [[], ["a", 1, null]], not: [["a", {}], {}] },
    { what: "any text beside", schema: undefined, fits: ["a", {}, [], new Map(), () => 0, 5n, Symbol("a")], not: [] },
  ] as const)("$what", ({ schema, fits, not }) => {
    const quick = quickFitOf({ properties: schema === undefined ? {} : { a: schema } });
    const seen = (a: unknown): boolean => quick({ a }) !== undefined;
    expect([fits.filter((each) => !seen(each)), not.filter(seen)]).toEqual([[], []]);
  });

  test("what is around a value, what leaves no room, and too many members are for the thorough way", () => {
    const tree: JsonSchema = { properties: { a: { type: "object", properties: { a: { properties: {} } } } } };
    const round: Record<string, unknown> = { x: 1 };
    round["a"] = round;
    const long = { type: "array", items: { type: "string" } } as const;
    const quick = quickFitOf({ properties: { ...tree.properties, list: long } });
    expect(quick({ a: { x: 1, a: { x: 1 } } })).toBeDefined();
    expect(quick({ a: round })).toBeUndefined();
    const texts = { a: "x".repeat(100_000), b: "x".repeat(100_000) };
    expect([quick({ a: { ...texts, b: "" } }), quick({ a: texts })].map((shown) => shown !== undefined)).toEqual([true, false]);
    expect(quick({ list: ["x".repeat(100_000)] })).toBeDefined();
    expect(quick({ list: ["x".repeat(100_000), "x".repeat(100_000)] })).toBeUndefined();
    expect(quick({ list: Array.from({ length: 20_000 }, () => "") })).toBeUndefined();
    const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
    expect([many(126), many(127)].map((attrs) => quick(attrs) !== undefined)).toEqual([true, false]);
  });

  const WAYS = [
    {
      name: "member by member",
      make: (schema: JsonSchema, paths: readonly Path[]) => quickFitOf(schema, paths, () => undefined),
      schemas: ANY_SCHEMA,
      paths: ANY_PATH,
      attrs: ANY_ATTRS,
    },
    {
      name: "compiled",
      make: (schema: JsonSchema, paths: readonly Path[]) => compiledFitOf(schema, paths) ?? (() => undefined),
      schemas: PLAIN_SCHEMA,
      paths: PLAIN_PATH,
      attrs: PLAIN_ATTRS,
    },
  ];
  test.each(WAYS)(
    "$name: what it sees to fit does fit, and what nobody is to see is hidden",
    ({ make, schemas, paths, attrs: anyAttrs }) => {
      let seen = 0;
      let hidden = 0;
      fc.assert(
        fc.property(
          schemas,
          fc.array(paths, { maxLength: 2 }),
          fc.array(anyAttrs, { minLength: 1, maxLength: 4 }),
          (schema, classified, calls) => {
            const quick = make(schema, classified);
            // One after the other: it remembers which member followed which.
            for (const made of calls) {
              const attrs = made();
              const shown = quick(attrs);
              if (shown === undefined) continue;
              seen++;
              if (shown !== attrs) hidden++;
              expect(misfits(schema, resolveGroup(attrs))).toEqual([]);
              expect(deepParts(shown)).toEqual(deepParts(withSecrets(attrs, classified)));
            }
          },
        ),
        { numRuns: 20_000 },
      );
      expect([seen > 1000, hidden > 150]).toEqual([true, true]);
    },
  );

  test("what is used often is compiled, once, and where that says nothing looked at member by member", () => {
    const compiled: string[] = [];
    const quick = quickFitOf(ORDER, [["note"]], () => {
      compiled.push("made");
      return (attrs) => (Object.keys(attrs as object).length === 2 ? { compiled: true } : undefined);
    });
    const shown = Array.from({ length: 100 }, () => quick({ id: 1, shop: "a" }));
    expect([shown[0], compiled]).toEqual([{ id: 1, shop: "a" }, ["made"]]);
    expect(shown[99]).toEqual({ compiled: true });
    expect(partsOf(quick({ id: 1, shop: "a", note: "s" }) ?? {})).toEqual(
      partsOf(withSecrets({ id: 1, shop: "a", note: "s" }, [["note"]])),
    );
  });

  test.each([
    { name: "an undeclared member that must be there", schema: { properties: {}, required: ["a"] } },
    { name: "a choice of groups and text", schema: { properties: { a: { type: ["object", "string"] as const } } } },
    { name: "many values", schema: { properties: { a: { enum: Array.from({ length: 17 }, (_, i) => i) } } } },
    { name: "a value that is logged as another", schema: { properties: { a: { const: "\ud800" } } } },
    { name: "a member without a name", schema: { properties: { "": { type: "string" as const } } } },
    { name: "more members than are logged", schema: { properties: propertiesOf(129) } },
  ])("$name is not compiled", ({ schema }) => {
    expect(compiledFitOf(schema, [])).toBeUndefined();
    expect(compiledFitOf({ properties: propertiesOf(128) }, [])).toBeDefined();
  });

  describe("compiled", () => {
    const group: JsonSchema = { type: "object", properties: { id: { type: "string" }, more: { type: "string" } } };
    const list: JsonSchema = { type: "array", items: { type: "string" } };
    const quick = compiledFitOf({ properties: { a: { type: "string" }, group, list } }, []) ?? expect.unreachable();
    const long = "x".repeat(100_000);
    const hidden = Object.defineProperty({ id: "x" }, "toJSON", { value: () => 1 });
    class Order {
      a = "x";
    }

    test.each([
      { name: "an instance", attrs: new Order() },
      {
        name: "an instance that says it is a literal",
        attrs: Object.assign(Object.create({ constructor: Object }) as object, { a: "x" }),
      },
      { name: "a literal without a prototype", attrs: Object.assign(Object.create(null) as object, { a: "x" }) },
      { name: "a list", attrs: Object.assign([], { a: "x" }) },
      { name: "a group that says itself what it is", attrs: { group: hidden } },
      { name: "a group that leaves no room", attrs: { group: { id: long, more: long } } },
      { name: "a list that leaves no room", attrs: { list: [long, long] } },
      { name: "a list of too many", attrs: { list: Array.from({ length: 20_000 }, () => "") } },
      { name: "a hidden member", attrs: Object.defineProperty({}, "a", { value: "x" }) },
    ])("$name is not seen to fit", ({ attrs }) => expect(quick(attrs)).toBeUndefined());

    test("what has room is, whatever had none before", () => {
      const attrs = { list: [long], group: { id: long }, a: long + long };
      quick({ list: [long, long] });
      expect(quick(attrs)).toBe(attrs);
    });
  });

  test("where code may not be made of text, events are logged all the same", () => {
    const script = `import { Logger, jsonHandler } from ${JSON.stringify(join(ROOT, "src/index.ts"))};
      import { defineEvent } from ${JSON.stringify(join(ROOT, "src/event/index.ts"))};
      const paid = defineEvent("paid", { properties: { id: { type: "integer" }, email: { type: "string", "x-classification": "pii" } } });
      const logger = new Logger(jsonHandler(), { clock: () => 0 });
      for (let id = 0; id < 100; id++) paid(logger, { id, email: "a@b" });`;
    const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: ROOT });
    const lines = stdout.trim().split("\n");
    expect([stderr, lines.length, new Set(lines.map((line) => JSON.parse(line).email)).size]).toEqual(["", 100, 1]);
  });

  test("what one event hides another does not, whatever stands behind a member without a name", () => {
    const [hiding, open] = [quickFitOf({ properties: {} }, [["a"]]), quickFitOf({ properties: {} })];
    for (const quick of [hiding, open, hiding, open]) quick({ "": undefined, a: 1 });
    expect([hiding({ "": undefined, a: 1 }), open({ "": undefined, a: 1 }), open({ a: 1 })]).toEqual([
      undefined,
      undefined,
      { a: 1 },
    ]);
  });

  test("it sees members in any order, and others among them", () => {
    const quick = quickFitOf(ORDER, [["note"]]);
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

function propertiesOf(count: number): Record<string, JsonSchema> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, { type: "integer" }]));
}

/** Gives names and values in their order, what a secret hides, and that it is one. */
function partsOf(attrs: object): readonly unknown[] {
  return Object.entries(attrs).map(([name, value]) => [name, isSecret(value) ? { secret: value.reveal() } : value]);
}

/** Does so at any depth. */
function deepParts(value: unknown, depth = 0): unknown {
  if (isSecret(value)) return { secret: deepParts(value.reveal(), depth) };
  if (depth > 6 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, (each) => deepParts(each, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return { literal: Object.entries(value).map(([name, each]) => [name, deepParts(each, depth + 1)]) };
}
