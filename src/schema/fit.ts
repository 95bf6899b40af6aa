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

/** Parts a value in what a schema declares and what it does not: undeclared members, and whole values that do not fit. */
interface Parted {
  readonly declared: Plain | undefined;
  readonly rest: Plain | undefined;
  /** How many values did not fit. */
  readonly misfits: number;
}

function part(schema: JsonSchema, value: Plain): Parted {
  const { properties, additionalProperties } = schema;
  const isOpen = properties === undefined || (additionalProperties !== undefined && additionalProperties !== false);
  if (isOpen || !isPlainMap(value) || !fitsItself(schema, value)) {
    return misfits(schema, value).length === 0
      ? { declared: value, rest: undefined, misfits: 0 }
      : { declared: undefined, rest: value, misfits: 1 };
  }
  const parted = partMap(properties, value);
  // An object that lacks what it must have is none of its type.
  const lacks = (schema.required ?? []).some((name) => !parted.declared.has(name));
  return lacks
    ? { declared: undefined, rest: value, misfits: 1 }
    : { ...parted, rest: parted.rest.size === 0 ? undefined : parted.rest };
}

/** Parts the members of a map, one by one. */
export function partMap(
  properties: { readonly [name: string]: JsonSchema },
  map: PlainMap,
): { readonly declared: PlainMap; readonly rest: PlainMap; readonly misfits: number } {
  const declared = new Map<string, Plain>();
  const rest = new Map<string, Plain>();
  let count = 0;
  for (const [name, value] of map) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const parted = own === undefined ? { declared: undefined, rest: value, misfits: 0 } : part(own, value);
    if (parted.declared !== undefined) declared.set(name, parted.declared);
    if (parted.rest !== undefined) rest.set(name, parted.rest);
    count += parted.misfits;
  }
  return { declared, rest, misfits: count };
}

function fitsItself(schema: JsonSchema, value: Plain): boolean {
  const { type } = schema;
  if (type !== undefined && !isOfAny([type].flat(), value)) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  return schema.const === undefined || schema.const === value;
}

function isOfAny(types: readonly JsonType[], value: Plain): boolean {
  // Past what a double holds the serializer writes every digit of an integer, but of nothing that may be something else too.
  if (typeof value === "bigint" && !isExact(value)) return types.length === 1 && types[0] === "integer";
  return types.some((each) => isOfType(each, value));
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
