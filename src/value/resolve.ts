import { isError, isObjectLiteral, tagOf } from "./classify.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { logValue } from "./log-value.ts";
import { addMember, Group, PlainError } from "./plain.ts";
import type { Limits } from "./limits.ts";
import type { LogValuer } from "./log-value.ts";
import type { Plain } from "./plain.ts";

/**
 * Decides what a JavaScript value becomes, in every output. It never throws: what cannot be read becomes a marker that says why.
 * `undefined` means that nothing is left to write: the value was undefined, or a group without members.
 *
 * | value | becomes |
 * | --- | --- |
 * | string, number, boolean, null | itself; lone surrogates become U+FFFD, -0 is 0 |
 * | bigint | itself |
 * | undefined | nothing; `null` in an array |
 * | symbol, function, class | `Symbol(name)`, `[Function: name]`, `[Class: name]`; a function is never called |
 * | Date, URL, URLSearchParams, RegExp | its text; a date in ISO 8601, or `Invalid Date` |
 * | Error | `type`, `message`, `stack`, `code`, `cause`, `errors`, its own fields |
 * | array, Set, typed array | a list |
 * | ArrayBuffer, DataView, bytes (Uint8Array, Buffer) | bytes |
 * | object literal | a group |
 * | Map, Headers, FormData | a map, its keys as text |
 * | boxed primitive | the primitive |
 * | a value with `[logValue]()` or `toJSON()` | what that returns, resolved again |
 * | other instance | its own fields; where it has none, its own `toString()`, or `[ClassName]` |
 * | circular, too deep, too large, throwing | `[Circular]`, `[Depth]`, `[+n items]`, `[Throws: why]` at that place |
 *
 * @see https://opentelemetry.io/docs/specs/otel/common/attribute-type-mapping/
 */
export function resolve(value: unknown, limits: Limits = DEFAULT_LIMITS): Plain | undefined {
  try {
    return new Resolver(limits).member(value, 0);
  } catch (error) {
    return thrown(error);
  }
}

/** Are the members of one object literal, and how many were too many. */
export interface ResolvedAttrs {
  readonly attrs: Group;
  readonly dropped: number;
}

/**
 * Resolves the members of an object literal as attributes, up to the limit of their number: those behind it are not read. A getter
 * that throws costs its own member only.
 */
export function resolveAttrs(members: object, limits: Limits = DEFAULT_LIMITS): ResolvedAttrs {
  const attrs = new Group();
  try {
    return { attrs, dropped: new Resolver(limits).attributes(attrs, members) };
  } catch (error) {
    attrs.set("attrs", thrown(error));
    return { attrs, dropped: 0 };
  }
}

/** Resolves the members of an object literal as a group, as {@link resolveAttrs} does. */
export function resolveGroup(members: object, limits: Limits = DEFAULT_LIMITS): Group {
  return resolveAttrs(members, limits).attrs;
}

/** Cuts a string at a length, never through a surrogate pair, and says by how much. */
export function cutString(text: string, most: number): string {
  if (text.length <= most) return text;
  const code = text.charCodeAt(most - 1);
  const end = code >= 0xd800 && code < 0xdc00 ? most - 1 : most;
  return `${text.slice(0, end)}…[+${text.length - end} chars]`;
}

/** Says why a value could not be read, whatever was thrown. */
export function thrown(error: unknown): string {
  try {
    return `[Throws: ${cutString(error instanceof Error ? error.message : String(error), 200)}]`;
  } catch {
    // What was thrown throws itself when it is read.
    return "[Throws]";
  }
}

const MOST_LOG_VALUES = 100;

class Resolver {
  readonly #limits: Limits;
  /** What is being resolved around the current value, to find circles; its length is the depth of objects. */
  readonly #around: object[] = [];
  #room: number;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#room = limits.size;
  }

  /** Resolves a member of a group: here an empty group leaves no trace. */
  member(value: unknown, depth: number): Plain | undefined {
    if (depth === 0) this.#room = this.#limits.size;
    const plain = this.#any(value, depth);
    return plain instanceof Group && plain.size === 0 ? undefined : plain;
  }

  #any(value: unknown, depth: number): Plain | undefined {
    this.#room -= 8;
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return value === 0 ? 0 : value;
      case "boolean":
      case "bigint":
        return value;
      case "undefined":
        return undefined;
      case "symbol":
        return this.#text(String(value));
      case "function":
        return describeFunction(value as (...args: never) => unknown);
      case "object":
        return value === null ? null : this.#guarded(value, depth);
    }
  }

  #text(value: string): string {
    const cut = cutString(value, Math.min(this.#limits.stringLength, Math.max(this.#room, 16)));
    this.#room -= cut.length;
    return cut.isWellFormed() ? cut : cut.toWellFormed();
  }

  #guarded(value: object, depth: number): Plain | undefined {
    if (this.#around.includes(value)) return "[Circular]";
    if (depth > this.#limits.depth) return "[Depth]";
    const outside = this.#around.length;
    this.#around.push(value);
    try {
      return this.#object(value, depth);
    } catch (error) {
      return thrown(error);
    } finally {
      this.#around.length = outside;
    }
  }

  #object(value: object, depth: number): Plain | undefined {
    if (logValue in value && typeof value[logValue] === "function") return this.#logValue(value as LogValuer, depth);
    if (Array.isArray(value)) return this.#list(value, value.length, depth);
    if (isObjectLiteral(value)) return this.#literal(value, depth);
    if (isError(value)) return this.#error(value, depth);
    return this.#builtIn(value, depth);
  }

  #logValue(value: LogValuer, depth: number): Plain | undefined {
    let next: unknown = value;
    for (let i = 0; i < MOST_LOG_VALUES; i++) {
      if (typeof next !== "object" || next === null || !(logValue in next) || typeof next[logValue] !== "function") {
        return next === value ? "[Circular]" : this.#any(next, depth);
      }
      next = (next as LogValuer)[logValue]();
    }
    return `[Throws: more than ${MOST_LOG_VALUES} log values in a row]`;
  }

  #literal(value: object, depth: number): Plain | undefined {
    // An Error whose prototype was taken away has no enumerable member to say what it was.
    if (Object.getPrototypeOf(value) === null && isError(value)) return this.#error(value, depth);
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON === "function") return this.#toJSON(value, toJSON as (key: string) => unknown, depth);
    const group = new Group();
    this.#fill(group, value, depth, true);
    return group;
  }

  /** Puts members into a group of attributes until it is full, and tells how many are left over. */
  attributes(into: Group, from: object): number {
    const keys = Object.keys(from);
    for (const [index, key] of keys.entries()) {
      if (into.size >= this.#limits.attributes) return keys.length - index;
      this.#put(into, key, from, -1, true);
    }
    return 0;
  }

  /** Puts the own members of an object into a map. Inside a group a group without a name is inlined. */
  #fill(into: Map<string, Plain>, from: object, depth: number, asGroup: boolean): void {
    const keys = Object.keys(from);
    for (const [index, key] of keys.entries()) {
      if (this.#room <= 0) {
        into.set("…", `[+${keys.length - index} members]`);
        return;
      }
      this.#put(into, key, from, depth, asGroup);
    }
  }

  /** Puts an error's own fields behind those that every error has; a field of its own named `type` stays visible. */
  #fillError(map: PlainError, error: Error, depth: number): void {
    for (const key of Object.keys(error)) {
      if (key === "type") map.set("attr.type", this.#item(error, key, depth));
      else if (!map.has(key) && !(key === "name" && hasTextName(error))) this.#put(map, key, error, depth, false);
    }
  }

  #put(into: Map<string, Plain>, key: string, from: object, depth: number, asGroup: boolean): void {
    let plain: Plain | undefined;
    try {
      const value = (from as { readonly [key: string]: unknown })[key];
      plain = this.member(value, depth + 1);
    } catch (error) {
      plain = thrown(error);
    }
    if (plain === undefined || (key === "" && plain === null && asGroup)) return;
    this.#room -= key.length;
    if (!(into instanceof Group)) into.set(wellFormed(key), plain);
    else if (key === "" && plain instanceof Group) for (const [name, inner] of plain) addMember(into, name, inner);
    else addMember(into, wellFormed(key), plain);
  }

  #list(items: ArrayLike<unknown>, length: number, depth: number): Plain[] {
    const list: Plain[] = [];
    for (let i = 0; i < length; i++) {
      if (this.#room <= 0) {
        list.push(`[+${length - i} items]`);
        break;
      }
      list.push(this.#item(items, i, depth));
    }
    return list;
  }

  #item(items: object, index: number | string, depth: number): Plain {
    try {
      return this.#any((items as { readonly [index: number | string]: unknown })[index], depth + 1) ?? null;
    } catch (error) {
      return thrown(error);
    }
  }

  #error(error: Error, depth: number): Plain {
    const map = new PlainError();
    map.set("type", this.#text(errorType(error)));
    for (const key of ["message", "stack", "code", "cause", "errors"]) {
      if (key in error) this.#put(map, key, error, depth, false);
    }
    this.#fillError(map, error, depth);
    return map;
  }

  #builtIn(value: object, depth: number): Plain | undefined {
    if (ArrayBuffer.isView(value)) return this.#view(value, depth);
    switch (tagOf(value)) {
      case "[object Date]":
        return Number.isNaN((value as Date).getTime()) ? "Invalid Date" : (value as Date).toISOString();
      case "[object Map]":
        return this.#entries(value as Map<unknown, unknown>, (value as Map<unknown, unknown>).size, depth);
      case "[object Headers]":
      case "[object FormData]":
        return this.#entries(value as Iterable<[unknown, unknown]>, 0, depth);
      case "[object Set]":
        return this.#list([...(value as Set<unknown>)], (value as Set<unknown>).size, depth);
      case "[object ArrayBuffer]":
      case "[object SharedArrayBuffer]":
        return this.#bytes(new Uint8Array(value as ArrayBuffer));
      case "[object RegExp]":
      case "[object URL]":
      case "[object URLSearchParams]":
        return this.#text(String(value));
      case "[object Number]":
      case "[object String]":
      case "[object Boolean]":
      case "[object BigInt]":
      case "[object Symbol]":
        return this.#any((value as { valueOf(): unknown }).valueOf(), depth);
      default:
        return this.#instance(value, depth);
    }
  }

  #view(value: ArrayBufferView, depth: number): Plain {
    if (value instanceof DataView || tagOf(value) === "[object DataView]" || (value as Uint8Array).BYTES_PER_ELEMENT === 1) {
      if (tagOf(value) !== "[object Int8Array]")
        return this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    const numbers = value as unknown as ArrayLike<unknown>;
    return this.#list(numbers, numbers.length, depth);
  }

  #bytes(bytes: Uint8Array): Plain {
    const most = Math.min(this.#limits.stringLength, Math.max(this.#room, 16));
    if (bytes.length > most) return `[Bytes: ${bytes.length}]`;
    this.#room -= bytes.length;
    return bytes;
  }

  #entries(entries: Iterable<[unknown, unknown]>, size: number, depth: number): Plain {
    const map = new Map<string, Plain>();
    let seen = 0;
    for (const [key, value] of entries) {
      if (this.#room <= 0) {
        map.set("…", `[+${Math.max(size - seen, 1)} members]`);
        break;
      }
      seen++;
      const plain = this.#any(value, depth + 1);
      if (plain !== undefined) map.set(this.#key(key), plain);
    }
    return map;
  }

  #key(key: unknown): string {
    if (typeof key === "string") return this.#text(key);
    const plain = this.#any(key, this.#limits.depth);
    return typeof plain === "object" && plain !== null ? `[${tagOf(key as object).slice(8, -1)}]` : String(plain);
  }

  #instance(value: object, depth: number): Plain | undefined {
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON === "function") return this.#toJSON(value, toJSON as (key: string) => unknown, depth);
    const map = new Map<string, Plain>();
    this.#fill(map, value, depth, false);
    return map.size === 0 ? this.#text(describeInstance(value)) : map;
  }

  #toJSON(value: object, toJSON: (key: string) => unknown, depth: number): Plain | undefined {
    const json: unknown = Reflect.apply(toJSON, value, [""]);
    if (json !== value) return this.#any(json, depth);
    const group = new Group();
    this.#fill(group, value, depth, true);
    return group;
  }
}

/** Names the class of an error: its `name` where somebody chose one, else its constructor's. */
export function errorType(error: Error): string {
  try {
    const name: unknown = error.name;
    if (typeof name === "string" && name !== "" && name !== "Error") return name;
    const constructor: unknown = error.constructor?.name;
    return typeof constructor === "string" && constructor !== "" ? constructor : "Error";
  } catch {
    // A getter of the error throws; that it is one is all that is known.
    return "Error";
  }
}

/** Tells that the name of an error is text, which its type stands for. */
function hasTextName(error: Error): boolean {
  try {
    return typeof error.name === "string";
  } catch {
    // The getter throws; the member will say so.
    return false;
  }
}

function wellFormed(key: string): string {
  return key.isWellFormed() ? key : key.toWellFormed();
}

function describeFunction(value: (...args: never) => unknown): string {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  return `[${isClass ? "Class" : "Function"}: ${String(value.name) || "anonymous"}]`;
}

function describeInstance(value: object): string {
  const text: unknown = (value as { toString?: unknown }).toString;
  if (typeof text === "function" && text !== Object.prototype.toString) return String(Reflect.apply(text, value, []));
  const name: unknown = value.constructor?.name;
  return `[${typeof name === "string" && name !== "" ? name : tagOf(value).slice(8, -1)}]`;
}
