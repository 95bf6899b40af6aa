import { isExact } from "../format/json.ts";
import { isPlainMap } from "../value/plain.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { JsonSchema, JsonType } from "./json-schema.ts";

/**
 * Names the places at which a value does not fit a schema: `total`, `items.0.price`, "" for the value itself. Types, `enum`, `const`, `required` and
 * `additionalProperties: false` are looked at, and nothing else.
 */
export function misfits(schema: JsonSchema, value: Plain | undefined, place = ""): readonly string[] {
  if (value === undefined || !fitsItself(schema, value)) return [place];
  if (isPlainMap(value)) return misfitsInMap(schema, value, place);
  const { items } = schema;
  if (items === undefined || !Array.isArray(value)) return [];
  return (value as readonly Plain[]).flatMap((item, index) => misfits(items, item, join(place, String(index))));
}

function misfitsInMap(schema: JsonSchema, map: PlainMap, place: string): readonly string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const found = required.filter((name) => !map.has(name)).map((name) => join(place, name));
  for (const [name, value] of map) {
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (own === false) found.push(join(place, name));
    else if (typeof own === "object") found.push(...misfits(own, value, join(place, name)));
  }
  return found;
}

/** Tells whether a value is what a schema says of it, whatever lies inside of it. */
export function fitsItself(schema: JsonSchema, value: Plain): boolean {
  const { type } = schema;
  if (type !== undefined && !isOf(type, value)) return false;
  if (schema.enum !== undefined && !schema.enum.some((each) => isSame(each, value))) return false;
  return schema.const === undefined || isSame(schema.const, value);
}

/** Is a value that fits a schema or does not as a whole. */
export type Primitive = string | number | boolean | null;

const FITS: { readonly [type in JsonType]: (value: Primitive) => boolean } = {
  string: (value) => typeof value === "string",
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: () => false,
  object: () => false,
};

/** Gives what {@link fitsItself} says of a primitive value, sooner. */
export function fitOf({ type, enum: values, const: only }: JsonSchema): (value: Primitive) => boolean {
  const fits = fitOfType(type);
  if (values === undefined && only === undefined) return fits;
  return (value) =>
    fits(value) && (values === undefined || values.some((each) => each === value)) && (only === undefined || only === value);
}

function fitOfType(type: JsonSchema["type"]): (value: Primitive) => boolean {
  if (type === undefined) return () => true;
  return typeof type === "string" ? FITS[type] : (value) => type.some((each) => FITS[each](value));
}

/** Tells whether a value is the one that a schema names, by JSON's equality: members have no order. */
function isSame(named: unknown, value: Plain): boolean {
  if (typeof value === "bigint") return named === value || (isExact(value) && named === Number(value));
  if (typeof value !== "object" || value === null || typeof named !== "object" || named === null) return named === value;
  const members = Object.entries(named);
  if (isPlainMap(value)) {
    if (Array.isArray(named) || members.length !== value.size) return false;
    return members.every(([name, each]) => value.has(name) && isSame(each, value.get(name) ?? null));
  }
  if (!Array.isArray(value) || !Array.isArray(named) || named.length !== value.length) return false;
  return (value as readonly Plain[]).every((item, index) => isSame(named[index], item));
}

function isOf(type: JsonType | readonly JsonType[], value: Plain): boolean {
  // Past what a double holds the serializer writes every digit of an integer, but of nothing that may be something else too.
  if (typeof value === "bigint" && !isExact(value)) return type === "integer" || (type.length === 1 && type[0] === "integer");
  return typeof type === "string" ? isOfType(type, value) : type.some((each) => isOfType(each, value));
}

function isOfType(type: JsonType, value: Plain): boolean {
  switch (type) {
    case "string":
      // Bytes are base64 in a line.
      return typeof value === "string" || value instanceof Uint8Array;
    case "number":
      return Number.isFinite(value) || typeof value === "bigint";
    case "integer":
      return Number.isInteger(value) || typeof value === "bigint";
    case "boolean":
      return typeof value === "boolean";
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isPlainMap(value);
  }
}

function join(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}
