import { secret } from "../value/secret.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import { logValue } from "../value/log-value.ts";
import { kindOf, kindsOf } from "./kind.ts";
import type { JsonSchema, JsonType } from "../schema/json-schema.ts";
import type { Path } from "./classification.ts";

/** Gives attributes that are seen to fit, as a record has them; undefined for all others. */
type CompiledFit = (attrs: unknown) => { readonly [name: string]: unknown } | undefined;

/** Says that a schema is not compiled. */
const NOT_COMPILED = new Error("not compiled");
/** A larger schema is looked at member by member. */
const MOST_CHECKS = 200;
const MOST_NAMED = 16;

/**
 * Compiles a look at attributes that have declared members alone, all of them of types that are told at once: primitive values, and lists and groups of
 * these. Each member is read by its name, where a loop over names takes 4 times as long (a group among four attributes 50 ns, compiled 16); a loop
 * only counts them. Undefined where the schema says more than that, or the runtime compiles nothing (Node's
 * `--disallow-code-generation-from-strings`, workerd) or may say so aloud (a browser's content security policy).
 */
export function compiledFitOf(schema: JsonSchema, classified: readonly Path[]): CompiledFit | undefined {
  if (typeof globalThis.process?.versions?.node !== "string") return undefined;
  try {
    const body = new Source().fit(schema, classified);
    // oxlint-disable-next-line typescript/no-implied-eval -- of a schema, whose names and values stand in it as JSON
    const make = new Function("literal", "logValue", "secret", body) as (...given: readonly unknown[]) => CompiledFit;
    return make(Object.prototype, logValue, secret);
  } catch {
    // The loop looks at the same attributes.
    return undefined;
  }
}

/** Writes the source of a look. What does not fit returns nothing. */
class Source {
  #count = 0;

  /** @throws Error when the schema says what is not compiled. */
  fit(schema: JsonSchema, classified: readonly Path[]): string {
    return `return function fit(v0) {
if (typeof v0 !== "object" || v0 === null || v0.constructor !== Object || Object.getPrototypeOf(v0) !== literal) return;
let room = 0;
${this.#members("v0", "s0", schema, classified, true)}
return s0;
};`;
  }

  /** Writes the checks of a literal's members, and what is shown of it. */
  #members(value: string, shown: string, schema: JsonSchema, classified: readonly Path[], isRoot: boolean): string {
    const { properties = {}, required = [] } = schema;
    if (isRoot && Object.keys(properties).length > DEFAULT_LIMITS.attributes) throw NOT_COMPILED;
    if (required.some((name) => !Object.hasOwn(properties, name))) throw NOT_COMPILED;
    if (classified.some(([step]) => typeof step !== "string" || !Object.hasOwn(properties, step))) throw NOT_COMPILED;
    const id = this.#next();
    const checks = Object.entries(properties).map(([name, own]) => {
      const below = classified.flatMap(([step, ...rest]) => (step === name ? [rest] : []));
      return this.#member(`${value}[${nameText(name)}]`, { name, own, below, isRequired: required.includes(name) }, `c${id}`, {
        value,
        shown,
        isRoot,
      });
    });
    return `let ${shown} = ${value}, c${id} = 0, n${id} = 0;
${checks.join("\n")}
for (const name in ${value}) n${id}++;
if (c${id} !== n${id}${isRoot ? "" : ` || n${id} === 0 || (room -= n${id} * 8) < 0`}) return;`;
  }

  #member(
    from: string,
    { name, own, below, isRequired }: Declared,
    count: string,
    { value, shown, isRoot }: { readonly value: string; readonly shown: string; readonly isRoot: boolean },
  ): string {
    const id = this.#next();
    const [v, s] = [`v${id}`, `s${id}`];
    const inside = below.filter((path) => path.length > 0);
    const isClassified = inside.length < below.length;
    if (isClassified && inside.length > 0) throw NOT_COMPILED;
    const changed = isClassified ? `${v} === null ? ${v} : secret(${v})` : s;
    const put = `{ if (${shown} === ${value}) ${shown} = { ...${value} }; ${shown}[${nameText(name)}] = ${changed}; }`;
    return `const ${v} = ${from};
if (${v} !== undefined) {
${isRoot ? `room = ${DEFAULT_LIMITS.size >> 1};` : `room -= ${name.length};`}
${this.#value(v, s, own, inside)}
${isClassified ? put : inside.length > 0 ? `if (${s} !== ${v}) ${put}` : ""}
${count}++;
}${isRequired ? " else return;" : ""}`;
  }

  /** Writes the check of a value that is there, and what is shown of it. */
  #value(v: string, s: string, schema: JsonSchema, inside: readonly Path[]): string {
    const { type, enum: values, const: only, properties } = schema;
    if (values !== undefined || only !== undefined) return this.#plain(v, s, namedTest(v, schema, inside));
    const types = typeof type === "string" ? [type] : type;
    if (types?.includes("object") === true) return this.#group(v, s, schema, types, inside);
    if (inside.length > 0 || properties !== undefined) throw NOT_COMPILED;
    if (types?.includes("array") === true) return this.#list(v, s, schema.items, types);
    return this.#plain(v, s, typeTest(v, types));
  }

  #plain(v: string, s: string, test: string): string {
    return `const ${s} = ${v};\nif (!(${test})) return;\nif (typeof ${v} === "string") room -= ${v}.length;`;
  }

  #group(v: string, s: string, schema: JsonSchema, types: readonly JsonType[], inside: readonly Path[]): string {
    const isNullable = types.length === 2 && types.includes("null");
    if (types.length > 1 && !isNullable) throw NOT_COMPILED;
    const id = this.#next();
    return `let ${s} = ${v};
if (${isNullable ? `${v} !== null` : "true"}) {
if (typeof ${v} !== "object" || ${v} === null || ${v}.constructor !== Object || Object.getPrototypeOf(${v}) !== literal) return;
if (logValue in ${v} || "toJSON" in ${v}) return;
${this.#members(v, `g${id}`, schema, inside, false)}
${s} = g${id};
}`;
  }

  #list(v: string, s: string, items: JsonSchema | undefined, types: readonly JsonType[]): string {
    if (types.length > 1) throw NOT_COMPILED;
    const id = this.#next();
    return `const ${s} = ${v};
if (!Array.isArray(${v}) || logValue in ${v}) return;
for (let i = 0; i < ${v}.length; i++) {
if ((room -= 8) < 0) return;
const i${id} = ${v}[i];
${this.#value(`i${id}`, `t${id}`, items ?? {}, [])}
}
if (room < 0) return;`;
  }

  #next(): number {
    if (++this.#count > MOST_CHECKS) throw NOT_COMPILED;
    return this.#count;
  }
}

interface Declared {
  readonly name: string;
  readonly own: JsonSchema;
  /** Lead to what is classified in it. */
  readonly below: readonly Path[];
  readonly isRequired: boolean;
}

function nameText(name: string): string {
  if (name === "" || name === "__proto__" || !name.isWellFormed()) throw NOT_COMPILED;
  return JSON.stringify(name);
}

const TESTS: { readonly [type in JsonType]: ((v: string) => string) | undefined } = {
  string: (v) => `typeof ${v} === "string"`,
  number: (v) => `typeof ${v} === "number" && ${v} - ${v} === 0`,
  integer: (v) => `Number.isInteger(${v})`,
  boolean: (v) => `typeof ${v} === "boolean"`,
  null: (v) => `${v} === null`,
  object: undefined,
  array: undefined,
};

function typeTest(v: string, types: readonly JsonType[] = ["string", "number", "boolean", "null"]): string {
  return types
    .map((type) => TESTS[type])
    .map((test) => {
      if (test === undefined) throw NOT_COMPILED;
      return `(${test(v)})`;
    })
    .join(" || ");
}

function namedTest(v: string, { type, enum: values, const: only }: JsonSchema, inside: readonly Path[]): string {
  if (inside.length > 0 || (values !== undefined && only !== undefined)) throw NOT_COMPILED;
  const named = (values ?? [only]).filter((each) => (kindOf(each) & kindsOf(type)) !== 0);
  if (named.length > MOST_NAMED || named.some(isOdd)) throw NOT_COMPILED;
  return ["false", ...named.map((each) => `${v} === ${JSON.stringify(each)}`)].join(" || ");
}

/** Tells a value that is not logged, or not written, as it is. */
function isOdd(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "string" && (!value.isWellFormed() || value.length > 1000);
}
