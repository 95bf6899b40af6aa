/** How an output may differ from what was logged without being wrong. */
export interface Loose {
  /** Groups show as dotted keys. */
  readonly dotted: boolean;
  /** Values show as text. */
  readonly text: boolean;
}

/** Tells apart attributes that are there from those that are not, at any depth. */
export const ABSENT: unique symbol = Symbol("absent");

/** Is the failure of a case: what was expected, and what the output says. */
export class Mismatch extends Error {
  readonly got: unknown;
  readonly want: unknown;

  constructor(what: string, got: unknown, want: unknown) {
    super(`${what}: expected ${show(want)}, got ${show(got)}`);
    this.name = "Mismatch";
    this.got = got;
    this.want = want;
  }
}

/** @throws Mismatch when the two differ; objects are compared by their members, in any order. */
export function same(what: string, got: unknown, want: unknown): void {
  if (canonical(got) !== canonical(want)) throw new Mismatch(what, got, want);
}

/** @throws Mismatch when a condition does not hold. */
export function holds(what: string, condition: boolean, got: unknown): void {
  if (!condition) throw new Mismatch(what, got, "it to hold");
}

/** Brings attributes into the form in which an output of this kind can be compared. */
export function loosen(attrs: unknown, { dotted, text }: Loose): unknown {
  const leaf = (value: unknown): unknown => (text && !isMap(value) && !Array.isArray(value) ? String(value) : value);
  if (!isMap(attrs)) return leaf(attrs);
  return Object.fromEntries(
    Object.entries(attrs).flatMap(([key, value]): [string, unknown][] => {
      const inner = loosen(value, { dotted, text });
      if (!dotted || !isMap(inner)) return [[key, inner]];
      return Object.entries(inner).map(([name, each]) => [`${key}.${name}`, each]);
    }),
  );
}

/** Gives the value at a path: {@link ABSENT} when there is none. In dotted output it gives all that stands below the path. */
export function valueAt(attrs: unknown, path: readonly string[], { dotted }: Loose): unknown {
  if (dotted) return dottedAt(attrs as { readonly [key: string]: unknown }, path.join("."));
  let at = attrs;
  for (const key of path) {
    if (!isMap(at) || !Object.hasOwn(at, key)) return ABSENT;
    at = at[key];
  }
  return at;
}

function dottedAt(attrs: { readonly [key: string]: unknown }, key: string): unknown {
  if (Object.hasOwn(attrs, key)) return attrs[key];
  const below = Object.entries(attrs).filter(([name]) => name.startsWith(`${key}.`));
  return below.length === 0 ? ABSENT : Object.fromEntries(below.map(([name, value]) => [name.slice(key.length + 1), value]));
}

/** Gives all keys and values below a value as one text, to look for what must be said in whatever form. */
export function textBelow(value: unknown): string {
  if (Array.isArray(value)) return value.map(textBelow).join(" ");
  if (value instanceof Uint8Array) return `bytes ${[...value].join(" ")}`;
  if (isMap(value))
    return Object.entries(value)
      .map(([key, each]) => `${key} ${textBelow(each)}`)
      .join(" ");
  return String(value);
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Writes a value so that equal ones have equal text and no two different ones do. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Uint8Array) return `bytes[${[...value].join(",")}]`;
  if (!isMap(value)) return typeof value === "string" ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

function show(value: unknown): string {
  const text = canonical(value).replaceAll(/\b(?:number|boolean|undefined|object) (?=[\w-])/g, "");
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}
