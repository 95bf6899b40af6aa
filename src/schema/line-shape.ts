import { base64 } from "../value/base64.ts";
import { isExact, jsonValue } from "../format/json.ts";
import { lineFields } from "../record/line-fields.ts";
import { report } from "../report/report.ts";
import { isPlainMap } from "../value/plain.ts";
import { partMap } from "./fit.ts";
import { checkObjectSchema } from "./json-schema.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { JsonSchema } from "./json-schema.ts";

/** Declares what a line of JSON consists of. */
export interface ShapeOptions {
  /** Declares the fields of a line, by the names that they have without it: `time`, `level`, `msg`, `trace_id`, and attributes by their own. */
  readonly schema: JsonSchema;
  /** Names the field, an object, for whatever is not declared or does not fit; `false` drops it, counted. Default: `rest`. */
  readonly rest?: string | false;
}

/** Counts what did not go by the schema. */
export interface SchemaStats {
  /** Lines that were written. */
  readonly lines: number;
  /** Values that were not of their declared type, and required fields that were absent. */
  readonly mismatches: number;
  /** Fields at the root of a line that were not declared, or not wholly. */
  readonly undeclared: number;
}

/** Is a compiled schema and what it counted. */
export class LineShape {
  readonly stats: { -readonly [name in keyof SchemaStats]: number } = { lines: 0, mismatches: 0, undeclared: 0 };
  readonly #properties: { readonly [name: string]: JsonSchema };
  readonly #required: readonly string[];
  readonly #rest: string | false;
  readonly #limits: Limits;
  readonly #stringify: (declared: object) => string;

  /** @throws TypeError that names a bad option or the place in the schema, what is there and what was expected. */
  constructor({ schema, rest = "rest" }: ShapeOptions, limits: Limits) {
    const { properties = {}, required = [], ...others } = checkObjectSchema(schema);
    if (rest !== false && (typeof rest !== "string" || rest === "" || Object.hasOwn(properties, rest))) {
      throw new TypeError(`rest: expected false or the name of a field that is not declared, got ${JSON.stringify(rest)}`);
    }
    this.#properties = properties;
    this.#required = required;
    this.#rest = rest;
    this.#limits = limits;
    // What is required and absent is counted, not thrown; what is not declared is ours to place.
    this.#stringify = compile({ ...others, type: "object", properties, additionalProperties: false });
  }

  /** Writes a record as a line. */
  line(record: LogRecord): string {
    const { stats } = this;
    const { declared, rest, misfits } = partMap(this.#properties, lineFields(record, this.#limits));
    const absent = this.#required.filter((name) => !declared.has(name) && !rest.has(name)).length;
    stats.lines++;
    stats.mismatches += misfits + absent;
    stats.undeclared += rest.size - Math.min(misfits, rest.size);
    return `${this.#withRest(this.#json(declared), rest)}\n`;
  }

  #json(declared: PlainMap): string {
    try {
      return this.#stringify(toObject(declared));
    } catch (error) {
      // A keyword that only the serializer knows, such as a format: the fields are right, and are written in the general way.
      this.stats.mismatches++;
      report("schema", error);
      return jsonValue(declared);
    }
  }

  #withRest(line: string, rest: PlainMap): string {
    if (this.#rest === false || rest.size === 0) return line;
    const comma = line === "{}" ? "" : ",";
    return `${line.slice(0, -1)}${comma}${JSON.stringify(this.#rest)}:${jsonValue(rest)}}`;
  }
}

type Build = (schema: object) => (value: object) => string;

function compile(schema: object): (value: object) => string {
  const module = globalThis.process?.getBuiltinModule?.("node:module");
  if (module === undefined) throw new Error("schema: expected Node, Bun or Deno, where a serializer can be compiled");
  try {
    const build = module.createRequire(import.meta.url)("fast-json-stringify") as Build;
    return build(schema);
  } catch (cause) {
    throw new TypeError(
      `schema: expected what fast-json-stringify compiles: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function toObject(map: PlainMap): object {
  return Object.fromEntries([...map].map(([key, value]) => [key, toValue(value)]));
}

function toValue(value: Plain): unknown {
  if (typeof value === "bigint") return isExact(value) ? Number(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (isPlainMap(value)) return toObject(value);
  return value instanceof Uint8Array ? base64(value) : value.map(toValue);
}
