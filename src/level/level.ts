import { expected } from "../value/option.ts";

/**
 * Names how severe a record is: an OpenTelemetry severity number, 1 to 24, where larger is more severe. The six names stand
 * for the first number of each range (`INFO` is 9); the numbers between are levels of their own (`INFO2` is 10).
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
export type Level = number;

/** Each step, for who looks for a fault: the lowest level. */
export const TRACE = 1;
/** What a developer wants to know. */
export const DEBUG = 5;
/** What happened: the lowest level that a logger lets through by default. */
export const INFO = 9;
/** What is not as it should be, and was coped with. */
export const WARN = 13;
/** What failed. */
export const ERROR = 17;
/** What the service cannot go on after. It is a level: nothing ends the process. By default such a line is written at once. */
export const FATAL = 21;

/** Lies above every level: as a threshold it lets nothing pass. */
export const OFF = 25;

/** Names the six levels that a logger has methods for. */
export type LevelName = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/**
 * Takes a level as a number from 1 to 24, or as a name in any case: `info`, `INFO2` (OpenTelemetry's short names), `info+2`
 * (slog's), `warning`. `off` (and `silent`) is taken where a threshold is meant.
 */
export type LevelInput = Level | LevelName | "off" | (string & {});

const RANGES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;

/** Each level's OpenTelemetry short name, at its own number: `NAMES[9]` is `INFO`, `NAMES[10]` is `INFO2`. */
const NAMES: readonly string[] = Array.from({ length: OFF + 1 }, (_, level) => {
  if (level === 0) return "UNSPECIFIED";
  if (level === OFF) return "OFF";
  const step = (level - 1) % 4;
  return `${RANGES[(level - 1) >> 2] ?? ""}${step === 0 ? "" : step + 1}`;
});

const NAMED: readonly (readonly [string, Level])[] = [
  ...NAMES.slice(1).map((name, index): [string, Level] => [name, index + 1]),
  ["WARNING", WARN],
  ["SILENT", OFF],
];
/** In small letters too, as they are mostly written: a call of `log()` with a name is one look-up. */
const BY_NAME: ReadonlyMap<string, Level> = new Map([
  ...NAMED,
  ...NAMED.map(([name, level]) => [name.toLowerCase(), level] as const),
]);

/** Names a level as OpenTelemetry does (`INFO`, `INFO2`), which is also the text that every output shows. */
export function levelName(level: Level): string {
  return NAMES[level] ?? String(level);
}

/** Tells whether a number is a level: a whole number from 1 to 24. */
export function isLevel(level: number): boolean {
  return Number.isInteger(level) && level >= TRACE && level < OFF;
}

/**
 * Reads a threshold.
 *
 * @param option names the option in the error.
 * @throws RangeError when the input is neither a level's name nor a number from 1 to 24.
 */
export function parseLevel(input: LevelInput, option = "level"): Level {
  const level =
    typeof input === "number"
      ? input
      : typeof input === "string"
        ? (BY_NAME.get(input) ?? levelOf(input.trim().toUpperCase()))
        : undefined;
  if (level === OFF || (level !== undefined && isLevel(level))) return level;
  throw new RangeError(expected(option, "a level name (trace, debug, info, warn, error, fatal, off) or 1 to 24", input));
}

function levelOf(text: string): Level | undefined {
  const named = BY_NAME.get(text);
  if (named !== undefined) return named;
  if (/^\d+$/.test(text)) return Number(text);
  const [, name = "", offset = ""] = /^([A-Z]+)([+-]\d+)$/.exec(text) ?? [];
  const base = BY_NAME.get(name);
  return base === undefined ? undefined : base + Number(offset);
}
