import { GROUP_CASES } from "./group-cases.ts";
import { HOSTILE_CASES } from "./hostile-cases.ts";
import { ISOLATION_CASES } from "./isolation-cases.ts";
import { KEY_CASES } from "./key-cases.ts";
import { LIFECYCLE_CASES } from "./lifecycle-cases.ts";
import { FEATURES } from "./parsed-record.ts";
import { SLOG_CASES } from "./slog-cases.ts";
import { STAMP_CASES } from "./stamp-cases.ts";
import { aFunction, expected, knownOptions } from "../value/option.ts";
import { Trial } from "./trial.ts";
import type { CaseRule } from "./case.ts";
import type { Feature } from "./parsed-record.ts";
import type { Subject } from "./trial.ts";

/** Configures {@link testHandler} and {@link handlerConformance}. */
export interface ConformanceOptions {
  /** Makes a new handler for each case, one that takes every level, and the way to read its output back. */
  readonly makeHandler: () => Subject | Promise<Subject>;
  /** What the output cannot say. Cases that need it are skipped. Default: it can say everything. */
  readonly lacks?: readonly Feature[];
  /** The names of cases that are not to run, each with the reason. */
  readonly skip?: { readonly [caseName: string]: string };
}

/** Is one case of the kit over one handler. */
export interface ConformanceCase {
  /** The case's own name, which `skip` takes. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly rule: string;
  /** Why it is skipped; undefined when it is not. */
  readonly skip: string | undefined;
  /** Runs the case, also one that is to be skipped. Rejects with what was expected and what came out. */
  run(): Promise<void>;
}

const RULES: readonly CaseRule[] = [
  ...SLOG_CASES,
  ...GROUP_CASES,
  ...KEY_CASES,
  ...STAMP_CASES,
  ...ISOLATION_CASES,
  ...LIFECYCLE_CASES,
  ...HOSTILE_CASES,
];

/**
 * Makes the cases that every handler of correlog passes, over a handler of one's own: those of Go's slogtest, the edge cases of its
 * handlers, reserved and duplicate keys, ids and baggage, hostile values, isolation, flush and shutdown. {@link testHandler}
 * gives them to a test runner.
 *
 * @throws TypeError or RangeError when `makeHandler` is no function, `skip` names no case, gives no reason, or `lacks` names no feature: a skip that skips nothing hides something.
 */
export function handlerConformance(options: ConformanceOptions): readonly ConformanceCase[] {
  knownOptions("testHandler", options, ["makeHandler", "lacks", "skip"]);
  const { makeHandler, lacks = [], skip = {} } = options;
  aFunction("makeHandler", makeHandler);
  checkLacks(lacks);
  checkSkip(skip);
  return RULES.map((rule) => ({
    name: rule.name,
    rule: rule.rule,
    skip: skip[rule.name] ?? reasonOf((rule.needs ?? []).filter((need) => lacks.includes(need))),
    async run() {
      const trial = new Trial(await makeHandler(), lacks);
      try {
        await rule.check(trial);
      } finally {
        await trial.dispose();
      }
    },
  }));
}

function checkLacks(lacks: unknown): void {
  if (!Array.isArray(lacks)) throw new TypeError(expected("lacks", "a list", lacks));
  const features: readonly string[] = FEATURES;
  for (const feature of lacks as readonly unknown[]) {
    if (typeof feature !== "string" || !features.includes(feature))
      throw new RangeError(expected("lacks", `one of ${FEATURES.join(", ")}`, feature));
  }
}

function checkSkip(skip: { readonly [caseName: string]: string }): void {
  if (typeof skip !== "object" || skip === null) throw new TypeError(expected("skip", "an object of reasons", skip));
  for (const [name, reason] of Object.entries(skip)) {
    if (!RULES.some((rule) => rule.name === name)) throw new RangeError(expected("skip", "the name of a case", name));
    if (typeof reason !== "string" || reason.trim() === "") throw new RangeError(expected(`skip.${name}`, "a reason", reason));
  }
}

function reasonOf(missing: readonly Feature[]): string | undefined {
  return missing.length === 0 ? undefined : `the output has no ${missing.join(", no ")}`;
}

/** Is the `test` of vitest, of node:test, or any other that takes a name and a function which may return a promise. */
export interface TestFunction {
  (name: string, run: () => Promise<void>): unknown;
  /** Is used for skipped cases, where there is one. */
  readonly skip?: (name: string, run: () => Promise<void>) => unknown;
}

/**
 * Registers every case of {@link handlerConformance} as a test; the name of a skipped one says why.
 *
 * @throws TypeError or RangeError as {@link handlerConformance} does.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { testHandler } from "correlog/testing";
 *
 * testHandler(test, {
 *   makeHandler() {
 *     const handler = arrayHandler();
 *     return { handler, records: () => handler.rows };
 *   },
 *   lacks: ["logger"],
 * });
 * ```
 */
export function testHandler(test: TestFunction, options: ConformanceOptions): void {
  for (const each of handlerConformance(options)) {
    if (each.skip === undefined) test(`${each.name}: ${each.rule}`, async () => each.run());
    else register(test.skip ?? test, `${each.name}: skipped: ${each.skip}`);
  }
}

function register(test: (name: string, run: () => Promise<void>) => unknown, name: string): void {
  test(name, async () => {
    // A runner that knows no skip runs it, and there is nothing to run.
  });
}
