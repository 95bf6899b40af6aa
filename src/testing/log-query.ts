import { memoryHandler } from "../handler/memory.ts";
import { parseLevel } from "../level/level.ts";
import { Logger } from "../logger/logger.ts";
import { isError, isObjectLiteral } from "../value/classify.ts";
import type { MemoryHandler, MemoryRecord } from "../handler/memory.ts";
import type { LevelInput } from "../level/level.ts";

/** Says which records are meant; what is not given is not looked at. */
export interface LogQuery {
  /** The exact level, as a name or a number. */
  readonly level?: LevelInput;
  /** The lowest level. */
  readonly minLevel?: LevelInput;
  /** The whole message, or a pattern that it matches. */
  readonly message?: string | RegExp;
  readonly eventName?: string;
  readonly logger?: string;
  readonly traceId?: string;
  readonly spanId?: string;
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
  readonly clear: () => void;
}

/**
 * Makes the records of a memory handler ready to be asked.
 *
 * @example
 * ```ts
 * const memory = memoryHandler();
 * const logs = logsOf(memory);
 * const [paid] = logs.filter({ minLevel: "info", message: /paid/, attrs: { orderId: 17 } });
 * ```
 */
export function logsOf(memory: MemoryHandler): Logs {
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

const KEYS = ["level", "minLevel", "message", "eventName", "logger", "traceId", "spanId", "attrs"];

/**
 * Makes the test of a query.
 *
 * @throws TypeError or RangeError when it is no object, has a key that is none, or a level that is none: a query that asks nothing would match everything.
 */
export function matcher(query: LogQuery): (record: MemoryRecord) => boolean {
  for (const key of Object.keys(checkedQuery(query))) {
    if (!KEYS.includes(key)) throw new RangeError(`query: expected ${KEYS.join(", ")}, got ${JSON.stringify(key)}`);
  }
  const { level, minLevel, message, attrs, eventName, logger, traceId, spanId } = query;
  const exact = level === undefined ? undefined : parseLevel(level);
  const least = minLevel === undefined ? undefined : parseLevel(minLevel, "minLevel");
  const same = Object.entries({ eventName, logger, traceId, spanId }).filter(([, want]) => want !== undefined);
  return (record) =>
    (exact === undefined || record.level === exact) &&
    (least === undefined || record.level >= least) &&
    (message === undefined || fits(message, record.message)) &&
    same.every(([key, want]) => record[key as "logger"] === want) &&
    (attrs === undefined || fits(attrs, record.attrs));
}

/** Gives a query back. @throws TypeError when it is none. */
export function checkedQuery<Query extends LogQuery>(query: Query): Query {
  if (typeof query === "object" && query !== null && !Array.isArray(query)) return query;
  throw new TypeError(`query: expected an object such as { message: "…" }, got ${JSON.stringify(query)}`);
}

function fits(want: unknown, got: unknown): boolean {
  if (want instanceof RegExp)
    return typeof got === "string" && new RegExp(want.source, want.flags.replaceAll(/[gy]/g, "")).test(got);
  if (typeof want === "function") return (want as (value: unknown) => unknown)(got) === true;
  if (typeof want !== "object" || want === null) return Object.is(want, got);
  if (isAsymmetric(want)) return want.asymmetricMatch(got);
  if (want instanceof Uint8Array)
    return got instanceof Uint8Array && got.length === want.length && want.every((byte, i) => byte === got[i]);
  if (Array.isArray(want)) return Array.isArray(got) && got.length === want.length && want.every((each, i) => fits(each, got[i]));
  if (!isObjectLiteral(want)) return fits(asLogged(want), got);
  if (typeof got !== "object" || got === null || Array.isArray(got)) return false;
  return Object.entries(want).every(([key, each]) =>
    each === undefined
      ? !Object.hasOwn(got, key)
      : Object.hasOwn(got, key) && fits(each, (got as { readonly [key: string]: unknown })[key]),
  );
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
