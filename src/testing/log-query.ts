import { jsonValue } from "../format/json.ts";
import { memoryHandler } from "../handler/memory.ts";
import { isLevel, parseLevel } from "../level/level.ts";
import { Logger } from "../logger/logger.ts";
import { isError, isObjectLiteral } from "../value/classify.ts";
import { expected } from "../value/option.ts";
import { resolve } from "../value/resolve.ts";
import type { MemoryHandler, MemoryRecord } from "../handler/memory.ts";
import type { Level, LevelInput } from "../level/level.ts";

/** Says which records are meant; what is not given is not looked at. */
export interface LogQuery {
  /** The exact level, as a name or a number. */
  readonly level?: LevelInput;
  /** The lowest level. */
  readonly minLevel?: LevelInput;
  /** The whole message, or a pattern that it matches; so are the other texts. A function tells, and an asymmetric matcher of the test runner is asked. */
  readonly message?: string | RegExp;
  /** The event's name. */
  readonly eventName?: string | RegExp;
  /** The logger's name. */
  readonly logger?: string | RegExp;
  /** The trace: 32 hexadecimal digits. */
  readonly traceId?: string | RegExp;
  /** The span: 16 hexadecimal digits. */
  readonly spanId?: string | RegExp;
  /**
   * Attributes that the record has at least: an object is looked into in the same way, a list and anything else is the same, a pattern matches text, a
   * function tells. An asymmetric matcher of the test runner (`expect.any(Number)`) is asked. An instance (`Date`, `URL`, `Map`) is what a record makes
   * of it; an Error too, but for its stack.
   */
  readonly attrs?: { readonly [key: string]: unknown };
}

/** Are records that can be asked; `find` and `filter` see also what is logged later. */
export interface Logs {
  /** All records so far, oldest first. */
  readonly records: readonly MemoryRecord[];
  /** Gives the first record that is meant. */
  readonly find: (query: LogQuery) => MemoryRecord | undefined;
  /** Gives all records that are meant, oldest first. */
  readonly filter: (query: LogQuery) => readonly MemoryRecord[];
  /** Gives the messages, oldest first. */
  readonly messages: () => readonly string[];
  /** Forgets all records. */
  readonly clear: () => void;
}

/**
 * Makes the records of a memory handler ready to be asked.
 *
 * @throws TypeError when it is none.
 *
 * @example
 * ```ts
 * const memory = memoryHandler();
 * const logs = logsOf(memory);
 * const [paid] = logs.filter({ minLevel: "info", message: /paid/, attrs: { orderId: 17 } });
 * ```
 */
export function logsOf(memory: MemoryHandler): Logs {
  const given: unknown = memory;
  if (!(typeof given === "object" && given !== null && "records" in given && Array.isArray(given.records)))
    throw new TypeError(`logsOf: expected a memory handler, got ${shown(given)}`);
  return {
    get records() {
      return memory.records;
    },
    find: (query) => memory.records.find(matcher(query)),
    filter: (query) => memory.records.filter(matcher(query)),
    messages: () => memory.records.map(({ message }) => message),
    clear: () => memory.clear(),
  };
}

const TEXTS = ["message", "eventName", "logger", "traceId", "spanId"] as const;
const KEYS: readonly string[] = ["level", "minLevel", ...TEXTS, "attrs"];

/**
 * Makes the test of a query.
 *
 * @throws TypeError or RangeError when it is no object, has a key that is none, or a value that no record can have: a query that asks nothing would
 * match everything, and one that asks for what cannot be, nothing.
 */
export function matcher(query: LogQuery): (record: MemoryRecord) => boolean {
  for (const key of Object.keys(checkedQuery(query))) {
    if (!KEYS.includes(key)) throw new RangeError(expected("query", KEYS.join(", "), key));
  }
  const { level, minLevel, attrs } = query;
  const exact = level === undefined ? undefined : levelOf("level", level);
  const least = minLevel === undefined ? undefined : levelOf("minLevel", minLevel);
  const texts = TEXTS.filter((key) => query[key] !== undefined);
  for (const key of texts) checkText(key, query[key]);
  checkAttrs(attrs);
  return (record) =>
    (exact === undefined || record.level === exact) &&
    (least === undefined || record.level >= least) &&
    texts.every((key) => fits(query[key], record[key])) &&
    (attrs === undefined || fits(attrs, record.attrs));
}

/** Gives a query back. @throws TypeError when it is none. */
export function checkedQuery<Query extends LogQuery>(query: Query): Query {
  if (typeof query === "object" && query !== null && !Array.isArray(query)) return query;
  throw new TypeError(expected("query", 'an object such as { message: "…" }', query));
}

/** Reads the level of a record: `off` is none's. */
function levelOf(name: string, input: LevelInput): Level {
  const level = parseLevel(input, name);
  if (isLevel(level)) return level;
  throw new RangeError(expected(name, "a level that a record can have", input));
}

function checkText(name: string, want: unknown): void {
  if (typeof want === "string" || typeof want === "function" || want instanceof RegExp) return;
  if (typeof want === "object" && want !== null && isAsymmetric(want)) return;
  throw new TypeError(`${name}: expected a text or a pattern, got ${shown(want)}`);
}

function checkAttrs(want: unknown): void {
  if (want === undefined || typeof want === "function") return;
  if (typeof want === "object" && want !== null && !Array.isArray(want) && !(want instanceof RegExp)) return;
  throw new TypeError(`attrs: expected an object such as { orderId: 17 }, got ${shown(want)}`);
}

function shown(value: unknown): string {
  const plain = resolve(value);
  return plain === undefined ? "undefined" : jsonValue(plain);
}

function fits(want: unknown, got: unknown): boolean {
  if (want instanceof RegExp)
    return typeof got === "string" && new RegExp(want.source, want.flags.replaceAll(/[gy]/g, "")).test(got);
  if (typeof want === "function") return (want as (value: unknown) => unknown)(got) === true;
  // A symbol, a lone surrogate and -0 are something else in a record.
  if (typeof want !== "object" || want === null) return Object.is(want, got) || Object.is(resolve(want), got);
  if (isAsymmetric(want)) return want.asymmetricMatch(got);
  if (want instanceof Uint8Array)
    return got instanceof Uint8Array && got.length === want.length && want.every((byte, i) => byte === got[i]);
  if (Array.isArray(want))
    return Array.isArray(got) && got.length === want.length && want.every((each, i) => isItem(each, got[i]));
  if (!isObjectLiteral(want)) return fits(asLogged(want), got);
  if (typeof got !== "object" || got === null || Array.isArray(got)) return false;
  return Object.entries(want).every(([key, each]) =>
    each === undefined
      ? !Object.hasOwn(got, key)
      : Object.hasOwn(got, key) && fits(each, (got as { readonly [key: string]: unknown })[key]),
  );
}

/** In a list of a record's, null stands for what is undefined. */
function isItem(want: unknown, got: unknown): boolean {
  return fits(want === undefined ? null : want, got);
}

/** Gives what a record has of an instance; of an Error what two of a kind share. */
function asLogged(want: object): unknown {
  const memory = memoryHandler();
  new Logger(memory).info("", { want });
  const logged = memory.records[0]?.attrs["want"];
  return isError(want) ? withoutStacks(logged) : logged;
}

function withoutStacks(logged: unknown): unknown {
  if (Array.isArray(logged)) return logged.map(withoutStacks);
  if (typeof logged !== "object" || logged === null) return logged;
  return Object.fromEntries(
    Object.entries(logged).flatMap(([key, each]) => (key === "stack" ? [] : [[key, withoutStacks(each)]])),
  );
}

/** Tells `expect.any(…)`, `expect.stringContaining(…)` and the like, of vitest and of jest. */
export function isAsymmetric(value: object): value is { asymmetricMatch(got: unknown): boolean } {
  return typeof (value as { asymmetricMatch?: unknown }).asymmetricMatch === "function";
}
