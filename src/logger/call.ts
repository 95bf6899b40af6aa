import { isContext } from "../context/otel-api.ts";
import { isLevel, parseLevel } from "../level/level.ts";
import { errorMessage } from "../record/error-message.ts";
import { isError, isObjectLiteral, isOwn } from "../value/classify.ts";
import { readMember } from "../value/marker.ts";
import { resolve } from "../value/resolve.ts";
import type { Context } from "@opentelemetry/api";
import type { Level, LevelInput } from "../level/level.ts";
import type { Attrs } from "../record/attrs.ts";

/** Is what a log call was given, in order. */
export interface Call {
  readonly ctx: Context | undefined;
  readonly message: string;
  readonly attrs: Attrs | undefined;
}

/** The keys under which an Error is logged that was given in place of a message or of attributes, and whatever fits no place. */
const ERROR_KEY = "err";
const REST_KEY = "args";

/**
 * Reads a call of any shape, so that nothing that was passed is lost: an optional context, then a message or an Error, then
 * attributes or an Error. An object or an Error before the message counts as attributes (pino's order); what fits nowhere goes into `args`.
 */
export function readCall(all: readonly unknown[]): Call {
  const args = all.slice(0, all.findLastIndex((arg) => arg !== undefined) + 1);
  const [first] = args;
  const hasContext = isContext(first);
  const given = hasContext || first === undefined || first === null ? args.slice(1) : args;
  const ctx = hasContext ? first : undefined;
  const { message, rest } = takeMessage(given);
  return { ctx, message, attrs: toAttrs(rest) };
}

function takeMessage(given: readonly unknown[]): { message: string; rest: readonly unknown[] } {
  const [first, second, ...others] = given;
  if (typeof first === "string") return { message: first, rest: given.slice(1) };
  if (typeof first === "object" && first !== null && typeof second === "string")
    return { message: second, rest: [first, ...others] };
  if (isError(first)) return { message: errorMessage(first), rest: given };
  if (given.length === 0 || (typeof first === "object" && first !== null)) return { message: "", rest: given };
  const plain = resolve(first);
  return { message: plain === undefined ? "undefined" : String(plain), rest: given.slice(1) };
}

function toAttrs(rest: readonly unknown[]): Attrs | undefined {
  const attrs: { [key: string]: unknown } = {};
  const strays: unknown[] = [];
  let placed: Error | undefined;
  for (const value of rest) {
    if (value === undefined || value === null) continue;
    try {
      if (isError(value) && placed === undefined && readMember(attrs, ERROR_KEY) === undefined) {
        placed = value;
        define(attrs, ERROR_KEY, value);
      } else if (typeof value === "object" && !isError(value) && isObjectLiteral(value)) copyInto(attrs, value);
      else strays.push(value);
    } catch {
      // A Proxy may throw at any question. As one value among others it becomes a marker that says why.
      strays.push(value);
    }
  }
  // Attributes behind an Error may have one of their own.
  if (placed !== undefined && Object.getOwnPropertyDescriptor(attrs, ERROR_KEY)?.value !== placed) strays.unshift(placed);
  if (strays.length > 0) define(attrs, REST_KEY, REST_KEY in attrs ? [readMember(attrs, REST_KEY), ...strays] : strays);
  return Object.keys(attrs).length === 0 ? undefined : attrs;
}

/** Puts a value in the place of an attribute, also of one that has a getter and cannot be set. */
function define(attrs: object, key: string, value: unknown): void {
  Object.defineProperty(attrs, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Adds attributes without reading them: a getter stays one, and is read where its throwing costs only itself. */
function copyInto(attrs: { [key: string]: unknown }, from: object): void {
  for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
    // Of a frozen object too, a later argument may stand in an attribute's place.
    if (own.enumerable === true) Object.defineProperty(attrs, key, { ...own, configurable: true });
  }
}

/** Tells attributes, or that there are none, from what stands in their place. */
export function isAttrs(value: unknown): value is Attrs | undefined {
  return value === undefined || (typeof value === "object" && value !== null && isObjectLiteral(value));
}

/** Tells attributes that bind nothing. */
export function isEmpty(attrs: Attrs): boolean {
  try {
    for (const key in attrs) if (isOwn(attrs, key)) return false;
    return true;
  } catch {
    // A Proxy that throws is something: the record says what.
    return false;
  }
}

/** Reads a record's level; undefined for what is none. */
export function knownLevel(level: LevelInput): Level | undefined {
  if (typeof level === "number" && isLevel(level)) return level;
  try {
    const known = parseLevel(level);
    // `off` is a threshold, and no record's level.
    return isLevel(known) ? known : undefined;
  } catch {
    // Bad input in a log call is said in the record, not thrown.
    return undefined;
  }
}
