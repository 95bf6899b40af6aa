import { expect, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { withoutChoices } from "../../src/schema/json-schema.ts";

test("what a schema library makes of its types shapes a line, wherever the choices are", () => {
  const choice = { anyOf: [{ type: "string" }, { type: "null" }] };
  const schema = {
    type: "object",
    properties: {
      union: choice,
      list: { type: "array", items: choice },
      tuple: { type: "array", items: [{ type: "string" }, choice] },
      empty: { type: "array", items: false },
      record: { type: "object", additionalProperties: choice },
      records: { type: "object", additionalProperties: { type: "object", properties: { a: choice, b: { type: "integer" } } } },
      open: { type: "object", properties: {}, additionalProperties: true },
      anything: true,
    },
  };
  const shape = withoutChoices(schema);
  expect(shape).toEqual({
    type: "object",
    properties: {
      union: {},
      list: { type: "array", items: {} },
      tuple: { type: "array", items: {} },
      empty: { type: "array", items: {} },
      record: { type: "object", additionalProperties: {} },
      records: { type: "object", additionalProperties: { type: "object", properties: { a: {}, b: { type: "integer" } } } },
      open: { type: "object", properties: {}, additionalProperties: true },
      anything: {},
    },
  });
  jsonHandler({ schema: shape });
});
