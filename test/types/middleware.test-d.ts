// Checked by `npm run check` (tsc, with exactOptionalPropertyTypes): an option that is undefined is one that is not given. Nothing here runs.
import {
  collapseRepeats,
  debugRequest,
  hold,
  levelsFromFile,
  levelsOnSignal,
  sample,
  sampleByTrace,
  signDebug,
} from "../../src/middleware/index.ts";
import type { LevelRules, LevelVar, LogRecord } from "../../src/index.ts";

declare const count: number | undefined;
declare const text: string | undefined;
declare const level: "debug" | undefined;
declare const rules: LevelRules;
declare const moving: LevelVar | undefined;
declare const clock: (() => number) | undefined;
declare const key: ((record: LogRecord) => string) | undefined;
declare const signal: "SIGHUP" | undefined;
declare const onChange: ((level: string) => void) | undefined;

export function whatMustCompile(): void {
  sample({ first: count, oneIn: count, intervalMs: count, key, keepLevel: level, maxKeys: count, clock });
  sampleByTrace({ ratio: 1, keepLevel: level, intervalMs: count, clock });
  hold({ below: level, until: level, maxBytes: count, maxRecords: count, maxTraces: count, maxAgeMs: count, clock });
  collapseRepeats({ intervalMs: count, maxKeys: count });
  debugRequest({ key: "0123456789abcdef", level: moving, lowest: level, member: text, clock });
  signDebug("0123456789abcdef", { level, forMs: count, traceId: text, clock });
  levelsFromFile(rules, "levels", { intervalMs: count }).stop();
  levelsOnSignal(rules, ["info"], { signal, onChange }).stop();
}

export function whatMustNotCompile(): void {
  // @ts-expect-error there is no default for how many traces are kept
  sampleByTrace({ ratio: count });
  // @ts-expect-error nor for the key
  debugRequest({ key: text });
}
