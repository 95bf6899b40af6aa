import { isPlainMap, PlainError } from "../value/plain.ts";
import { escapeControls, whenUsed } from "./control-chars.ts";
import { base64 } from "../value/base64.ts";
import type { Plain } from "../value/plain.ts";
import type { Palette } from "./color.ts";

/** How wide a nested value may be, in UTF-16 units, to stand on the line of its record. */
const WIDEST = 72;

const LINE_END = /\r\n|\n/;

/** Splits text into the lines that a person sees, each harmless to a terminal; a tab is two spaces. */
export function textLines(text: string): readonly string[] {
  const lines = text.toWellFormed().split(LINE_END);
  return lines.map((line) => escapeControls(line.replaceAll("\t", "  ")));
}

/** Writes a key as it is, and quoted only where it would be read as something else. */
export function prettyKey(key: string): string {
  return key === "" || /[\s="]/.test(key) ? quoted(key) : escapeControls(key);
}

/** Tells whether a value needs lines of its own: an error, text of several lines, a nested value that is wide or holds one of those. */
export function isBlock(value: Plain): boolean {
  if (typeof value === "string") return LINE_END.test(value);
  return value !== null && typeof value === "object" && !(value instanceof Uint8Array) && spare(value, WIDEST) < 0;
}

/** Gives what is left of some room once a nested value is in it, below 0 when it does not fit; it stops looking where that is clear. */
function spare(value: Plain, room: number): number {
  if (value instanceof PlainError) return -1;
  if (typeof value === "string") return LINE_END.test(value) ? -1 : room - value.length - 2;
  if (value === null || typeof value !== "object") return room - String(value).length;
  if (value instanceof Uint8Array) return room - Math.ceil(value.length / 3) * 4;
  let left = room - 2;
  for (const [key, member] of value.entries()) {
    left = spare(member, left - 2 - (typeof key === "string" ? key.length + 2 : 0));
    if (left < 0) return left;
  }
  return left;
}

/** Writes a value that is no block on one line: text is quoted only where it must be. */
export function inline(value: Plain, colors: Palette): string {
  if (typeof value === "string") return value === "" || /[\s="]/.test(value) ? quoted(value) : escapeControls(value);
  return value === null ? colors.dim("null") : nested(value);
}

/** Writes a key and its value in a row of such. */
export function word(key: string, value: Plain, colors: Palette): string {
  return `${colors.dim(`${prettyKey(key)}=`)}${inline(value, colors)}`;
}

/** Writes further lines of a text behind a rule, so that none can pass for a line of the log. */
export function gutter(lines: readonly string[], indent: string, colors: Palette): string[] {
  return lines.map((line) => `${indent}${colors.dim("│")} ${line}`);
}

/** Writes a nested value as one would in TypeScript. */
function nested(value: Plain): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return String(value);
  if (value instanceof Uint8Array) return base64(value);
  if (!isPlainMap(value)) return `[${value.map(nested).join(", ")}]`;
  if (value.size === 0) return "{}";
  return `{ ${Array.from(value, ([key, member]) => `${memberKey(key)}: ${nested(member)}`).join(", ")} }`;
}

const plainKey = /* @__PURE__ */ whenUsed("^[\\p{L}\\p{N}_$.-]+$", "u");

function memberKey(key: string): string {
  return plainKey().test(key) ? key : quoted(key);
}

/** Quotes text as logfmt does, except that the joiners and spaces of other scripts, which harm nobody, stay. */
function quoted(text: string): string {
  return `"${escapeControls(text.replaceAll(/["\\]/g, "\\$&"))}"`;
}
