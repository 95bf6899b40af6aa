import { LevelRules } from "../level/level-rules.ts";
import { parseLevel } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { report } from "../report/report.ts";
import { checkLevels } from "./levels-file.ts";
import { expected, knownOptions } from "./option.ts";
import type { Levels, Stoppable } from "./levels-file.ts";

/** Configures {@link levelsOnSignal}. */
export interface LevelsOnSignalOptions {
  /** The signal. Default: `SIGUSR2`. */
  readonly signal?: `SIG${string}` | undefined;
  /** Is told what is now in force, to log it. Default: it is reported on stderr. */
  readonly onChange?: ((level: string) => void) | undefined;
}

/**
 * Takes the next of some levels at each signal, and after the last the first again: `kill -USR2 <pid>` makes a running service say
 * more, the same again makes it say what it said. The signal's default effect, which is the process's end, is gone while it listens. A worker
 * thread hears no signals.
 *
 * @throws RangeError or TypeError when an option is not what is expected, or one of the levels is none.
 *
 * @example
 * ```ts
 * import { jsonHandler, LevelRules, Logger } from "correlog";
 * import { levelsOnSignal } from "correlog/middleware";
 *
 * const levels = new LevelRules("info");
 * const logger = new Logger(jsonHandler(), { level: levels });
 * const listener = levelsOnSignal(levels, ["debug", "info"]);
 * logger.info("send SIGUSR2 for debug records");
 * listener.stop();
 * ```
 */
export function levelsOnSignal(levels: Levels, steps: readonly string[], options: LevelsOnSignalOptions = {}): Stoppable {
  knownOptions("levelsOnSignal", options, ["signal", "onChange"]);
  checkLevels(levels);
  const taken = checkedSteps(levels, steps);
  const { signal = "SIGUSR2", onChange = (level) => report("levels", `now ${level}`) } = options;
  if (typeof signal !== "string" || !signal.startsWith("SIG")) throw new TypeError(expected("signal", "a signal's name", signal));
  const signals = globalThis.process?.getBuiltinModule?.("node:os").constants.signals;
  if (signals !== undefined && !(signal in signals)) throw new RangeError(expected("signal", "a signal of this system", signal));
  if (typeof onChange !== "function") throw new TypeError(expected("onChange", "a function", onChange));
  const { process } = globalThis;
  if (typeof process?.on !== "function") throw new TypeError("levelsOnSignal: expected a runtime with signals");
  let count = 0;
  const listener = (): void => {
    try {
      const step = taken[count++ % taken.length] ?? "";
      levels.set(step);
      // One that is async fails later, and a rejection that nobody sees ends the process.
      Promise.resolve(onChange(step) as unknown).catch((error: unknown) => report("levels", error));
    } catch (error) {
      report("levels", error);
    }
  };
  try {
    process.on(signal as NodeJS.Signals, listener);
  } catch (cause) {
    throw new RangeError(expected("signal", "a signal that a process can listen to", signal), { cause });
  }
  const stop = (): void => void process.off(signal, listener);
  return { stop, [Symbol.dispose]: stop };
}

/** Tries each step on levels of its own, so that a bad one is known now and not when the signal comes. */
function checkedSteps(levels: Levels, steps: readonly string[]): readonly string[] {
  const given: unknown = steps;
  if (!Array.isArray(given) || given.length === 0) throw new TypeError(expected("steps", "a list of levels", given));
  const trial = new LevelRules();
  for (const [place, step] of steps.entries()) {
    if (typeof step !== "string") throw new TypeError(expected(`steps: place ${place}`, "a level or rules", step));
    if (levels instanceof LevelVar) parseLevel(step, `steps: place ${place}`);
    else trial.set(step, `steps: place ${place}`);
  }
  return [...steps];
}
