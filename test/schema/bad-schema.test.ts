import { describe, expect, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { defineEvent } from "../../src/event/define-event.ts";

/** A schema of one member. */
function of(member: object): { readonly schema: object } {
  return { schema: { properties: { a: member } } };
}

const endless: { type: string; items?: object } = { type: "array" };
endless.items = { properties: { again: endless } };

describe("a bad schema fails at set-up", () => {
  const CASES: readonly [string, { readonly schema: object }, RegExp][] = [
    [
      "no object",
      { schema: { type: "string" } },
      /^schema: expected a JSON Schema of an object with properties, got type "string"$/,
    ],
    ["an unknown type", of({ type: "text" }), /^schema\.properties\.a\.type: expected string, .* got "text"$/],
    ["null as a type", of({ type: null }), /^schema\.properties\.a\.type: expected string, .* got null$/],
    ["no type of many", of({ type: [] }), /^schema\.properties\.a\.type: expected string, .* got \[\]$/],
    ["a member that is none", of([]), /^schema\.properties\.a: expected a JSON Schema, got \[object Array\]$/],
    ["members that are none", of({ properties: ["x"] }), /^schema\.properties\.a\.properties: expected an object, got x$/],
    ["items that are none", of({ items: true }), /^schema\.properties\.a\.items: expected a JSON Schema, got true$/],
    [
      "other members that are none",
      of({ additionalProperties: "no" }),
      /^schema\.properties\.a\.additionalProperties: expected true, false or a JSON Schema, got no$/,
    ],
    ["required text", of({ required: "x" }), /^schema\.properties\.a\.required: expected a list of names, got "x"$/],
    ["required numbers", of({ required: [1] }), /^schema\.properties\.a\.required: expected a list of names, got \[1\]$/],
    ["an enum that is no list", of({ enum: "xyz" }), /^schema\.properties\.a\.enum: expected a list, got xyz$/],
    [
      "itself inside of itself",
      of(endless),
      /^schema\.properties\.a\.items\.properties\.again: expected a schema that does not contain itself$/,
    ],
    ["a choice", of({ anyOf: [] }), /^schema\.properties\.a\.anyOf: expected a schema of one shape/],
    ["a tuple", of({ prefixItems: [] }), /^schema\.properties\.a\.prefixItems: expected a schema of one shape/],
    [
      "a schema for some",
      of({ dependentSchemas: {} }),
      /^schema\.properties\.a\.dependentSchemas: expected a schema of one shape/,
    ],
  ];
  for (const [name, options, message] of CASES) {
    test(`schema: ${name}, for a line and for an event`, () => {
      expect(() => jsonHandler(options as never)).toThrow(message);
      expect(() => defineEvent("e", options.schema as never)).toThrow(message);
    });
  }

  const OPTIONS: readonly [string, object, RegExp][] = [
    ["rest alone", { rest: "more" }, /^rest: expected a schema beside it, got rest "more" alone$/],
    [
      "a rest that is declared",
      { schema: { properties: { rest: {} } } },
      /^rest: expected false or the name of a field that is not declared, got "rest"$/,
    ],
    ["a writer", { schema: { properties: {} }, writer: 3 }, /^writer: /],
  ];
  for (const [name, options, message] of OPTIONS)
    test(`option: ${name}`, () => expect(() => jsonHandler(options as never)).toThrow(message));
});
