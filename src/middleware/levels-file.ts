/// <reference lib="esnext.disposable" preserve="true" />
import { report } from "../report/report.ts";
import { expected, knownOptions, timerMs } from "./option.ts";

/** Takes rules while the program runs: a `LevelRules`, or a `LevelVar` for one level. */
export interface Levels {
  /** @throws RangeError when they are no rules; the old ones stay. */
  set(level: string): void;
}

/** Configures {@link levelsFromFile}. */
export interface LevelsFromFileOptions {
  /** Milliseconds between two looks at the file. Default 1000. */
  readonly intervalMs?: number | undefined;
}

/** Ends what was begun; asked again it does nothing. */
export interface Stoppable extends Disposable {
  /** Ends it at once. */
  stop(): void;
}

/**
 * Takes levels from a file, now and whenever it changes: rules such as `info,db=debug`, also one a line; `#` begins a comment. The
 * file may be missing, and be replaced as a whole (Kubernetes' ConfigMaps are): it is looked at by its path, once in an interval.
 * Later contents that are no rules are reported, and the levels stay as they were; the same rules again change nothing, also where the
 * levels were set by other means meanwhile. The watch does not keep the process alive.
 *
 * @throws RangeError or TypeError when an option, or what the file holds now, is not what is expected.
 *
 * @example
 * ```ts
 * import { jsonHandler, LevelRules, Logger } from "correlog";
 * import { levelsFromFile } from "correlog/middleware";
 *
 * const levels = new LevelRules("info");
 * const logger = new Logger(jsonHandler(), { level: levels });
 * const watch = levelsFromFile(levels, "/tmp/correlog-example-levels");
 * logger.info("watching");
 * watch.stop();
 * ```
 */
export function levelsFromFile(levels: Levels, path: string, options: LevelsFromFileOptions = {}): Stoppable {
  knownOptions("levelsFromFile", options, ["intervalMs"]);
  checkLevels(levels);
  if (typeof path !== "string" || path === "" || path.includes("\0"))
    throw new TypeError(expected("path", "the path of a file", path));
  const { intervalMs = 1000 } = options;
  timerMs("intervalMs", intervalMs);
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) throw new TypeError("levelsFromFile: expected a runtime with node:fs");
  // The same file wherever the process goes later.
  const file = globalThis.process.getBuiltinModule("node:path").resolve(path);
  const take = taker(levels);
  try {
    if (fs.existsSync(file)) take(fs.readFileSync(file, "utf8"));
  } catch (cause) {
    throw named(path, cause);
  }
  return readEvery(intervalMs, (done) => {
    fs.readFile(file, "utf8", (error, text) => {
      if (!done()) return;
      try {
        if (error === null) take(text);
        else if (error.code !== "ENOENT") throw error;
      } catch (problem) {
        report("levels", named(path, problem));
      }
    });
  });
}

/** Makes what gives new rules on. @throws what the levels throw; the same rules are not given on again. */
function taker(levels: Levels): (text: string) => void {
  let last: string | undefined;
  return (text) => {
    const rules = rulesIn(text);
    if (rules === "" || rules === last) return;
    last = rules;
    levels.set(rules);
  };
}

/**
 * Reads once in an interval, and not again before the last reading is done: what does not answer, such as a network's folder, holds up one of the few
 * threads that all files of the app are read by, and not all.
 *
 * @param read begins a reading. It calls what it is given when that is done, which tells whether what was read is still wanted.
 */
function readEvery(intervalMs: number, read: (done: () => boolean) => void): Stoppable {
  let isStopped = false;
  let isReading = false;
  const done = (): boolean => {
    isReading = false;
    return !isStopped;
  };
  // Read anew each time: fs.watchFile() takes what the file is at its own first look for the state at the start.
  const timer = setInterval(() => {
    if (isReading) return;
    isReading = true;
    read(done);
  }, intervalMs).unref();
  const stop = (): void => {
    isStopped = true;
    clearInterval(timer);
  };
  return { stop, [Symbol.dispose]: stop };
}

/** Gives a file's rules in one line; an empty one when it has none, because it is about to be written: then the levels stay. */
function rulesIn(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .join(",");
}

/** Says which file a failure is about. */
function named(path: string, cause: unknown): Error {
  const message = `path ${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
  return cause instanceof RangeError ? new RangeError(message, { cause }) : new Error(message, { cause });
}

/** Checks what takes levels. @throws TypeError when it does not. */
export function checkLevels(levels: unknown): void {
  if (typeof levels === "object" && levels !== null && typeof (levels as Partial<Levels>).set === "function") return;
  throw new TypeError(expected("levels", "a LevelRules or a LevelVar", levels));
}
