import { logValue } from "../value/log-value.ts";
import { isPlainMap, PlainError } from "../value/plain.ts";
import { cutString } from "../value/cut-string.ts";
import { errorType } from "../value/error-members.ts";
import { resolve, resolveSaid } from "../value/resolve.ts";
import { isSecret } from "../value/secret.ts";
import { isError, isOwn } from "../value/classify.ts";
import { REDACTED, thrown } from "../value/marker.ts";
import { bytesOf, NULL, wordsOf } from "./json-bytes.ts";
import { MALFORMED_KEY } from "./json-keys.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { JsonBytes, Words } from "./json-bytes.ts";
import type { JsonKey, JsonKeys } from "./json-keys.ts";
import type { JsonLayout } from "./json-layout.ts";

/** Says that something is not for the fast way. No position is negative. */
export const ODD = -1;
/** Says that a value takes its whole record off the fast way. */
export const RECORD_ODD = -2;
/** Room that is always there before a token: for any number, word or short key. */
export const ROOM = 1024;
/** Nesting that is written without looking for circles; a deeper value is resolved first. */
const PLAIN_DEPTH = 6;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const TYPE_KEY = bytesOf('{"type":');
const MESSAGE_KEY = bytesOf(',"message":');
const STACK_KEY = bytesOf(',"stack":');

/**
 * Writes attribute values as JSON bytes: what is plain as it stands, all else as {@link resolve} gives it. Room is made by each
 * method for what it writes, so that {@link ROOM} is left behind it.
 */
export class JsonValues {
  readonly #json: JsonBytes;
  readonly #keys: JsonKeys;
  readonly #limits: Limits;
  readonly #errorsApart: boolean;
  /** The longest string that is not cut. */
  readonly mostString: number;
  /** The longest that a value says itself to be and is not cut for its size: the value and its text cost 8 each. */
  readonly #mostSaid: number;
  /** Is what every secret says, as JSON: ready, because it is longer than most that it stands for (an event with one 1.31 to 1.21). */
  readonly #redacted: Words;
  readonly #mostDepth: number;
  readonly #mostNested: number;
  /** The most that the texts of an error may be together and nothing is cut: what they stand in costs 48 of the size. */
  readonly #mostError: number;
  /** The key that was written last in a nested value. */
  #lastKey: JsonKey;

  constructor(json: JsonBytes, keys: JsonKeys, limits: Limits, { errorsApart }: JsonLayout) {
    this.#json = json;
    this.#keys = keys;
    this.#lastKey = keys.of("");
    this.#limits = limits;
    this.#errorsApart = errorsApart;
    this.mostString = Math.min(limits.stringLength, Math.max(limits.size - 8, 16));
    this.#mostSaid = Math.max(limits.size - 16, 16);
    this.#redacted = wordsOf(`"${cutString(REDACTED, this.mostString)}"`);
    this.#mostDepth = Math.min(PLAIN_DEPTH, limits.depth);
    // A value costs 8 of the size and takes 2 bytes at least.
    this.#mostNested = limits.size >> 2;
    this.#mostError = limits.size - 48;
  }

  /** Writes a string, cut at its limit. */
  string(at: number, value: string): number {
    const text = value.length > this.mostString ? cutString(value, this.mostString) : value;
    this.#json.ensure(at, text.length * 6 + ROOM);
    return this.#json.string(at, text);
  }

  /** Writes a value that is neither string nor number; {@link ODD} when nothing is left of it, {@link RECORD_ODD} for an Error where errors stand apart. */
  any(at: number, value: unknown): number {
    if (typeof value === "boolean") return this.#json.boolean(at, value);
    if (value === null) return this.#json.raw(at, NULL);
    if (typeof value === "object") {
      const say: unknown = (value as { readonly [logValue]?: unknown })[logValue];
      if (typeof say === "function") return this.#said(at, value, say as () => unknown);
      const end = value instanceof Error ? this.#error(at, value) : this.#nestedValue(at, value, 0);
      if (end !== ODD) return end;
    }
    return this.#resolved(at, resolve(value, this.#limits));
  }

  /** Writes what a value says itself to be: mostly a primitive, as `lazy()` and `secret()` do (an event with one secret 461 to 365 ns). */
  #said(at: number, value: object, say: () => unknown): number {
    if (isSecret(value)) return this.#secret(at);
    let said: unknown;
    try {
      said = Reflect.apply(say, value, []);
    } catch (error) {
      return this.#plain(at, thrown(error));
    }
    if (isPrimitive(said) && !(typeof said === "string" && said.length > this.#mostSaid)) return this.#member(at, said, 0);
    return this.#resolved(at, resolveSaid(value, said, this.#limits));
  }

  #secret(at: number): number {
    return this.#json.words(at, this.#redacted.words, this.#redacted.length);
  }

  #resolved(at: number, plain: Plain | undefined): number {
    if (plain === undefined) return ODD;
    return this.#errorsApart && plain instanceof PlainError ? RECORD_ODD : this.#plain(at, plain);
  }

  /** Writes literals and arrays as they are; ODD for what must be resolved: too deep or too large, an instance, an empty group. */
  #nestedValue(at: number, value: object, depth: number): number {
    if (depth > this.#mostDepth) return ODD;
    if (logValue in value) return isSecret(value) ? this.#secret(at) : ODD;
    if (Array.isArray(value)) return this.#array(at, value, depth);
    if (!isPlainLiteral(value) || "toJSON" in value) return ODD;
    const json = this.#json;
    const start = at;
    for (const name in value) {
      if (!isOwn(value, name)) return ODD;
      const key = this.#keys.behind(this.#lastKey, name);
      this.#lastKey = key;
      if ((key.bits & MALFORMED_KEY) !== 0) return ODD;
      json.ensure(at, key.length + ROOM);
      const end = this.#member(json.words(at, key.words, key.length), value[name], depth + 1);
      if (end === ODD || end >= start + this.#mostNested) return ODD;
      at = end;
    }
    if (at === start) return ODD;
    json.byte(start, OPEN_BRACE);
    return json.byte(at, CLOSE_BRACE);
  }

  #array(at: number, values: readonly unknown[], depth: number): number {
    const json = this.#json;
    const start = at;
    at = json.byte(at, 91);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) at = json.byte(at, COMMA);
      json.ensure(at, ROOM);
      at = this.#member(at, values[i], depth + 1);
      if (at === ODD || at >= start + this.#mostNested) return ODD;
    }
    return json.byte(at, 93);
  }

  #member(at: number, value: unknown, depth: number): number {
    if (typeof value === "string") return this.string(at, value);
    if (typeof value === "number") return this.#json.number(at, value);
    if (typeof value === "boolean") return this.#json.boolean(at, value);
    if (value === null) return this.#json.raw(at, NULL);
    return typeof value === "object" && !(value instanceof Error) ? this.#nestedValue(at, value, depth) : ODD;
  }

  /** Writes an error that has nothing but what every error has: no need to resolve its chain. */
  #error(at: number, error: Error): number {
    if (this.#errorsApart) return RECORD_ODD;
    if ("cause" in error || "errors" in error || "code" in error) return ODD;
    for (const name in error) if (isOwn(error, name) && name !== "name") return ODD;
    const { message, stack } = error;
    if (typeof error.name !== "string" || typeof message !== "string" || typeof stack !== "string") return ODD;
    const type = errorType(error);
    if (type.length + message.length + stack.length > this.#mostError) return ODD;
    const json = this.#json;
    at = this.string(json.raw(at, TYPE_KEY), type);
    at = this.string(json.raw(at, MESSAGE_KEY), message);
    at = this.string(json.raw(at, STACK_KEY), stack);
    return json.byte(at, CLOSE_BRACE);
  }

  #plain(at: number, value: Plain): number {
    const json = this.#json;
    json.ensure(at, ROOM);
    if (typeof value === "string") {
      json.ensure(at, value.length * 6 + ROOM);
      return json.string(at, value);
    }
    if (typeof value === "number") return json.number(at, value);
    if (typeof value === "boolean") return json.boolean(at, value);
    if (typeof value === "bigint") {
      json.ensure(at, value.toString(16).length * 2 + ROOM);
      return json.bigint(at, value);
    }
    if (value === null) return json.raw(at, NULL);
    if (isPlainMap(value)) return this.#map(at, value);
    return value instanceof Uint8Array ? this.#base64(at, value) : this.#list(at, value);
  }

  #map(at: number, map: PlainMap): number {
    const start = at;
    for (const [name, value] of map) {
      const key = this.#keys.of(name);
      this.#json.ensure(at, key.length + ROOM);
      at = this.#plain(this.#json.words(at, key.words, key.length), value);
    }
    if (at === start) return this.#json.text(at, "{}");
    this.#json.byte(start, OPEN_BRACE);
    return this.#json.byte(at, CLOSE_BRACE);
  }

  #list(at: number, list: readonly Plain[]): number {
    at = this.#json.byte(at, 91);
    for (let i = 0; i < list.length; i++) {
      if (i > 0) at = this.#json.byte(at, COMMA);
      at = this.#plain(at, list[i] as Plain);
    }
    return this.#json.byte(at, 93);
  }

  #base64(at: number, bytes: Uint8Array): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
    this.#json.ensure(at, text.length + ROOM);
    return this.#json.text(at, `"${text}"`);
  }
}

/** Tells a literal by its prototype alone: of this realm, or without one; an Error may have lost its own. */
export function isPlainLiteral(value: object): value is { readonly [key: string]: unknown } {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || (prototype === null && !isError(value));
}

/** Tells what is written the same whatever stands around it. */
export function isPrimitive(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null;
}
