import { secret } from "../middleware/secret.ts";
import type { JsonSchema } from "../schema/json-schema.ts";

/** Are attributes as a record has them. */
type Shown = { readonly [name: string]: unknown };

/** Gives attributes that are seen to fit at a look, as a record has them; undefined for all others. It never throws. */
export type QuickFit = (attrs: unknown) => Shown | undefined;

/** Are the kinds of primitive values, a bit each: one test tells whether a member takes a value. */
const TEXT = 1;
const INTEGER = 2;
const FRACTION = 4;
const NO_NUMBER = 8;
const TRUTH = 16;
const ANY = 31;
/** Takes nothing at a look: the thorough way is to tell. */
const THOROUGH = 0;

/** Is a member that a schema declares. */
class Member {
  readonly name: string;
  /** The kinds that it takes. */
  readonly takes: number;
  /** 1 where it must be there. */
  readonly required: number;
  /** Tells that nobody is to see it. */
  readonly isClassified: boolean;
  /** The member that followed the last time: a call site passes the same ones in the same order, which is seen by comparing their names. */
  next: Member;

  constructor(name: string, takes: number, isRequired: boolean, isClassified: boolean, next?: Member) {
    this.name = name;
    this.takes = takes;
    this.required = Number(isRequired);
    this.isClassified = isClassified;
    this.next = next ?? this;
  }
}

/**
 * Makes a look at attributes by which most are seen to fit a schema: literals of primitive values. Undefined says only that `misfits` is to be
 * asked, which is what fitting means (an event 2552 to 286 ns).
 *
 * @param classified names the members that are to be secrets, each once.
 */
export function quickFitOf(schema: JsonSchema, classified: readonly string[] = []): QuickFit {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  // Takes nothing, so that a member without a name is not taken for one that fits.
  const none = new Member("", THOROUGH, false, false);
  const start = new Member("", THOROUGH, false, false, none);
  const rest = additionalProperties === true ? ANY : THOROUGH;
  const undeclared = new Member("", rest, false, false, none);
  const members = new Map<string, Member>();
  for (const name of [...Object.keys(properties), ...required, ...classified]) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const takes = own === undefined ? rest : takenBy(own);
    members.set(name, new Member(name, takes, required.includes(name), classified.includes(name), none));
  }
  const mostRequired = new Set(required).size;
  const fit = (attrs: Shown): Shown | undefined => {
    let missing = mostRequired;
    let secrets: { [name: string]: unknown } | undefined;
    let last = start;
    for (const name in attrs) {
      let member = last.next;
      if (member.name !== name) {
        member = members.get(name) ?? undeclared;
        if (member !== undeclared) last.next = member;
      }
      const value = attrs[name];
      if ((kindOf(value) & member.takes) === 0) return undefined;
      missing -= member.required;
      if (member.isClassified) (secrets ??= { ...attrs })[name] = secret(value);
      last = member;
    }
    return missing > 0 ? undefined : (secrets ?? attrs);
  };
  return (attrs) => {
    try {
      return isLiteral(attrs) ? fit(attrs) : undefined;
    } catch {
      // A getter or a proxy threw: the thorough way says so in its place.
      return undefined;
    }
  };
}

/** Asks for the constructor first: V8 then knows of what kind the object is, and its prototype costs nothing, else 10 ns. */
function isLiteral(attrs: unknown): attrs is Shown {
  if (typeof attrs !== "object" || attrs === null || attrs.constructor !== Object) return false;
  return Object.getPrototypeOf(attrs) === Object.prototype;
}

function takenBy({ type, enum: values, const: only }: JsonSchema): number {
  if (values !== undefined || only !== undefined) return THOROUGH;
  switch (type) {
    case undefined:
      return ANY;
    case "string":
      return TEXT;
    case "number":
      return INTEGER | FRACTION;
    case "integer":
      return INTEGER;
    case "boolean":
      return TRUTH;
    default:
      return THOROUGH;
  }
}

function kindOf(value: unknown): number {
  if (typeof value === "string") return TEXT;
  if (typeof value !== "number") return typeof value === "boolean" ? TRUTH : THOROUGH;
  if (Number.isInteger(value)) return INTEGER;
  return Number.isFinite(value) ? FRACTION : NO_NUMBER;
}
