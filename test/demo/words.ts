import { paint, visible } from "./paint.ts";
import type { Attributes, Value } from "./otlp-json.ts";

/** Is a piece of a line that is never broken, with the width that its colours hide. */
export interface Word {
  readonly width: number;
  readonly text: string;
}

const LONGEST_VALUE = 76;

/** Makes a word without colour. */
export function plain(text: string): Word {
  return { width: [...text].length, text };
}

/** Makes a word of one colour. */
export function painted(style: Parameters<typeof paint>[0], text: string): Word {
  return { width: [...text].length, text: paint(style, text) };
}

/** Shows attributes as `key=value` each. */
export function attributeWords(attributes: Attributes): readonly Word[] {
  return Object.entries(attributes).map(([key, value]) => {
    const name = visible(key);
    const shown = shorten(showValue(value));
    return { width: [...name, ...shown].length + 1, text: `${paint("dim", `${name}=`)}${shown}` };
  });
}

/** Sets words into lines of a width; the first line starts with one prefix, the others with another. */
export function flow(words: readonly Word[], first: Word, rest: Word, width: number): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const next of words) {
    if (!isEmpty && line.width + 1 + next.width > width) {
      lines.push(line.text);
      line = rest;
      isEmpty = true;
    }
    line = { width: line.width + (isEmpty ? 0 : 1) + next.width, text: `${line.text}${isEmpty ? "" : " "}${next.text}` };
    isEmpty = false;
  }
  return [...lines, line.text];
}

/** Shows a value on one line: a text bare where that is plain, an error by its type, message and causes. */
export function showValue(value: Value): string {
  if (typeof value === "string")
    return /^[^\s"'={}[\]\u0000-\u001f]+$/.test(value) ? visible(value) : visible(JSON.stringify(value));
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(showValue).join(", ")}]`;
  if ("stack" in value) return showError(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${visible(key)}=${showValue(inner)}`)
    .join(" ")}}`;
}

function showError(error: Attributes): string {
  const { type, message, cause } = error;
  const text = visible(`${String(type)}: ${String(message)}`);
  return cause === undefined ? text : `${text} ← ${showValue(cause)}`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
