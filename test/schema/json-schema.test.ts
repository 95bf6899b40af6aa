import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { contextWith, parseJsonLine, testHandler, TRACE_ID } from "../../src/testing/index.ts";
import type { JsonSchema } from "../../src/schema/json-schema.ts";
import type { SchemaHandler, SchemaOptions } from "../../src/console/json-handler.ts";

// The validator that fast-json-stringify brings along.
const Ajv = createRequire(import.meta.url)("ajv");

const HEAD = { time: { type: "string" }, level: { type: "string" }, msg: { type: "string" } } as const;

function lines(
  properties: JsonSchema["properties"],
  use: (logger: Logger) => void,
  options: Partial<SchemaOptions> = {},
): { readonly out: readonly string[]; readonly handler: SchemaHandler } {
  const out: string[] = [];
  const schema: JsonSchema = { type: "object", properties: { ...HEAD, ...properties } };
  const handler = jsonHandler({ schema, writer: { write: (text) => out.push(text) }, ...options });
  use(new Logger(handler, { clock: () => 0 }));
  return { out, handler };
}

describe("schemaHandler conforms, read back from its fields and its rest", () => {
  testHandler(test, {
    makeHandler() {
      const { out, handler } = lines({ a: { type: "string" }, n: { type: "number" } }, () => undefined, { level: "trace" });
      const read = (line: string): ReturnType<typeof parseJsonLine> => {
        const { rest, ...fields } = JSON.parse(line) as { rest?: object };
        return parseJsonLine(JSON.stringify({ ...fields, ...rest }));
      };
      return { handler, records: () => out.map(read) };
    },
  });
});

describe("a line by a schema", () => {
  interface Row {
    readonly name: string;
    readonly declare: JsonSchema["properties"];
    readonly attrs: Record<string, unknown>;
    readonly want: Record<string, unknown>;
    readonly stats: readonly [mismatches: number, undeclared: number];
    readonly options?: Partial<SchemaOptions>;
  }
  const ROWS: readonly Row[] = [
    { name: "what fits is a field", declare: { id: { type: "integer" } }, attrs: { id: 17 }, want: { id: 17 }, stats: [0, 0] },
    {
      name: "what is not declared is in the rest",
      declare: {},
      attrs: { x: 1, y: { z: 2 } },
      want: { rest: { x: 1, y: { z: 2 } } },
      stats: [0, 2],
    },
    {
      name: "the rest has another name",
      declare: {},
      attrs: { x: 1 },
      want: { more: { x: 1 } },
      stats: [0, 1],
      options: { rest: "more" },
    },
    { name: "the rest is dropped", declare: {}, attrs: { x: 1 }, want: {}, stats: [0, 1], options: { rest: false } },
    {
      name: "a text is no number",
      declare: { id: { type: "integer" } },
      attrs: { id: "17" },
      want: { rest: { id: "17" } },
      stats: [1, 0],
    },
    {
      name: "a fraction is no integer",
      declare: { id: { type: "integer" } },
      attrs: { id: 1.5 },
      want: { rest: { id: 1.5 } },
      stats: [1, 0],
    },
    {
      name: "NaN is no number",
      declare: { n: { type: "number" } },
      attrs: { n: Number.NaN },
      want: { rest: { n: "NaN" } },
      stats: [1, 0],
    },
    {
      name: "null only where it is declared",
      declare: { a: { type: ["string", "null"] }, b: { type: "string" } },
      attrs: { a: null, b: null },
      want: { a: null, rest: { b: null } },
      stats: [1, 0],
    },
    {
      name: "one of a list",
      declare: { s: { enum: ["new", "paid"] } },
      attrs: { s: "lost" },
      want: { rest: { s: "lost" } },
      stats: [1, 0],
    },
    {
      name: "inside of an object too",
      declare: { order: { type: "object", properties: { id: { type: "integer" }, n: { type: "number" } } } },
      attrs: { order: { id: 1, n: "two", more: true } },
      want: { order: { id: 1 }, rest: { order: { n: "two", more: true } } },
      stats: [1, 1],
    },
    {
      name: "an object without what it must have is none of its type",
      declare: { order: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] } },
      attrs: { order: { n: 1 } },
      want: { rest: { order: { n: 1 } } },
      stats: [1, 0],
    },
    {
      name: "a list with one item that does not fit",
      declare: { l: { type: "array", items: { type: "string" } } },
      attrs: { l: ["a", 1] },
      want: { rest: { l: ["a", 1] } },
      stats: [1, 0],
    },
    {
      name: "an integer past a double's is written with every digit, where it can be nothing else",
      declare: {
        a: { type: "integer" },
        b: { type: ["integer", "null"] },
        c: { type: "number" },
        d: { type: ["number", "null"] },
      },
      attrs: { a: 2n ** 60n, b: 2n ** 60n, c: 2n ** 60n, d: 5n },
      want: { a: Number(2n ** 60n), d: 5, rest: { b: String(2n ** 60n), c: String(2n ** 60n) } },
      stats: [2, 0],
    },
    {
      name: "a date is text",
      declare: { at: { type: "string", format: "date-time" } },
      attrs: { at: new Date(0) },
      want: { at: "1970-01-01T00:00:00.000Z" },
      stats: [0, 0],
    },
    {
      name: "an own field named rest is moved like any undeclared one",
      declare: {},
      attrs: { rest: 1 },
      want: { rest: { rest: 1 } },
      stats: [0, 1],
    },
    {
      name: "a text in a format that it has not goes the general way",
      declare: { at: { type: "string", format: "date-time" } },
      attrs: { at: "soon" },
      want: { at: "soon" },
      stats: [0, 0],
    },
  ];
  for (const { name, declare, attrs, want, stats, options } of ROWS) {
    test(`schema: ${name}`, () => {
      const { out, handler } = lines(declare, (logger) => logger.info("m", attrs), options);
      expect(out.map((line) => JSON.parse(line))).toEqual([
        { time: "1970-01-01T00:00:00.000Z", level: "INFO", msg: "m", ...want },
      ]);
      const [mismatches, undeclared] = stats;
      expect(handler.stats()).toEqual({ lines: 1, mismatches, undeclared });
    });
  }

  test("a required field that is absent is counted, and the line comes out", () => {
    const out: string[] = [];
    const schema: JsonSchema = { type: "object", properties: { ...HEAD, id: { type: "integer" } }, required: ["id", "msg"] };
    const handler = jsonHandler({ schema, writer: { write: (text) => out.push(text) } });
    new Logger(handler).info("m");
    expect(out).toHaveLength(1);
    expect(handler.stats()).toEqual({ lines: 1, mismatches: 1, undeclared: 0 });
  });

  test("ids are declared like any field", () => {
    const { out } = lines({ trace_id: { type: "string" } }, (logger) => logger.info(contextWith({ span: true }), "m"), {
      rest: false,
    });
    expect(JSON.parse(out[0] ?? "")).toEqual({ time: "1970-01-01T00:00:00.000Z", level: "INFO", msg: "m", trace_id: TRACE_ID });
  });

  test("property: whatever is logged, the line without its rest is valid by the schema, as ajv judges it", () => {
    const properties: JsonSchema["properties"] = {
      a: { type: "string" },
      b: { type: "integer" },
      c: { type: ["number", "null"] },
      d: { type: "array", items: { type: "boolean" } },
      e: {
        type: "object",
        properties: { f: { type: "string" }, g: { type: "integer" } },
        required: ["f"],
        additionalProperties: false,
      },
    };
    const valid = new Ajv({ strict: false }).compile({
      type: "object",
      properties: { ...HEAD, ...properties },
      additionalProperties: false,
    });
    const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
    const keys = ["a", "b", "c", "d", "e"];
    const attrs = fc.record(
      Object.fromEntries(
        keys.map((key) => [key, fc.oneof(value, fc.record({ f: fc.string(), g: value }), fc.array(fc.boolean()))]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(attrs, (each) => {
        const { out } = lines(properties, (logger) => logger.info("m", each));
        const { rest: _rest, ...line } = JSON.parse(out[0] ?? "") as { rest?: unknown };
        expect({ line, valid: valid(line), errors: valid.errors }).toEqual({ line, valid: true, errors: null });
      }),
      { numRuns: 1000 },
    );
  });
});
