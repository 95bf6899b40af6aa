import type { JsonSchema } from "../schema/json-schema.ts";

/** Stands for every item of a list in a path. */
export const EACH = "*";

/** Is a step to all members of an object but those of these names. */
export interface Others {
  readonly except: readonly string[];
}

/** Is a place among an event's attributes: the names that lead there, `*` for each item of a list, an item's number. */
export type Path = readonly (string | Others)[];

/** A schema of more places is a schema that nobody wrote; choices within choices multiply. */
const MOST_PLACES = 10_000;

/**
 * Finds what a schema classifies by `x-classification`, in properties, the members beside them, lists, tuples, choices and local references.
 *
 * @throws TypeError where a classification stands that none of these leads to, or that a schema within itself repeats without end: what is
 * classified must not be missed silently.
 */
export function classifiedPaths(schema: JsonSchema): readonly Path[] {
  const search = new Search(schema);
  const paths = search.within(schema, [], []);
  const missed = search.missed(schema, "schema");
  if (missed === undefined) return paths;
  throw new TypeError(
    `${missed}: expected x-classification in properties, items, additionalProperties, choices and local $ref alone`,
  );
}

class Search {
  readonly #root: JsonSchema;
  /** Are the parts of the schema that were looked at. */
  readonly #seen = new Set<unknown>();
  #places = 0;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  within(schema: unknown, at: Path, around: readonly object[]): readonly Path[] {
    if (!isObject(schema)) return [];
    if (around.includes(schema)) return this.#again(schema);
    if (++this.#places > MOST_PLACES)
      throw new TypeError(`schema: expected at most ${MOST_PLACES} places to look for x-classification`);
    this.#seen.add(schema);
    if (at.length > 0 && isClassified(schema)) {
      Object.values(schema).forEach((part) => this.#cover(part));
      return [at];
    }
    const inside = [...around, schema];
    const { properties, items, prefixItems, additionalProperties, additionalItems, anyOf, oneOf, allOf, $ref } = schema;
    const named = isObject(properties) ? Object.entries(properties) : [];
    const others = { except: named.map(([name]) => name) };
    const tuple = [prefixItems, items].flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []));
    return [
      ...named.flatMap(([name, each]) => this.within(each, [...at, name], inside)),
      ...this.within(additionalProperties, [...at, others], inside),
      ...tuple.flatMap((each, index) => this.within(each, [...at, String(index)], inside)),
      ...[items, additionalItems].flatMap((each) => this.within(each, [...at, EACH], inside)),
      ...[anyOf, oneOf, allOf].flat().flatMap((each) => this.within(each, at, inside)),
      ...(typeof $ref === "string" ? this.within(this.#find($ref), at, inside) : []),
    ];
  }

  /** Names the place of a classification that was not looked at. */
  missed(part: unknown, place: string, around: readonly object[] = []): string | undefined {
    if (typeof part !== "object" || part === null || around.includes(part)) return undefined;
    if (isClassified(part) && !this.#seen.has(part)) return place;
    for (const [name, each] of Object.entries(part)) {
      const missed = this.missed(each, `${place}.${name}`, [...around, part]);
      if (missed !== undefined) return missed;
    }
    return undefined;
  }

  /** What a schema repeats within itself is at every depth: no path says that. */
  #again(schema: object): readonly Path[] {
    if (new Search(this.#root).missed(schema, "schema") === undefined) return [];
    throw new TypeError("schema: expected no x-classification in a schema that contains itself");
  }

  /** What is classified as a whole is so in its parts. */
  #cover(part: unknown): void {
    if (typeof part !== "object" || part === null || this.#seen.has(part)) return;
    this.#seen.add(part);
    for (const each of Object.values(part)) this.#cover(each);
  }

  #find(ref: string): unknown {
    if (!/^#(?:\/|$)/.test(ref)) throw new TypeError(`schema: expected a local $ref, got ${JSON.stringify(ref)}`);
    let found: unknown = this.#root;
    for (const step of decodeURIComponent(ref).split("/").slice(1)) {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      found = typeof found === "object" && found !== null && Object.hasOwn(found, name) ? (found as JsonSchema)[name] : undefined;
    }
    if (isObject(found)) return found;
    throw new TypeError(`schema: expected a $ref to a part of it, got ${JSON.stringify(ref)}`);
  }
}

function isClassified(part: object): boolean {
  const said: unknown = (part as JsonSchema)["x-classification"];
  return typeof said === "string" && said !== "";
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
