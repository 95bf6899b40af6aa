import { BaggageRule } from "../context/baggage.ts";
import { Stamper } from "../context/stamp.ts";
import { isHandler } from "../handler/fanout.ts";
import { INFO } from "../level/level.ts";
import { LevelRules } from "../level/level-rules.ts";
import { LevelVar } from "../level/level-var.ts";
import { report } from "../report/report.ts";
import { isShort, ownText } from "../value/own-text.ts";
import { aFunction, expected, knownOptions } from "../value/option.ts";
import { findSource } from "./call-site.ts";
import type { Handler } from "../handler/handler.ts";
import type { FindSource } from "./call-site.ts";
import type { LoggerOptions } from "./logger-options.ts";

/** What all loggers made from one another share. */
export interface Root {
  readonly handler: Handler;
  readonly levels: LevelRules;
  readonly stamper: Stamper;
  readonly clock: () => number;
  readonly findSource: FindSource | undefined;
  /** The thresholds of the names so far: a logger named in each request costs a look-up. Bounded, because a name may come from data. */
  readonly gates: Map<string, LevelVar>;
}

const MOST_GATES = 1024;

/** @throws TypeError or RangeError when the handler or an option is not what is expected. */
export function createRoot(handler: unknown, options: LoggerOptions): Root {
  if (!isHandler(handler)) throw new TypeError(expected("handler", "an object with enabled() and handle()", handler));
  knownOptions("Logger", options, ["level", "name", "baggage", "source", "clock"]);
  const { level = INFO, baggage, clock = Date.now, source = false } = options;
  aFunction("clock", clock);
  const levels = level instanceof LevelRules ? level : new LevelRules(level);
  return {
    handler,
    levels,
    stamper: new Stamper(new BaggageRule(baggage)),
    clock,
    gates: new Map(),
    findSource: readSource(source),
  };
}

function readSource(source: unknown): FindSource | undefined {
  if (source === false) return undefined;
  if (source === true || (typeof source === "object" && source !== null && !Array.isArray(source))) return findSource(source);
  throw new TypeError(expected("source", "true, false or { skip, root }", source));
}

/** Gives the threshold of a logger's name: its own and the handler's, whichever is higher. */
export function gateOf({ handler, levels, gates }: Root, name: string): LevelVar {
  const known = gates.get(name);
  if (known !== undefined) return known;
  const level = levels.of(name);
  const gate = handler.threshold === undefined ? level : LevelVar.highestOf([level, handler.threshold]);
  if (gates.size < MOST_GATES && isShort(name)) gates.set(ownText(name), gate);
  return gate;
}

/** Asks the clock; what it throws, or gives instead of a number, costs the record's time, not the record. */
export function timeOf(clock: () => unknown): number | undefined {
  try {
    const time = clock();
    if (typeof time === "number") return time;
    throw new TypeError(`clock: expected milliseconds since the epoch, got a ${typeof time}`);
  } catch (error) {
    report("clock", error);
    return undefined;
  }
}
