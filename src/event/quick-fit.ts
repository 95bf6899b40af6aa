import { isSecret, secret } from "../value/secret.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import { logValue } from "../value/log-value.ts";
import { compiledFitOf } from "./compiled-fit.ts";
import { EACH } from "./classification.ts";
import { NamedValues } from "./named-values.ts";
import { INTEGER, isDate, isLiteral, kindOf, kindsOf, LIST, NOTHING, OBJECT, PRIMITIVE, TEXT } from "./kind.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import type { Others, Path } from "./classification.ts";

/** Are attributes as a record has them. */
type Shown = { readonly [name: string]: unknown };

/** Compiles a look, where it can. */
type Compile = (schema: JsonSchema, classified: readonly Path[]) => QuickFit | undefined;

/** Gives attributes that are seen to fit at a look, as a record has them; undefined for all others. It never throws. */
export type QuickFit = (attrs: unknown) => Shown | undefined;

/** Says that the thorough way is to tell. */
const UNSURE = Symbol("unsure");

/** Is what an attribute may still take: half of what is never cut. */
interface Room {
  left: number;
}

/** Says what a member takes; nothing where it says nothing. */
interface Taken {
  /** The kinds of values that fit. */
  readonly kinds: number;
  /** Are the only ones that fit, of these kinds. */
  readonly named?: readonly unknown[] | undefined;
  /** Any value fits, and what is left of it nobody asks. */
  readonly isAny?: boolean;
  /** Lead to what is classified within. */
  readonly inside?: readonly Path[];
  readonly schema?: JsonSchema;
}

/** Is a member that a schema declares, or any item of a list. */
class Member {
  readonly name: string;
  /** The kinds that it takes as they are. */
  readonly takes: number;
  /** Is one, and {@link REQUIRED} where it must be there. */
  readonly weight: number;
  /** Tells that nobody is to see it. */
  readonly isClassified: boolean;
  /** The member that followed the last time: a call site passes the same ones in the same order, which is seen by comparing their names. */
  next: Member;
  /** The kinds of values with nothing inside that it takes at a second look. */
  readonly #kinds: number;
  readonly #named: NamedValues | undefined;
  readonly #isAny: boolean;
  readonly #object: QuickObject | undefined;
  readonly #list: QuickList | undefined;

  constructor(name: string, taken: Taken, isRequired: boolean, isClassified: boolean, next?: Member) {
    const { kinds, named, isAny = false, inside = [], schema } = taken;
    this.name = name;
    this.weight = isRequired ? REQUIRED + 1 : 1;
    this.isClassified = isClassified;
    this.next = next ?? this;
    // What is not what leads to something classified is hidden as a whole.
    const plain = named !== undefined ? 0 : inside.length === 0 ? kinds : kinds & NOTHING;
    this.takes = plain & PRIMITIVE;
    this.#kinds = plain;
    this.#named = named && new NamedValues(named.filter((each) => (kindOf(each) & kinds) !== 0));
    this.#isAny = isAny;
    const intoObject = schema !== undefined && (kinds & OBJECT) !== 0 && !inside.some(isEach);
    const intoList = schema !== undefined && (kinds & LIST) !== 0 && inside.every(isEach);
    this.#object = intoObject ? new QuickObject(schema, inside, false) : undefined;
    this.#list = intoList ? new QuickList(schema.items, inside) : undefined;
  }

  /** Looks at a value of no kind that it takes as it is, and gives it as a record has it; {@link UNSURE} when it is not seen to fit. */
  look(value: unknown, room: Room): unknown {
    if (this.#isAny) return value;
    if (typeof value === "object" && value !== null) return this.#lookInto(value, room);
    if (this.#named !== undefined) return this.#named.has(value) ? value : UNSURE;
    return typeof value === "bigint" && (this.#kinds & INTEGER) !== 0 && Number.isSafeInteger(Number(value)) ? value : UNSURE;
  }

  #lookInto(value: object, room: Room): unknown {
    if (logValue in value) return isSecret(value) && (this.#kinds & TEXT) !== 0 ? value : UNSURE;
    if (Array.isArray(value)) return this.#list?.look(value, room) ?? UNSURE;
    if (!isLiteral(value)) return (this.#kinds & TEXT) !== 0 && isDate(value) ? value : UNSURE;
    return "toJSON" in value ? UNSURE : (this.#object?.fit(value, room) ?? UNSURE);
  }
}

function leadsTo(step: string | Others, name: string): boolean {
  return typeof step === "string" ? step === name : !step.except.includes(name);
}

function isEach([step]: Path): boolean {
  return step === EACH;
}

/** Leaves all to who looks next. */
export function neverQuick(): undefined {
  return undefined;
}

/** From so many uses on it is worth the 80 µs that compiling takes. */
const OFTEN = 32;

/** More than the members that there may be. */
const REQUIRED = 65_536;

/** Takes nothing: what has no name may be a group whose members stand in its place. */
const NO_MEMBER = new Member("", { kinds: 0 }, false, false);

/**
 * Makes a look at attributes by which most are seen to fit a schema: literals of primitive values, dates, and lists and literals of these. Undefined
 * says only that `misfits` is to be asked, which is what fitting means.
 *
 * @param classified leads to what is to be a secret, as `withSecrets` makes it.
 * @param compile makes a sooner look, when it was used often; what that does not see to fit is looked at member by member.
 */
export function quickFitOf(schema: JsonSchema, classified: readonly Path[] = [], compile: Compile = compiledFitOf): QuickFit {
  const root = new QuickObject(schema, classified, true);
  const room: Room = { left: 0 };
  let compiled: QuickFit = neverQuick;
  let uses = 0;
  return (attrs) => {
    if (++uses === OFTEN) compiled = compile(schema, classified) ?? compiled;
    try {
      return compiled(attrs) ?? (isLiteral(attrs) ? root.fit(attrs, room) : undefined);
    } catch {
      // A getter or a proxy threw: the thorough way says so in its place.
      return undefined;
    }
  };
}

/** Looks at literals: at attributes, and at groups among them. */
class QuickObject {
  readonly #isRoot: boolean;
  readonly #members = new Map<string, Member>();
  readonly #start = new Member("", { kinds: 0 }, false, false, NO_MEMBER);
  readonly #undeclared: Member;
  /** The weight of those that must be there. */
  readonly #required: number;
  /** How many members may be there that are not declared, and none is left out for its number. */
  readonly #mostUndeclared: number;

  constructor(schema: JsonSchema, classified: readonly Path[], isRoot: boolean) {
    const { properties = {}, required = [], additionalProperties = true } = schema;
    this.#isRoot = isRoot;
    const steps = classified.map(([step]) => step);
    const others = steps.some((step) => typeof step === "object") ? false : additionalProperties;
    this.#undeclared = memberOf("", others, [], false, isRoot);
    const named = steps.filter((step) => typeof step === "string");
    for (const name of new Set([...Object.keys(properties), ...required, ...named])) {
      const own = Object.hasOwn(properties, name) ? properties[name] : others;
      const below = classified.flatMap(([step = "", ...rest]) => (leadsTo(step, name) ? [rest] : []));
      const isOdd = name === "" || !name.isWellFormed();
      this.#members.set(name, memberOf(name, isOdd ? false : own, below, required.includes(name), isRoot));
    }
    this.#required = new Set(required).size * REQUIRED;
    this.#mostUndeclared = DEFAULT_LIMITS.attributes - this.#members.size;
  }

  /**
   * Gives a literal as a record has it; undefined where it is not seen to fit. It never goes round in a circle: what a schema declares has an end, and
   * of what it does not declare no group within an attribute is seen to fit.
   */
  fit(attrs: Shown, room: Room): Shown | undefined {
    const isRoot = this.#isRoot;
    let missing = this.#required;
    let undeclared = 0;
    let size = 0;
    let changed: { [name: string]: unknown } | undefined;
    let last = this.#start;
    for (const name in attrs) {
      let member = last.next;
      if (member.name !== name) {
        member = this.#member(name, last);
        if (member === this.#undeclared && ++undeclared > this.#mostUndeclared) return undefined;
      }
      last = member;
      const value = attrs[name];
      if (!isRoot) size += sizeOf(value) + name.length;
      if ((kindOf(value) & member.takes) === 0) {
        // Behind what is no member nothing is remembered, since all share it.
        if (value === undefined && member !== NO_MEMBER) continue;
        const shown = isRoot ? first(member, value, room) : member.look(value, room);
        if (shown === UNSURE) return undefined;
        if (shown !== value) (changed ??= { ...attrs })[name] = shown;
      }
      missing -= member.weight;
      if (member.isClassified) (changed ??= { ...attrs })[name] = hidden(value);
    }
    if (!isRoot && (room.left -= size) < 0) return undefined;
    // Of a group without members nothing is left: below 0 it has one.
    return missing < 0 || (missing === 0 && isRoot) ? (changed ?? attrs) : undefined;
  }

  #member(name: string, last: Member): Member {
    const member = this.#members.get(name);
    if (member !== undefined) return (last.next = member);
    return name === "" || !name.isWellFormed() ? NO_MEMBER : this.#undeclared;
  }
}

/** Looks at a value of the attributes themselves. */
function first(member: Member, value: unknown, room: Room): unknown {
  room.left = DEFAULT_LIMITS.size >> 1;
  return member.look(value, room);
}

/** Gives what a value takes of its attribute's size, without what is in it. */
function sizeOf(value: unknown): number {
  return typeof value === "string" ? value.length + 8 : 8;
}

/** Hides what nobody is to see. */
function hidden(value: unknown): unknown {
  return typeof value === "object" && (value === null || isSecret(value)) ? value : secret(value);
}

/** @param schema `true` where any value fits, `false` where the thorough way is to tell. */
function memberOf(
  name: string,
  schema: JsonSchema | boolean | undefined,
  classified: readonly Path[],
  isRequired: boolean,
  isRoot: boolean,
): Member {
  const inside = classified.filter((path) => path.length > 0);
  const isClassified = inside.length < classified.length;
  const made = (taken: Taken): Member => new Member(name, taken, isRequired, isClassified, NO_MEMBER);
  if (schema === false || schema === undefined || (isClassified && inside.length > 0)) return made({ kinds: 0 });
  if (schema === true && inside.length === 0) return made({ kinds: PRIMITIVE, isAny: isRoot && !isRequired });
  const own = schema === true ? {} : schema;
  const { type, enum: values, const: only } = own;
  const kinds = kindsOf(type);
  if (values === undefined && only === undefined) return made({ kinds, inside, schema: own });
  const isKnown = inside.length === 0 && (values === undefined || only === undefined);
  return made({ kinds, named: isKnown ? (values ?? [only]) : [] });
}

/** Looks at lists. */
class QuickList {
  readonly #item: Member;

  constructor(items: JsonSchema | undefined, inside: readonly Path[]) {
    const below = inside.map(([, ...rest]) => rest);
    this.#item = memberOf("", items ?? true, below, true, false);
  }

  /** Gives a list as a record has it; undefined where it is not seen to fit. */
  look(list: readonly unknown[], room: Room): readonly unknown[] | undefined {
    const item = this.#item;
    let changed: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if ((room.left -= sizeOf(value)) < 0) return undefined;
      if ((kindOf(value) & item.takes) === 0) {
        const shown = item.look(value, room);
        if (shown === UNSURE) return undefined;
        if (shown !== value) (changed ??= Array.from(list))[i] = shown;
      }
      if (item.isClassified) (changed ??= Array.from(list))[i] = hidden(value);
    }
    return changed ?? list;
  }
}
