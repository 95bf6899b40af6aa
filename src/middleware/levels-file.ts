import { report } from "../report/report.ts";
import { expected, knownOptions, timerMs } from "./option.ts";

/** Takes rules while the program runs: a `LevelRules`, or a `LevelVar` for one level. */
export interface Levels {
  /** @throws RangeError when they are no rules; the old ones stay. */
  set(level: string): void;
}

export interface LevelsFromFileOptions {
  /** Milliseconds between two looks at the file. Default 1000. */
  readonly intervalMs?: number;
}

/** Ends what was begun; asked again it does nothing. */
export interface Stoppable extends Disposable {
  stop(): void;
}

/**
 * Takes levels from a file, now and whenever it changes: rules such as `info,db=debug`, also one a line; `#` begins a comment. The
 * file may be missing, and be replaced as a whole (Kubernetes' ConfigMaps are): it is looked at by its path, once in an interval.
 * Later contents that are no rules are reported, and the levels stay as they were. The watch does not keep the process alive.
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
  if (typeof path !== "string" || path === "") throw new TypeError(expected("path", "the path of a file", path));
  const interval = timerMs("intervalMs", options.intervalMs ?? 1000);
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) throw new TypeError("levelsFromFile: expected a runtime with node:fs");
  let last: string | undefined;
  let isStopped = false;
  const take = (text: string): void => {
    const rules = rulesIn(text);
    if (rules === "" || rules === last) return;
    last = rules;
    levels.set(rules);
  };
  if (fs.existsSync(path)) take(fs.readFileSync(path, "utf8"));
  // Read anew each time: fs.watchFile() takes what the file is at its own first look for the state at the start.
  const timer = setInterval(() => {
    fs.readFile(path, "utf8", (error, text) => {
      if (isStopped) return;
      try {
        if (error === null) take(text);
        else if (error.code !== "ENOENT") throw error;
      } catch (problem) {
        report("levels", problem);
      }
    });
  }, interval).unref();
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

/** Checks what takes levels. @throws TypeError when it does not. */
export function checkLevels(levels: unknown): void {
  if (typeof levels === "object" && levels !== null && typeof (levels as Partial<Levels>).set === "function") return;
  throw new TypeError(expected("levels", "a LevelRules or a LevelVar", levels));
}
