import { expected } from "../value/option.ts";

/** Names a type of JSON Schema. */
export type JsonType = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

/**
 * Is what of JSON Schema shapes a line: draft 7, the keywords that say which type a value has. Others (`minimum`, `pattern`, `format`, `default`) are
 * carried along, and neither checked nor followed; those that choose between shapes (`anyOf`, `$ref`, `if` and the like) are refused where a line is
 * shaped.
 *
 * @see https://json-schema.org/draft-07/json-schema-validation
 */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[];
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly format?: string;
  /** Says what a value is to those who may see it, such as `pii`: the attribute of an event is then redacted. */
  readonly "x-classification"?: string;
  readonly [keyword: string]: unknown;
}

const CHOOSING = [
  "$ref",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "dependencies",
  "dependentSchemas",
  "prefixItems",
  "$dynamicRef",
  "$recursiveRef",
];
const TYPES: readonly unknown[] = ["string", "number", "integer", "boolean", "null", "array", "object"];

/**
 * Checks a schema of an object with named properties.
 *
 * @throws TypeError or RangeError that names the place in the schema, what is there and what was expected.
 */
export function checkObjectSchema(schema: unknown, option = "schema"): JsonSchema {
  checkSchema(schema, option);
  const { type, properties } = schema as JsonSchema;
  if ((type !== undefined && type !== "object") || properties === undefined) {
    throw new TypeError(`${option}: expected a JSON Schema of an object with properties, got type ${JSON.stringify(type)}`);
  }
  return schema as JsonSchema;
}

/**
 * Gives a schema in which every part that chooses between shapes takes any value: what a schema library makes of a union shapes no column.
 */
export function withoutChoices(schema: unknown): JsonSchema {
  // `true`, `false` and the list of a tuple's items choose, too.
  if (!isObject(schema) || CHOOSING.some((keyword) => keyword in schema)) return {};
  const { properties, items, additionalProperties }: JsonSchema = schema as JsonSchema;
  const members = Object.entries(properties ?? {}).map(([name, each]) => [name, withoutChoices(each)] as const);
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(members) }),
    ...(items === undefined ? {} : { items: withoutChoices(items) }),
    ...(isObject(additionalProperties) ? { additionalProperties: withoutChoices(additionalProperties) } : {}),
  };
}

function checkSchema(schema: unknown, place: string, around: readonly object[] = []): void {
  if (!isObject(schema)) throw new TypeError(expected(place, "a JSON Schema", schema));
  if (around.includes(schema)) throw new RangeError(`${place}: expected a schema that does not contain itself`);
  const choosing = CHOOSING.find((keyword) => keyword in schema);
  if (choosing !== undefined)
    throw new RangeError(`${place}.${choosing}: expected a schema of one shape, without ${CHOOSING.join(", ")}`);
  checkKeywords(schema as JsonSchema, place);
  const { properties, items, additionalProperties } = schema as JsonSchema;
  const inside = [...around, schema];
  for (const [name, each] of Object.entries(properties ?? {})) checkSchema(each, `${place}.properties.${name}`, inside);
  if (items !== undefined) checkSchema(items, `${place}.items`, inside);
  if (typeof additionalProperties === "object") checkSchema(additionalProperties, `${place}.additionalProperties`, inside);
}

/** Checks what stands in a schema itself, so that nothing fails when a value is held against it. */
function checkKeywords(schema: JsonSchema, place: string): void {
  const { type, properties, additionalProperties = true, required = [], enum: values = [] } = schema;
  if (type !== undefined) checkType(type, place);
  if (!Array.isArray(required) || !required.every((name) => typeof name === "string"))
    throw new TypeError(`${place}.required: expected a list of names, got ${JSON.stringify(required)}`);
  if (!Array.isArray(values)) throw new TypeError(`${place}.enum: expected a list, got ${String(values)}`);
  if (properties !== undefined && !isObject(properties))
    throw new TypeError(`${place}.properties: expected an object, got ${String(properties)}`);
  if (typeof additionalProperties !== "boolean" && !isObject(additionalProperties))
    throw new TypeError(
      `${place}.additionalProperties: expected true, false or a JSON Schema, got ${String(additionalProperties)}`,
    );
}

function checkType(type: unknown, place: string): void {
  const types = [type].flat();
  if (types.length > 0 && types.every((each) => TYPES.includes(each))) return;
  throw new RangeError(`${place}.type: expected ${TYPES.join(", ")}, got ${JSON.stringify(type)}`);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
