import { jsonValue } from "../format/json.ts";
import { lineFields } from "../record/line-fields.ts";
import { report } from "../report/report.ts";
import { checkObjectSchema } from "./json-schema.ts";
import { part } from "./part.ts";
import { Serializers } from "./serializer.ts";
import { expected } from "../value/option.ts";
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
  /** Values that were not of their declared type, and required fields that were absent. A list counts once. */
  readonly mismatches: number;
  /** Fields at the root of a line that were not declared, or not wholly. */
  readonly undeclared: number;
}

/** Is a compiled schema and what it counted: the definition of a line in a declared shape. */
export class LineShape {
  readonly stats: { -readonly [name in keyof SchemaStats]: number } = { lines: 0, mismatches: 0, undeclared: 0 };
  readonly properties: { readonly [name: string]: JsonSchema };
  readonly required: readonly string[];
  readonly rest: string | false;
  readonly #limits: Limits;
  readonly #stringify: (declared: PlainMap) => string;

  /** @throws TypeError or RangeError that names a bad option or the place in the schema, what is there and what was expected. */
  constructor({ schema, rest = "rest" }: ShapeOptions, limits: Limits) {
    const { properties = {}, required = [] } = checkObjectSchema(schema);
    if (rest !== false && (typeof rest !== "string" || rest === "" || Object.hasOwn(properties, rest))) {
      throw new TypeError(expected("rest", "false or the name of a field that is not declared", rest));
    }
    this.properties = properties;
    this.required = required;
    this.rest = rest;
    this.#limits = limits;
    // What is required and absent is counted, not thrown; what is not declared is ours to place.
    this.#stringify = new Serializers().of({ type: "object", properties, additionalProperties: false });
  }

  /** Writes a record as a line. */
  line(record: LogRecord): string {
    const { stats } = this;
    const declared = new Map<string, Plain>();
    const rest = new Map<string, Plain>();
    for (const [name, value] of lineFields(record, this.#limits)) this.#place(name, value, declared, rest);
    stats.lines++;
    for (const name of this.required) if (!declared.has(name) && !rest.has(name)) stats.mismatches++;
    return `${this.#withRest(this.#json(declared), rest)}\n`;
  }

  #place(name: string, value: Plain, declared: Map<string, Plain>, rest: Map<string, Plain>): void {
    const { stats } = this;
    const schema = Object.hasOwn(this.properties, name) ? this.properties[name] : undefined;
    if (schema === undefined) {
      stats.undeclared++;
      rest.set(name, value);
      return;
    }
    const parted = part(schema, value);
    if (parted.declared !== undefined) declared.set(name, parted.declared);
    if (parted.rest !== undefined) rest.set(name, parted.rest);
    stats.mismatches += parted.misfits;
    if (parted.isUndeclared) stats.undeclared++;
  }

  #json(declared: PlainMap): string {
    try {
      return this.#stringify(declared);
    } catch (error) {
      // What fits is not known to fail in the serializer; were it so, the fields are right, and are written in the general way.
      this.stats.mismatches++;
      report("schema", error);
      return jsonValue(declared);
    }
  }

  #withRest(line: string, rest: PlainMap): string {
    if (this.rest === false || rest.size === 0) return line;
    const comma = line === "{}" ? "" : ",";
    return `${line.slice(0, -1)}${comma}${JSON.stringify(this.rest)}:${jsonValue(rest)}}`;
  }
}
