import { eachLineField } from "../record/line-fields.ts";
import { isPlainMap } from "../value/plain.ts";
import { quoteIfNeeded } from "./control-chars.ts";
import { base64 } from "../value/base64.ts";
import { jsonValue } from "./json.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/**
 * Writes a record as one line of logfmt, by the rules of slog's TextHandler: `key=value`, members of groups, maps and errors by their
 * dotted path, quoted where needed as Go's `strconv.Quote` does. Lists are compact JSON, bytes base64; NaN, the infinities and integers
 * of any size are their text. A key or a value never holds a raw control character, line separator or ANSI escape.
 */
export function formatText(record: LogRecord, limits?: Limits): string {
  const words: string[] = [];
  eachLineField(record, limits, (key, value) => addWords(words, key, value));
  return `${words.join(" ")}\n`;
}

/**
 * How long a path may be that is repeated before each member. Without a bound, one key of 100,000 characters above 10,000 members,
 * which the limits let pass, would be a line of a gigabyte.
 */
const LONGEST_PATH = 256;

function addWords(words: string[], path: string, value: Plain): void {
  if (isPlainMap(value) && value.size > 0 && path.length <= LONGEST_PATH) addMembers(words, path, value);
  else words.push(`${quoteIfNeeded(path)}=${quoteIfNeeded(textOf(value))}`);
}

function addMembers(words: string[], path: string, map: PlainMap): void {
  for (const [key, value] of map) addWords(words, `${path}.${key}`, value);
}

/** Writes a value as text without quotes: lists and empty maps as compact JSON, bytes as base64. */
export function textOf(value: Plain): string {
  if (value === null || typeof value !== "object") return String(value);
  return value instanceof Uint8Array ? base64(value) : jsonValue(value);
}
