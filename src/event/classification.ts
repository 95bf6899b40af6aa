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
  if (search.problem !== undefined) throw new TypeError(search.problem);
  const missed = search.missed(schema, "schema", true);
  if (missed === undefined) return paths;
  throw new TypeError(
    `${missed}: expected x-classification in properties, items, additionalProperties, choices and local $ref alone`,
  );
}

/** Finds of what a schema classifies that which can be followed. */
export function followedPaths(schema: JsonSchema): readonly Path[] {
  return new Search(schema).within(schema, [], []);
}

class Search {
  /** Why not everything was looked at. */
  problem: string | undefined;
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
      return this.#stop(`schema: expected at most ${MOST_PLACES} places to look for x-classification`);
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
      ...(typeof $ref === "string" ? this.#referred($ref, at, inside) : []),
    ];
  }

  /** Names the place of a classification that no path says: one of all attributes, or below a keyword that is not followed. */
  missed(schema: unknown, place: string, isRoot: boolean, around: readonly object[] = []): string | undefined {
    if (!isObject(schema) || around.includes(schema)) return undefined;
    if (isClassified(schema)) return isRoot ? place : undefined;
    const inside = [...around, schema];
    for (const [keyword, part] of Object.entries(schema)) {
      const here = `${place}.${keyword}`;
      const isDefinitions = keyword === "$defs" || keyword === "definitions";
      const parts = this.#followed(keyword, part, here);
      const missed =
        parts === undefined
          ? this.#holding(part, here, new Set(isDefinitions ? this.#seen : []))
          : firstOf(parts, ([at, each]) => this.missed(each, at, isRoot && KEEP_PLACE.has(keyword), inside));
      if (missed !== undefined) return missed;
    }
    return undefined;
  }

  /** Gives the schemas behind a keyword that is followed, and their places. */
  #followed(keyword: string, part: unknown, place: string): readonly (readonly [string, unknown])[] | undefined {
    if (keyword === "$ref" && typeof part === "string") return [[place, this.#at(part)]];
    if (keyword === "properties" && isObject(part)) return Object.entries(part).map(([name, each]) => [`${place}.${name}`, each]);
    return FOLLOWED.has(keyword) ? [part].flat().map((each) => [place, each]) : undefined;
  }

  /** Names the place of a classification in a part of the schema, or in what it refers to. */
  #holding(part: unknown, place: string, seen: Set<unknown>): string | undefined {
    if (typeof part !== "object" || part === null || seen.has(part)) return undefined;
    seen.add(part);
    if (isClassified(part)) return place;
    return firstOf(Object.entries(part), ([name, each]: readonly [string, unknown]) =>
      this.#holding(name === "$ref" && typeof each === "string" ? this.#at(each) : each, `${place}.${name}`, seen),
    );
  }

  /** What a schema repeats within itself is at every depth: no path says that. */
  #again(schema: object): readonly Path[] {
    if (this.#holding(schema, "schema", new Set()) === undefined) return [];
    return this.#stop("schema: expected no x-classification in a schema that contains itself");
  }

  #stop(problem: string): readonly Path[] {
    this.problem ??= problem;
    return [];
  }

  /** What is classified as a whole is so in its parts. */
  #cover(part: unknown): void {
    if (typeof part !== "object" || part === null || this.#seen.has(part)) return;
    this.#seen.add(part);
    for (const each of Object.values(part)) this.#cover(each);
  }

  #referred(ref: string, at: Path, around: readonly object[]): readonly Path[] {
    if (!/^#(?:\/|$)/.test(ref)) return this.#stop(`schema: expected a local $ref, got ${JSON.stringify(ref)}`);
    const found = this.#at(ref);
    if (isObject(found)) return this.within(found, at, around);
    return this.#stop(`schema: expected a $ref to a part of it, got ${JSON.stringify(ref)}`);
  }

  /** Gives what stands at a place of the schema; undefined for nothing. */
  #at(ref: string): unknown {
    let found: unknown = this.#root;
    for (const step of decoded(ref).split("/").slice(1)) {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      found = typeof found === "object" && found !== null && Object.hasOwn(found, name) ? (found as JsonSchema)[name] : undefined;
    }
    return found;
  }
}

function decoded(ref: string): string {
  try {
    return decodeURIComponent(ref);
  } catch {
    // What is no URI leads to nothing, as it is written.
    return ref;
  }
}

/** Are the keywords whose schemas are of the same value. */
const KEEP_PLACE: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "$ref"]);
/** Are the keywords behind which a schema stands, or a list of them. */
const FOLLOWED: ReadonlySet<string> = new Set([...KEEP_PLACE, "items", "prefixItems", "additionalProperties", "additionalItems"]);

function firstOf<T>(all: readonly T[], find: (each: T) => string | undefined): string | undefined {
  for (const each of all) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isClassified(part: object): boolean {
  const said: unknown = (part as JsonSchema)["x-classification"];
  return typeof said === "string" && said !== "";
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
