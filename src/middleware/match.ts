import { OFF, parseLevel, TRACE } from "../level/level.ts";
import { namePattern } from "../level/name-pattern.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { isPlainMap } from "../value/plain.ts";
import { resolve } from "../value/resolve.ts";
import { expected, knownOptions } from "./option.ts";
import { SNAPSHOT_LIMITS } from "./snapshot.ts";
import type { Context } from "@opentelemetry/api";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** Says of a record whether it is meant. It reads the record and changes nothing. */
export type Predicate = (record: LogRecord, ctx: Context) => boolean;

/** Describes records; all that is given must fit. */
export interface Match {
  /** The lowest level. Default: all. */
  readonly level?: LevelInput;
  /** The level that is too high, the first one that does not fit. Default: none. */
  readonly below?: LevelInput;
  /** The logger's name: `db` stands for `db` and all below it (`db.pool`), `*` for any run of characters. */
  readonly logger?: string;
  /** The event's name, or `true` for every event. */
  readonly event?: string | true;
  /**
   * Attributes by their dotted path from the root, bound ones, groups and baggage included: the value must be equal, or its text
   * must fit the pattern.
   */
  readonly attrs?: { readonly [path: string]: string | number | boolean | bigint | null | RegExp };
}

/** Is a description or a predicate, ready to ask. */
export interface Matcher {
  /** Every record fits. */
  readonly isAll: boolean;
  /** Levels outside of `[from, below)` never fit. */
  readonly from: Level;
  readonly below: Level;
  readonly fits: Predicate;
}

/** Reads a description. @throws RangeError or TypeError when it is none; the message names the member. */
export function toMatcher(option: string, when: Match | Predicate): Matcher {
  if (typeof when === "function") return { isAll: false, from: TRACE, below: OFF, fits: when };
  knownOptions(option, when, ["level", "below", "logger", "event", "attrs"]);
  const { level = TRACE, below = OFF, logger, event, attrs = {} } = when;
  const from = parseLevel(level, `${option}.level`);
  const end = parseLevel(below, `${option}.below`);
  if (end <= from && from !== OFF)
    throw new RangeError(expected(`${option}.below`, `a level higher than level (${from})`, below));
  if (!isObject(attrs)) throw new TypeError(expected(`${option}.attrs`, "an object of paths and values", attrs));
  const rules: Predicate[] = [];
  if (logger !== undefined) rules.push(byLogger(`${option}.logger`, logger));
  if (event !== undefined) rules.push(byEvent(`${option}.event`, event));
  for (const [path, value] of Object.entries(attrs)) rules.push(byAttr(`${option}.attrs.${path}`, path, value));
  const isAll = rules.length === 0 && when.level === undefined && end === OFF;
  return { isAll, from, below: end, fits: (record, ctx) => rules.every((rule) => rule(record, ctx)) };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function byLogger(option: string, pattern: unknown): Predicate {
  if (typeof pattern !== "string" || pattern === "") throw new TypeError(expected(option, "a logger's name", pattern));
  const fits = namePattern(pattern);
  return ({ logger }) => logger !== undefined && fits(logger);
}

function byEvent(option: string, event: unknown): Predicate {
  if (event === true) return ({ eventName }) => eventName !== undefined && eventName !== "";
  if (typeof event !== "string" || event === "") throw new TypeError(expected(option, "an event's name or true", event));
  return ({ eventName }) => eventName === event;
}

function byAttr(option: string, path: string, want: unknown): Predicate {
  if (want instanceof RegExp) {
    const pattern = new RegExp(want.source, want.flags.replaceAll(/[gy]/g, ""));
    return (record) => {
      const value = attrAt(record, path);
      return value !== undefined && !isPlainMap(value) && pattern.test(String(value));
    };
  }
  if (want !== null && !["string", "number", "boolean", "bigint"].includes(typeof want)) {
    throw new TypeError(expected(option, "a plain value or a pattern", want));
  }
  const plain = want === 0 ? 0 : want;
  return (record) => Object.is(attrAt(record, path), plain);
}

/** Gives an attribute as outputs show it, but whole: they cut at limits of their own. A key of the call itself is looked at first: that spares resolving all others. */
function attrAt(record: LogRecord, path: string): Plain | undefined {
  const { attrs, binding } = record;
  if (attrs !== undefined && binding === undefined && Object.hasOwn(attrs, path)) {
    const value = attrs[path];
    // One that is undefined leaves no trace, and baggage may stand there.
    if (value !== undefined && (typeof value !== "object" || value === null)) return resolve(value, SNAPSHOT_LIMITS);
  }
  return valueAt(plainAttrs(record, SNAPSHOT_LIMITS).attrs, path);
}

function valueAt(map: PlainMap, path: string): Plain | undefined {
  const whole = map.get(path);
  if (whole !== undefined) return whole;
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const inner = map.get(path.slice(0, dot));
    const value = isPlainMap(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}
