/** Names a type of JSON Schema. */
export type JsonType = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

/**
 * Is what of JSON Schema shapes a line: draft 7, the keywords that say which type a value has. Others (`minimum`, `pattern`, `title`) are carried
 * along and not checked; those that choose between shapes (`anyOf`, `$ref`, `if` and the like) are refused where a line is shaped.
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
export function withoutChoices(schema: JsonSchema): JsonSchema {
  if (CHOOSING.some((keyword) => keyword in schema)) return {};
  const { properties, items } = schema;
  const members = Object.entries(properties ?? {}).map(([name, each]) => [name, withoutChoices(each)] as const);
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(members) }),
    ...(items === undefined ? {} : { items: withoutChoices(items) }),
  };
}

function checkSchema(schema: unknown, place: string): void {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new TypeError(`${place}: expected a JSON Schema, got ${String(schema)}`);
  }
  const { type, properties, items, additionalProperties, required } = schema as JsonSchema;
  const choosing = CHOOSING.find((keyword) => keyword in schema);
  if (choosing !== undefined)
    throw new RangeError(`${place}.${choosing}: expected a schema of one shape, without ${CHOOSING.join(", ")}`);
  for (const each of [type ?? []].flat()) {
    if (!TYPES.includes(each)) throw new RangeError(`${place}.type: expected ${TYPES.join(", ")}, got ${JSON.stringify(each)}`);
  }
  if (required !== undefined && !Array.isArray(required))
    throw new TypeError(`${place}.required: expected a list, got ${String(required)}`);
  if (properties !== undefined) {
    if (typeof properties !== "object" || properties === null)
      throw new TypeError(`${place}.properties: expected an object, got ${String(properties)}`);
    for (const [name, each] of Object.entries(properties)) checkSchema(each, `${place}.properties.${name}`);
  }
  if (items !== undefined) checkSchema(items, `${place}.items`);
  if (typeof additionalProperties === "object") checkSchema(additionalProperties, `${place}.additionalProperties`);
}
