// That the compiled serializer writes what JSON is, of any value that fits, whichever types a schema lists and in which order.
import { expect, test } from "vitest";
import { jsonValue } from "../../src/format/json.ts";
import { part } from "../../src/schema/part.ts";
import { Serializers } from "../../src/schema/serializer.ts";
import { resolve } from "../../src/value/resolve.ts";
import type { JsonType } from "../../src/schema/json-schema.ts";

const TYPES: readonly JsonType[] = ["string", "number", "integer", "boolean", "null", "array", "object"];
const VALUES: readonly (readonly unknown[])[] = [
  ["", "x", "1", "true", "null", "1970-01-01", '"\n', Buffer.from("x")],
  [0, 1, -1.5, 1e21, 1e-7, true, false, null, 5n],
  [[], [1], ["a", "b"], [null], [{ a: 1 }], [[1]]],
  [{ a: 1 }, { toString: 1 }, { toString: "x" }, { valueOf: 1 }, { toJSON: "x" }, new Map(), new Map([["a", [1]]])],
];

/** Gives all lists of one to three types. */
function lists(): readonly (readonly JsonType[])[] {
  const longer = (list: readonly JsonType[]): readonly (readonly JsonType[])[] =>
    TYPES.filter((type) => !list.includes(type)).map((type) => list.concat(type));
  const pairs = longer([]).flatMap(longer);
  return [longer([]), pairs, pairs.flatMap(longer)].flat();
}

test("schema: a value that fits is written as JSON, whichever types are listed, in any order", () => {
  const serializers = new Serializers();
  for (const type of lists()) {
    const serialize = serializers.of({ type });
    const inObject = serializers.of({ type: "object", properties: { x: { type } }, additionalProperties: false });
    for (const value of VALUES.flat()) {
      const { declared } = part({ type }, resolve(value) ?? null);
      if (declared === undefined) continue;
      const want = jsonValue(declared);
      expect({ type, text: serialize(declared) }).toEqual({ type, text: want });
      expect({ type, text: inObject(new Map([["x", declared]])) }).toEqual({ type, text: `{"x":${want}}` });
    }
  }
});

test.each([{ type: "integer" }, { type: ["integer"] }] as const)("schema: of %o a large integer has every digit", (schema) => {
  const { declared = null } = part(schema, 2n ** 60n);
  expect(new Serializers().of(schema)(declared)).toBe("1152921504606846976");
});
