import { describe, readConsoleCall } from "./console-call.ts";
import type { Logger } from "../logger/logger.ts";
import type { Attrs } from "../record/attrs.ts";

/** Is any method of a console. */
export type ConsoleMethod = (...args: readonly unknown[]) => void;

/** Are the methods that are captured. `clear` and the profiler's concern a screen or a tool and stay as they are. */
export type MethodName =
  | "assert"
  | "count"
  | "countReset"
  | "debug"
  | "dir"
  | "dirxml"
  | "error"
  | "group"
  | "groupCollapsed"
  | "groupEnd"
  | "info"
  | "log"
  | "table"
  | "time"
  | "timeEnd"
  | "timeLog"
  | "trace"
  | "warn";

type CapturedLevel = "trace" | "debug" | "info" | "warn" | "error";

/**
 * Makes what each method of a console does instead: it logs, at the level that its name says; `assert` at `error`, what is not named
 * after a level at `info`. Counts and timers are kept here. A group's label is a record; indentation means nothing in a log.
 */
export function consoleMethods(logger: Logger): Readonly<Record<MethodName, ConsoleMethod>> {
  const emit = (level: CapturedLevel, args: readonly unknown[], more?: () => Attrs): void => {
    if (!logger.enabled(level)) return;
    const { message, attrs } = readConsoleCall(args, more?.());
    logger[level](message, attrs);
  };
  const at =
    (level: CapturedLevel): ConsoleMethod =>
    (...args) =>
      emit(level, args);
  const group: ConsoleMethod = (...label) => {
    if (label.length > 0) emit("info", label);
  };
  return {
    log: at("info"),
    info: at("info"),
    dirxml: at("info"),
    debug: at("debug"),
    warn: at("warn"),
    error: at("error"),
    trace: (...args) => emit("trace", args, () => ({ stack: callerStack() })),
    assert: (condition, ...args) => {
      if (!condition) emit("error", assertion(args));
    },
    dir: (value) => emit("info", [value]),
    table: (rows) => (isTable(rows) ? emit("info", [], () => ({ table: rows })) : emit("info", [rows])),
    group,
    groupCollapsed: group,
    groupEnd: () => {
      // Nothing was indented.
    },
    ...counters(emit),
    ...timers(emit),
  };
}

type Emit = (level: CapturedLevel, args: readonly unknown[], more?: () => Attrs) => void;

function counters(emit: Emit): Pick<Record<MethodName, ConsoleMethod>, "count" | "countReset"> {
  const counts = new Map<string, number>();
  return {
    count: (label = "default") => {
      const name = labelText(label);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      emit("info", [`${name}: ${count}`], () => ({ count }));
    },
    countReset: (label = "default") => {
      if (!counts.delete(labelText(label))) emit("warn", [`Count for '${labelText(label)}' does not exist`]);
    },
  };
}

function timers(emit: Emit): Pick<Record<MethodName, ConsoleMethod>, "time" | "timeLog" | "timeEnd"> {
  const starts = new Map<string, number>();
  const say = (method: string, label: string, data: readonly unknown[]): void => {
    const start = starts.get(label);
    if (start === undefined) return emit("warn", [`No such label '${label}' for console.${method}()`]);
    const elapsed = (performance.now() - start).toFixed(3);
    emit("info", ["%s: %sms", label, elapsed, ...data], () => ({ duration_ms: Number(elapsed) }));
  };
  return {
    time: (label = "default") => {
      const name = labelText(label);
      if (starts.has(name)) emit("warn", [`Label '${name}' already exists for console.time()`]);
      else starts.set(name, performance.now());
    },
    timeLog: (label = "default", ...data) => say("timeLog", labelText(label), data),
    timeEnd: (label = "default") => {
      say("timeEnd", labelText(label), []);
      starts.delete(labelText(label));
    },
  };
}

/** Gives a label as text; one that has none, which Node's own console throws on, is shown as a value is. */
function labelText(label: unknown): string {
  return typeof label === "string" ? label : describe(label);
}

function assertion(args: readonly unknown[]): readonly unknown[] {
  const [first, ...rest] = args;
  return typeof first === "string" ? [`Assertion failed: ${first}`, ...rest] : ["Assertion failed", ...args];
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Gives the stack of who called the console: without the title, and without this folder's own frames. */
function callerStack(): string {
  const frames = (new Error("trace").stack ?? "").split("\n").slice(1);
  const own = frames.findLastIndex((frame) => /\bcapture[/\\]console-(?:methods|patch)\.[jt]s/.test(frame));
  return frames
    .slice(own + 1)
    .map((frame) => frame.trim())
    .join("\n");
}
