import { parseLevel } from "../level/level.ts";
import { RESERVED } from "../record/reserved.ts";
import type { ParsedRecord } from "./parsed-record.ts";

/**
 * Reads a line as `jsonHandler` writes it. It is strict where `JSON.parse` is not: a key that occurs twice in one object is an error.
 *
 * @throws Error when it is not one line that holds one JSON object with `level` and `msg`; the message shows the line.
 */
export function parseJsonLine(line: string): ParsedRecord {
  const body = line.endsWith("\n") ? line.slice(0, -1) : line;
  const fields = parseObject(body);
  const { time, level, msg } = fields;
  if (typeof level !== "string" || typeof msg !== "string")
    throw new Error(`expected a line with level and msg, got ${show(body)}`);
  if (time !== undefined && typeof time !== "string") throw new Error(`expected time to be text, got ${show(body)}`);
  return {
    time: time === undefined ? undefined : Date.parse(time),
    level: parseLevel(level),
    message: msg,
    attrs: Object.fromEntries(Object.entries(fields).filter(([key]) => !RESERVED.has(key))),
    eventName: textOf(fields["event_name"]),
    logger: textOf(fields["logger"]),
    traceId: textOf(fields["trace_id"]),
    spanId: textOf(fields["span_id"]),
    traceFlags: fields["trace_flags"] === undefined ? undefined : Number.parseInt(String(fields["trace_flags"]), 16),
  };
}

/**
 * Reads an output of lines as `jsonHandler` writes them.
 *
 * @throws Error as {@link parseJsonLine} does, and when the last line has no end.
 */
export function parseJsonLines(text: string): readonly ParsedRecord[] {
  if (text === "") return [];
  if (!text.endsWith("\n"))
    throw new Error(`expected whole lines, got a torn one: ${show(text.slice(text.lastIndexOf("\n") + 1))}`);
  return text.slice(0, -1).split("\n").map(parseJsonLine);
}

function parseObject(line: string): { readonly [key: string]: unknown } {
  if (/[\n\r]/.test(line)) throw new Error(`expected one line, got ${show(line)}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`expected valid JSON, got ${show(line)}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`expected a JSON object, got ${show(line)}`);
  const twice = duplicateKey(line);
  if (twice !== undefined) throw new Error(`expected each key once, got ${twice} twice in ${show(line)}`);
  return value as { readonly [key: string]: unknown };
}

/** Finds a key that occurs twice in one object of a valid JSON text: in JSON a string before a colon is a key, and nothing else is. */
function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, text, colon] of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")\s*(:?)|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (text !== undefined && colon === ":") {
      const key = String(JSON.parse(text));
      const keys = open.at(-1);
      if (keys?.has(key)) return text;
      keys?.add(key);
    }
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function show(line: string): string {
  return line.length <= 500 ? line : `${line.slice(0, 500)}…`;
}
