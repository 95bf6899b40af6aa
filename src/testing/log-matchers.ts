import { resolve } from "../value/resolve.ts";
import { jsonValue } from "../format/json.ts";
import { isObjectLiteral } from "../value/classify.ts";
import { checkedQuery, isAsymmetric, matcher } from "./log-query.ts";
import type { MemoryRecord } from "../handler/memory.ts";
import type { LogQuery } from "./log-query.ts";

/** Is what a matcher of vitest and of jest answers. */
export interface MatcherResult {
  /** Whether what was asked holds. */
  readonly pass: boolean;
  /** Says what was expected and what was logged, for a test that fails. */
  readonly message: () => string;
}

/** Has the records: a memory handler, or what `logsOf` and `captureForTest` give. */
export interface HasRecords {
  /** All so far, oldest first. */
  readonly records: readonly MemoryRecord[];
}

/** Are the assertions that {@link logMatchers} add to `expect`, for the types of the test runner. */
export interface LogAssertions<Result = void> {
  /** At least one record is meant by the query; with `times`, exactly so many. */
  toHaveLogged(query: LogQuery & { readonly times?: number }): Result;
  /** No record is meant by the query; without one, none was logged at all. */
  toHaveLoggedNothing(query?: LogQuery): Result;
}

/**
 * Add `toHaveLogged` and `toHaveLoggedNothing` to vitest's or jest's `expect`. Their types come from `correlog/testing/vitest` or
 * `correlog/testing/jest`.
 *
 * @example
 * ```ts
 * expect.extend(logMatchers);
 * expect(memory).toHaveLogged({ level: "info", message: "order paid", attrs: { orderId: 17 } });
 * expect(memory).toHaveLoggedNothing({ minLevel: "warn" });
 * ```
 */
export const logMatchers: {
  readonly toHaveLogged: (received: unknown, query: LogQuery & { readonly times?: number }) => MatcherResult;
  readonly toHaveLoggedNothing: (received: unknown, query?: LogQuery) => MatcherResult;
} = {
  toHaveLogged(received, wanted) {
    const { records } = withRecords(received);
    const { times, ...query } = checkedQuery(wanted);
    const count = records.filter(matcher(query)).length;
    if (times !== undefined && (!Number.isInteger(times) || times < 0)) {
      throw new RangeError(`times: expected a whole number from 0 up, got ${String(times)}`);
    }
    const pass = times === undefined ? count > 0 : count === times;
    return {
      pass,
      message: () => `expected ${pass ? "no " : ""}record${often(times)} ${show(query)}, got ${count} of:\n${list(records)}`,
    };
  },
  toHaveLoggedNothing(received, query = {}) {
    const { records } = withRecords(received);
    const found = records.filter(matcher(query));
    const pass = found.length === 0;
    return {
      pass,
      message: () =>
        pass ? `expected a record ${show(query)}, got none` : `expected no record ${show(query)}, got:\n${list(found)}`,
    };
  },
};

function withRecords(received: unknown): HasRecords {
  if (typeof received === "object" && received !== null && Array.isArray((received as Partial<HasRecords>).records)) {
    return received as HasRecords;
  }
  throw new TypeError(`expect: expected a memory handler or logsOf() of one, got ${String(received)}`);
}

const often = (times: number | undefined): string => (times === undefined ? "" : ` ${times} times`);

function show(query: LogQuery): string {
  const { message, ...others } = query;
  const plain = resolve(withNames(message === undefined ? others : { message, ...others }));
  return plain === undefined ? "{}" : jsonValue(plain);
}

/** Puts the names of the runner's matchers in their places: `Any<Number>`, `StringContaining "paid"`. */
function withNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withNames);
  if (isAsymmetric(value)) return nameOf(value);
  if (!isObjectLiteral(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNames(each)]));
}

/** A matcher that does not name itself whole, with what it looks for, has a name and a sample. */
function nameOf(asked: object): string {
  const { toAsymmetricMatcher, sample } = asked as { readonly toAsymmetricMatcher?: () => string; readonly sample?: unknown };
  if (typeof toAsymmetricMatcher === "function") return Reflect.apply(toAsymmetricMatcher, asked, []);
  const wanted = resolve(withNames(sample));
  return wanted === undefined ? String(asked) : `${String(asked)} ${jsonValue(wanted)}`;
}

const MOST_SHOWN = 20;

/** Shows the newest records: those are what a test has just made. */
function list(records: readonly MemoryRecord[]): string {
  const shown = records.slice(-MOST_SHOWN).map(({ levelName, message, eventName, logger, attrs }) => {
    const name = eventName === undefined || eventName === message ? "" : ` (${eventName})`;
    return `  ${levelName} ${logger === undefined ? "" : `[${logger}] `}${message}${name} ${jsonValue(resolve(attrs) ?? new Map())}`;
  });
  const more = records.length - shown.length;
  return [...(more > 0 ? [`  … ${more} older ones`] : []), ...shown].join("\n") || "  (nothing was logged)";
}
