// Shapes of lines, usual and odd ones.
import type { JsonSchema } from "../../src/schema/json-schema.ts";
import type { ShapeOptions } from "../../src/schema/line-shape.ts";

export const TEXT = { type: "string" } as const;
export const INTEGER = { type: "integer" } as const;
export const HEAD = { time: TEXT, level: TEXT, logger: TEXT, msg: TEXT, event_name: TEXT } as const;
export const IDS = { trace_id: TEXT, span_id: TEXT, trace_flags: TEXT } as const;
const NAMED: JsonSchema = { type: ["string", "number", "boolean", "null"] };
const STATE: JsonSchema = { enum: ["x", 1, true, null] };
/** Are shapes with fields that {@link HEAD} and {@link IDS} name, and attributes of the names `a` to `g`. */
export const SHAPES: readonly { readonly name: string; readonly options: ShapeOptions }[] = [
  {
    name: "of the usual fields",
    options: {
      schema: { properties: { ...HEAD, a: TEXT, b: { type: "number" }, c: INTEGER, d: { type: "boolean" }, ...IDS } },
    },
  },
  {
    name: "in another order, with required fields, the rest dropped",
    options: {
      schema: {
        properties: {
          d: {},
          é: { type: "null" },
          msg: TEXT,
          c: { type: ["integer", "null"] },
          a: STATE,
          level: TEXT,
        },
        required: ["a", "c", "c", "msg", "nowhere"],
      },
      rest: false,
    },
  },
  {
    name: "of nothing, under a rest with a hard name",
    options: { schema: { properties: {} }, rest: 'the "rest"\ud800é' },
  },
  { name: "of nothing at all", options: { schema: { properties: {} }, rest: false } },
  {
    name: "with fields of its own that are of other types",
    options: {
      schema: { properties: { time: INTEGER, level: { enum: ["INFO"] }, msg: { const: "order paid" }, trace_flags: INTEGER } },
    },
  },
  {
    name: "in which two times may stand, required",
    options: {
      schema: {
        properties: { level: {}, time: { enum: ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.007Z"] } },
        required: ["time"],
      },
    },
  },
  {
    name: "with objects, lists and names that every object has",
    options: {
      schema: {
        properties: {
          msg: TEXT,
          a: { type: "object", properties: { b: INTEGER, c: TEXT }, required: ["b"] },
          b: { type: "array", items: { type: "object", properties: { a: INTEGER } } },
          g: { type: ["object", "string", "array"], additionalProperties: { type: ["number", "string"] } },
          constructor: TEXT,
          toString: NAMED,
          toJSON: { type: "string" },
          ["__proto__"]: INTEGER,
          "attr.level": TEXT,
          "0": TEXT,
        },
        required: ["a", "g"],
      },
    },
  },
];
