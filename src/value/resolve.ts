import { viewOf } from "./array-view.ts";
import { isError, isObjectLiteral, tagOf } from "./classify.ts";
import { listOf, mapOf } from "./collections.ts";
import { plainError } from "./error-members.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { logValue } from "./log-value.ts";
import { httpMessage } from "./http-message.ts";
import { describeFunction, describeInstance, thrown } from "./marker.ts";
import { putAttributes, putMembers } from "./members.ts";
import { Group } from "./plain.ts";
import { Room } from "./room.ts";
import type { Limits } from "./limits.ts";
import type { LogValuer } from "./log-value.ts";
import type { Plain } from "./plain.ts";
import type { Walk } from "./walk.ts";

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
 * | an HTTP request or response, Node's or the web's | its method, URL or path, status and headers |
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

/** Goes on with what a value's own `[logValue]()` has said already, so that it is asked once. */
export function resolveSaid(value: object, said: unknown, limits: Limits = DEFAULT_LIMITS): Plain | undefined {
  return new Resolver(limits).said(value, said);
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
    return { attrs, dropped: putAttributes(new Resolver(limits), attrs, members) };
  } catch (error) {
    attrs.set("attrs", thrown(error));
    return { attrs, dropped: 0 };
  }
}

/** Resolves the members of an object literal as a group, as {@link resolveAttrs} does. */
export function resolveGroup(members: object, limits: Limits = DEFAULT_LIMITS): Group {
  return resolveAttrs(members, limits).attrs;
}

const MOST_LOG_VALUES = 100;

/** Tells values apart, and keeps what is known of the way down to the current one. */
class Resolver implements Walk {
  readonly room: Room;
  /** What is being resolved around the current value, to find circles; its length is the depth of objects. */
  readonly #around: object[] = [];

  constructor(limits: Limits) {
    this.room = new Room(limits);
  }

  member(value: unknown, depth: number): Plain | undefined {
    if (depth === 0) this.room.left = this.room.limits.size;
    const plain = this.any(value, depth);
    return plain instanceof Group && plain.size === 0 ? undefined : plain;
  }

  said(value: object, said: unknown): Plain | undefined {
    this.room.left -= 8;
    this.#around.push(value);
    try {
      const plain = this.#said(value, said, 0);
      return plain instanceof Group && plain.size === 0 ? undefined : plain;
    } catch (error) {
      return thrown(error);
    }
  }

  any(value: unknown, depth: number): Plain | undefined {
    this.room.left -= 8;
    switch (typeof value) {
      case "string":
        return this.room.text(value);
      case "number":
        return value === 0 ? 0 : value;
      case "boolean":
      case "bigint":
        return value;
      case "undefined":
        return undefined;
      case "symbol":
        return this.room.text(String(value));
      case "function":
        return this.room.text(describeFunction(value as (...args: never) => unknown));
      case "object":
        return value === null ? null : this.#guarded(value, depth);
    }
  }

  #guarded(value: object, depth: number): Plain | undefined {
    if (this.#around.includes(value)) return "[Circular]";
    if (depth > this.room.limits.depth) return "[Depth]";
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
    if (isLogValuer(value)) return this.#said(value, value[logValue](), depth);
    if (Array.isArray(value)) return listOf(this, value, depth);
    if (isObjectLiteral(value)) return this.#literal(value, depth);
    if (isError(value)) return plainError(this, value, depth);
    return ArrayBuffer.isView(value) ? viewOf(this, value, depth) : this.#builtIn(value, depth);
  }

  #said(value: object, said: unknown, depth: number): Plain | undefined {
    let next = said;
    for (let i = 1; i < MOST_LOG_VALUES; i++) {
      if (!isLogValuer(next)) return next === value ? "[Circular]" : this.any(next, depth);
      next = next[logValue]();
    }
    return `[Throws: more than ${MOST_LOG_VALUES} log values in a row]`;
  }

  #literal(value: object, depth: number): Plain | undefined {
    // An Error whose prototype was taken away has no enumerable member to say what it was.
    if (Object.getPrototypeOf(value) === null && isError(value)) return plainError(this, value, depth);
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON === "function") return this.#toJSON(value, toJSON as (key: string) => unknown, depth);
    return this.#group(value, depth);
  }

  #builtIn(value: object, depth: number): Plain | undefined {
    switch (tagOf(value)) {
      case "[object Date]":
        return Number.isNaN((value as Date).getTime()) ? "Invalid Date" : (value as Date).toISOString();
      case "[object Map]":
        return mapOf(this, value as Map<unknown, unknown>, (value as Map<unknown, unknown>).size, depth);
      case "[object Headers]":
      case "[object FormData]":
        return mapOf(this, value as Iterable<[unknown, unknown]>, 0, depth);
      case "[object Set]":
        return listOf(this, [...(value as Set<unknown>)], depth);
      case "[object ArrayBuffer]":
      case "[object SharedArrayBuffer]":
        return this.room.bytes(new Uint8Array(value as ArrayBuffer));
      case "[object RegExp]":
      case "[object URL]":
      case "[object URLSearchParams]":
        return this.room.text(String(value));
      case "[object Number]":
      case "[object String]":
      case "[object Boolean]":
      case "[object BigInt]":
      case "[object Symbol]":
        return this.any((value as { valueOf(): unknown }).valueOf(), depth);
      default:
        return this.#instance(value, depth);
    }
  }

  #instance(value: object, depth: number): Plain | undefined {
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON === "function") return this.#toJSON(value, toJSON as (key: string) => unknown, depth);
    const map = new Map<string, Plain>();
    putMembers(this, map, httpMessage(value, tagOf(value)) ?? value, depth);
    return map.size === 0 ? this.room.text(describeInstance(value)) : map;
  }

  #toJSON(value: object, toJSON: (key: string) => unknown, depth: number): Plain | undefined {
    const json: unknown = Reflect.apply(toJSON, value, [""]);
    return json === value ? this.#group(value, depth) : this.any(json, depth);
  }

  #group(value: object, depth: number): Group {
    const group = new Group();
    putMembers(this, group, value, depth);
    return group;
  }
}

function isLogValuer(value: unknown): value is LogValuer {
  return typeof value === "object" && value !== null && logValue in value && typeof value[logValue] === "function";
}
