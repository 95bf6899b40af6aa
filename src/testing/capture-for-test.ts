import { formatPretty } from "../format/pretty.ts";
import { fanout } from "../handler/fanout.ts";
import { memoryHandler } from "../handler/memory.ts";
import { TRACE } from "../level/level.ts";
import { Logger } from "../logger/logger.ts";
import { aFunction, expected, knownOptions } from "../value/option.ts";
import { logsOf } from "./log-query.ts";
import type { Handler } from "../handler/handler.ts";
import type { LoggerOptions } from "../logger/logger-options.ts";
import type { Logs } from "./log-query.ts";

/** Is vitest's `onTestFailed`, also the one of a test's own context. It gives what it runs that context, which names the test. */
export type OnTestFailed = (run: (context?: unknown) => void) => unknown;

/** Is what vitest gives each test. */
export interface VitestTestContext {
  readonly onTestFailed: OnTestFailed;
}

/** Is what node:test gives each test. */
export interface NodeTestContext {
  /** Is true where the test passed, once it is over. */
  readonly passed?: boolean;
  /** Names the test behind the suites around it. */
  readonly fullName?: string;
  /** Runs a function behind the test, also where it failed. */
  after(run: () => void): void;
}

/** Is what tells that a test failed. */
export type TestToCapture = OnTestFailed | VitestTestContext | NodeTestContext;

/** Configures {@link captureForTest} and {@link capturing}: the logger's options, of which `level` is `trace` by default, and these. */
export interface CaptureForTestOptions extends LoggerOptions {
  /** Takes the lines of a failed test. Default: standard error. */
  readonly print?: (text: string) => void;
  /** How many records are kept; the oldest goes. Default 1000. */
  readonly maxRecords?: number;
}

/** Is a logger for one test, and what it logged. */
export interface TestCapture extends Logs {
  /** Logs every level, unless told otherwise. */
  readonly logger: Logger;
  /** Takes the records: for loggers of the test's own. */
  readonly handler: Handler;
}

/**
 * Gives a test a logger of every level whose lines are printed only if the test fails, under its name.
 *
 * @param test is the context that vitest or node:test gives the test, or vitest's `onTestFailed`.
 * @throws TypeError or RangeError when it is none of them, or an option is not what is expected.
 *
 * @example
 * ```ts
 * test("pays", ({ onTestFailed }) => {
 *   const { logger, find } = captureForTest(onTestFailed);
 *   pay({ logger });
 *   expect(find({ message: "order paid" })).toBeDefined();
 * });
 * ```
 */
export function captureForTest(test: TestToCapture, options: CaptureForTestOptions = {}): TestCapture {
  knownOptions("captureForTest", options, ["print", "maxRecords", "level", "name", "baggage", "source", "clock"]);
  const { print = printed, maxRecords = 1000, ...loggerOptions } = options;
  aFunction("print", print);
  const memory = memoryHandler({ maxRecords });
  const lines: string[] = [];
  const pretty: Handler = {
    enabled: () => true,
    handle(record) {
      lines.push(formatPretty(record, { color: false, utcOffsetMinutes: 0 }));
      if (lines.length > maxRecords) lines.shift();
    },
  };
  onFailure(test, (context) => {
    if (lines.length > 0 && !isToFail(context)) print(`${titleOf(context)}${lines.join("")}`);
  });
  const handler = fanout(memory, pretty);
  const logs = logsOf(memory);
  const clear = (): void => {
    logs.clear();
    lines.length = 0;
  };
  return Object.defineProperty(
    { ...logs, clear, handler, logger: new Logger(handler, { level: TRACE, ...loggerOptions }) },
    "records",
    { enumerable: true, get: () => memory.records },
  );
}

/**
 * Makes a test's body of one that takes a logger of every level whose lines are printed only if it throws or rejects: for jest, which tells a test nothing
 * of its failing, and any other runner. What fails outside of the body, such as a timeout or `expect.assertions`, prints nothing.
 *
 * @throws TypeError or RangeError when the body is no function, or an option is not what is expected.
 *
 * @example
 * ```ts
 * test("pays", capturing(async ({ logger, find }) => {
 *   await pay({ logger });
 *   expect(find({ message: "order paid" })).toBeDefined();
 * }));
 * ```
 */
export function capturing<Args extends readonly unknown[]>(
  body: (logs: TestCapture, ...args: Args) => unknown,
  options: CaptureForTestOptions = {},
): (...args: Args) => Promise<void> {
  aFunction("body", body);
  // A bad option fails here, not in the test.
  captureForTest(() => undefined, options);
  // No parameter of its own: jest and mocha take the first one of a test for a callback that they wait for.
  return async (...args) => {
    const onFailed: ((context: unknown) => void)[] = [];
    const logs = captureForTest((run) => onFailed.push(run), options);
    try {
      await body(logs, ...args);
    } catch (error) {
      const context = args.findLast(isContext);
      for (const run of onFailed) run(context);
      throw error;
    }
  };
}

function onFailure(test: TestToCapture, run: (context: unknown) => void): void {
  // vitest's context is a function, too: one that throws.
  if ((typeof test === "function" || typeof test === "object") && test !== null) {
    if ("onTestFailed" in test && typeof test.onTestFailed === "function") return void test.onTestFailed(run);
    if (typeof test === "function") return void test(run);
    if ("after" in test && typeof test.after === "function") {
      return test.after(() => {
        if (test.passed !== true) run(test);
      });
    }
  }
  throw new TypeError(expected("test", "vitest's onTestFailed or the context of vitest or of node:test", test));
}

/** Tells what vitest and node:test give a test from what a row of a table does; jest gives nothing. */
function isContext(value: unknown): boolean {
  const { onTestFailed, after } = (value ?? {}) as { readonly onTestFailed?: unknown; readonly after?: unknown };
  return typeof onTestFailed === "function" || typeof after === "function";
}

/** Is what vitest knows of a test, or of a suite. */
interface Task {
  readonly name?: unknown;
  readonly suite?: Task | undefined;
  /** Says that the test passes by failing: `test.fails`. */
  readonly fails?: unknown;
}

function taskOf(context: unknown): Task | undefined {
  const { task } = (context ?? {}) as { readonly task?: unknown };
  return typeof task === "object" && task !== null ? task : undefined;
}

function isToFail(context: unknown): boolean {
  return taskOf(context)?.fails === true;
}

/** Says of which test the lines are: several may fail at the same time. Empty where the runner does not tell. */
function titleOf(context: unknown): string {
  const { fullName } = (context ?? {}) as { readonly fullName?: unknown };
  const name = typeof fullName === "string" ? fullName : namesOf(taskOf(context)).join(" > ");
  return name === "" ? "" : `logged by "${name}":\n`;
}

function namesOf(task: Task | undefined): readonly string[] {
  if (task === undefined) return [];
  return [...namesOf(task.suite), ...(typeof task.name === "string" && task.name !== "" ? [task.name] : [])];
}

function printed(text: string): void {
  const { process } = globalThis;
  // oxlint-disable-next-line no-console -- the only output there is
  if (process?.stderr === undefined) console.error(text);
  else process.stderr.write(text);
}
