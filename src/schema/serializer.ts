import { isExact } from "../format/json.ts";
import { base64 } from "../value/base64.ts";
import { isPlainMap } from "../value/plain.ts";
import { ANY, memberSchema, othersOf } from "./part.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { JsonSchema, JsonType } from "./json-schema.ts";

/** Writes a value that fits a schema as JSON. */
export type Serialize = (value: Plain) => string;

/** Compiles serializers: one for all schemas of the same types, since each takes 0.1 ms. */
export class Serializers {
  readonly #compiled = new Map<string, Stringify>();

  /** @throws TypeError when the schema is not what `fast-json-stringify` compiles, and Error that says so where it cannot be loaded. */
  of(schema: JsonSchema): Serialize {
    const types = typesOf(schema);
    const key = JSON.stringify(types);
    const stringify = this.#compiled.get(key) ?? compile(types);
    this.#compiled.set(key, stringify);
    return (value) => stringify(toValue(schema, value));
  }
}

type Stringify = (value: unknown) => string;
type Build = (schema: object) => Stringify;

function compile(schema: object): Stringify {
  const build = load();
  try {
    return build(schema);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`schema: expected what fast-json-stringify compiles: ${why}`, { cause });
  }
}

/** Loads the compiler by its name, which no bundler follows: it must be installed where the bundle runs. */
function load(): Build {
  const module = globalThis.process?.getBuiltinModule?.("node:module");
  if (module === undefined) throw new Error("schema: expected Node, Bun or Deno, where a serializer can be compiled");
  // In a bundle that is CommonJS some bundlers leave no URL; the script that was started lies where the bundle does. Written as Babel's plugins for
  // `import.meta` know it: jest without modules of its own needs one.
  const url = (import.meta as { readonly url?: string }).url ?? process.argv[1] ?? "/";
  try {
    return module.createRequire(url)("fast-json-stringify") as Build;
  } catch (cause) {
    throw new Error(`schema: expected fast-json-stringify in node_modules, beside a bundle too; looked for from ${url}`, {
      cause,
    });
  }
}

/**
 * Gives what the serializer is to know of a schema, which is types. It would take more, and change the line: `default` puts in what
 * nobody logged, `format: "unsafe"` escapes nothing, an object without `properties` is written as empty.
 */
function typesOf(schema: JsonSchema): object {
  const { type, properties = {}, items } = schema;
  // Values of any type are written as they are; from a keyword such as `minimum` it would guess one.
  if (type === undefined) return {};
  const others = othersOf(schema);
  return {
    type: typeof type === "string" ? type : typesInOrder(type),
    properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, typesOf(each)])),
    additionalProperties: typeof others === "object" ? typesOf(others) : others,
    ...(items === undefined ? {} : { items: typesOf(items) }),
  };
}

/**
 * Puts text behind all other types: the serializer asks in their order, and takes a list for text. For a single type it does not ask, and so
 * writes large integers.
 */
function typesInOrder(types: readonly JsonType[]): JsonType | readonly JsonType[] {
  if (types.length === 1) return types[0] as JsonType;
  return types.includes("string") ? [...types.filter((type) => type !== "string"), "string"] : types;
}

/** Gives a map as an object without a prototype: the serializer looks for each declared name, `constructor` too. */
function toObject(schema: JsonSchema, map: PlainMap): object {
  const object = Object.create(null) as { [name: string]: unknown };
  for (const [name, value] of map) object[name] = toValue(memberSchema(schema, name) ?? ANY, value);
  return object;
}

/** What is not typed is written by JSON.stringify, which knows no NaN and no large integer. */
function toValue(declared: JsonSchema, value: Plain): unknown {
  const schema = declared.type === undefined ? ANY : declared;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return isExact(value) ? Number(value) : schema === ANY ? String(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (isPlainMap(value)) return toObject(schema, value);
  return value instanceof Uint8Array ? base64(value) : value.map((item) => toValue(schema.items ?? ANY, item));
}
