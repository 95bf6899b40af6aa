import { bind, boundTooMany } from "../record/binding.ts";
import { Group, isPlainMap } from "../value/plain.ts";
import { MALFORMED_KEY, RESERVED_KEY } from "./json-keys.ts";
import { jsonMembers } from "./json.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { JsonKeys } from "./json-keys.ts";
import type { JsonLayout } from "./json-layout.ts";

/** Is a chain of bindings ready to be copied in front of a record's own attributes. */
export interface Rendered {
  /** The members up to where own attributes go, groups opened. A string: cheap for a logger of one request. */
  open: string | undefined;
  /** The same members without the groups that would stay empty. */
  readonly closed: string;
  /** The bytes of `open`, once the logger turns out to live long. */
  bytes: Uint8Array | undefined;
  uses: number;
  /** How many groups are open behind `open`. */
  readonly groups: number;
  /** The keys beside which own attributes stand. */
  readonly taken: readonly string[];
  /** The bits of a {@link JsonKey} that call for a closer look. */
  readonly mask: number;
  /** Attributes at the root, for the limit. */
  readonly count: number;
  /** The keys at the root, where baggage stands; those of groups that may stay empty included. */
  readonly root: readonly string[];
  /** Where `open` comes from while it is not there yet: written anew, for a logger that may have but one line. */
  readonly source: { readonly outer: Rendered; readonly attrs: Attrs } | undefined;
}

/** Is the form of a logger that binds nothing. */
export const UNBOUND: Rendered = {
  open: "",
  closed: "",
  bytes: new Uint8Array(0),
  uses: 0,
  groups: 0,
  taken: [],
  mask: RESERVED_KEY | MALFORMED_KEY,
  count: 0,
  root: [],
  source: undefined,
};

/** Makes the form of attributes that are bound at the root behind those of the parent: what a request's logger costs. */
export function extend(outer: Rendered, attrs: Attrs, open: string | undefined, keys: JsonKeys): Rendered {
  const names = Object.keys(attrs);
  const taken = outer === UNBOUND ? names : [...outer.taken, ...names];
  let { mask } = outer;
  for (const name of names) mask |= keys.of(name).bits;
  const root = taken;
  return {
    open,
    closed: "",
    bytes: undefined,
    uses: 0,
    groups: 0,
    taken,
    mask,
    count: taken.length,
    root,
    source: { outer, attrs },
  };
}

/** Tells attributes that are the same whenever they are read. */
export function isFlat(attrs: Attrs): boolean {
  for (const name in attrs) {
    const value = attrs[name];
    if (typeof value === "object" ? value !== null : typeof value === "function") return false;
  }
  return true;
}

/** Renders any chain by the definition; undefined when some of it must be merged with each record anew. */
export function render(binding: Binding, keys: JsonKeys, limits: Limits, layout: JsonLayout): Rendered | undefined {
  if (boundTooMany(binding, limits) > 0) return undefined;
  const tree = layout.bound(bind(binding, new Group([[PLACE, null]]), limits));
  const open = tree && place(tree, keys);
  const closed = layout.bound(bind(binding, new Group(), limits));
  if (open === undefined || closed === undefined) return undefined;
  return { ...open, closed: jsonMembers(closed), bytes: undefined, uses: 0, source: undefined };
}

/** Writes the members before the place of own attributes; undefined when some stand behind it, or when a key is odd. */
function place(
  tree: PlainMap,
  keys: JsonKeys,
): Pick<Rendered, "open" | "groups" | "taken" | "mask" | "count" | "root"> | undefined {
  let open = "";
  let groups = 0;
  let inner: PlainMap = tree;
  for (;;) {
    const members = [...inner];
    const [name, value] = members.pop() ?? ["", null];
    if (members.some(([, each]) => isPlace(each))) return undefined;
    if (groups === 0 && [...inner.keys()].some((key) => key !== PLACE && (keys.of(key).bits & RESERVED_KEY) !== 0))
      return undefined;
    const before = jsonMembers(new Map(members));
    open += groups > 0 && before !== "" ? `{${before.slice(1)}` : before;
    if (name === PLACE) {
      const taken = members.map(([key]) => key);
      const odd = groups === 0 ? RESERVED_KEY | MALFORMED_KEY : MALFORMED_KEY;
      const mask = taken.reduce((all, key) => all | (keys.of(key).bits & ~RESERVED_KEY), odd);
      const root = [...tree.keys()].filter((key) => key !== PLACE);
      return { open, groups, taken, mask, count: root.length, root };
    }
    if (!isPlainMap(value)) return undefined;
    open += `${groups > 0 && members.length === 0 ? "{" : ","}${JSON.stringify(name)}:`;
    inner = value;
    groups++;
  }
}

/** Marks where own attributes go while a chain is rendered; no attribute can be named by it, being no well-formed text. */
const PLACE = "\ud800place";

function isPlace(value: Plain): boolean {
  return isPlainMap(value) && (value.has(PLACE) || [...value.values()].some(isPlace));
}
