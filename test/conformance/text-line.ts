import { parseLevel } from "../../src/level/level.ts";
import { RESERVED } from "../../src/record/reserved.ts";
import type { ParsedRecord } from "../../src/testing/index.ts";

/** Reads an output of logfmt lines; strict, so that a torn or doubled word fails the test. */
export function parseTextLines(text: string): readonly ParsedRecord[] {
  if (text !== "" && !text.endsWith("\n")) throw new Error(`expected whole lines, got ${text.slice(-200)}`);
  return text.split("\n").slice(0, -1).map(parseTextLine);
}

function parseTextLine(line: string): ParsedRecord {
  const words = new Map<string, string>();
  let rest = line;
  while (rest !== "") {
    const [whole = "", key = "", value = ""] = /^("(?:[^"\\]|\\.)*"|[^ ="]+)=("(?:[^"\\]|\\.)*"|[^ ="]*)(?: |$)/.exec(rest) ?? [];
    if (whole === "") throw new Error(`expected key=value, got ${rest.slice(0, 200)}`);
    if (words.has(unquote(key))) throw new Error(`expected each key once, got ${key} twice in ${line.slice(0, 500)}`);
    words.set(unquote(key), unquote(value));
    rest = rest.slice(whole.length);
  }
  const time = words.get("time");
  const flags = words.get("trace_flags");
  return {
    time: time === undefined ? undefined : Date.parse(time),
    level: parseLevel(words.get("level") ?? ""),
    message: words.get("msg") ?? "",
    attrs: Object.fromEntries([...words].filter(([key]) => !RESERVED.has(key))),
    eventName: words.get("event_name"),
    logger: words.get("logger"),
    traceId: words.get("trace_id"),
    spanId: words.get("span_id"),
    traceFlags: flags === undefined ? undefined : Number.parseInt(flags, 16),
  };
}

const SHORT: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unquote(word: string): string {
  if (!word.startsWith('"')) return word;
  return word.slice(1, -1).replaceAll(/\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/g, (_, x, u, big, char) => {
    const hex: string | undefined = x ?? u ?? big;
    return hex === undefined ? (SHORT[char] ?? char) : String.fromCodePoint(Number.parseInt(hex, 16));
  });
}
