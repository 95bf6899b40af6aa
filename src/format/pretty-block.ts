import { isPlainMap, PlainError } from "../value/plain.ts";
import { escapeControls } from "./control-chars.ts";
import { gutter, inline, isBlock, prettyKey, textLines, word } from "./pretty-value.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { Palette } from "./color.ts";

/** Writes a value below the line of its record, each line behind `indent`. */
export function prettyBlock(key: string, value: Plain, indent: string, colors: Palette): readonly string[] {
  return labelled(`${indent}${colors.dim(`${prettyKey(key)}:`)}`, value, { indent, colors, frames: [] });
}

interface Place {
  readonly indent: string;
  readonly colors: Palette;
  /** The stack of the error around this place, whose frames are not said twice. */
  readonly frames: readonly string[];
}

/** Writes a value behind what names it: a key, or the dash of a list. */
function labelled(label: string, value: Plain, place: Place): readonly string[] {
  const { indent, colors } = place;
  const inside = { ...place, indent: `${indent}  ` };
  if (value instanceof PlainError) return errorBlock(label, value, place);
  if (!isBlock(value)) return [`${label} ${inline(value, colors)}`];
  if (typeof value === "string") return [label, ...gutter(textLines(value), inside.indent, colors)];
  if (isPlainMap(value)) return [label, ...members(value, inside)];
  return [label, ...(value as readonly Plain[]).flatMap((item) => labelled(`${inside.indent}${colors.dim("-")}`, item, inside))];
}

function members(map: PlainMap, place: Place): readonly string[] {
  const { indent, colors } = place;
  return [...map].flatMap(([key, value]) => labelled(`${indent}${colors.dim(`${prettyKey(key)}:`)}`, value, place));
}

/** Writes an error: type and message, what else is known in short, the stack, then what needs lines of its own, such as its cause. */
function errorBlock(label: string, error: PlainError, { indent, colors, frames: around }: Place): readonly string[] {
  const { type, message, stack, ...rest } = Object.fromEntries(error);
  const [title = "", ...more] = textLines(textOf(message));
  const frames = framesOf(textOf(stack), textOf(message));
  const head = [label, colors.error([escapeControls(textOf(type)), title].filter(Boolean).join(": "))];
  const below: [string, Plain][] = [];
  for (const [key, value] of Object.entries(rest)) {
    if (value instanceof PlainError || isBlock(value)) below.push([key, value]);
    else head.push(word(key, value, colors));
  }
  const inside = { indent: `${indent}  `, colors, frames };
  return [
    head.join(" "),
    ...gutter(more.map(colors.error), `${indent}    `, colors),
    ...ownFrames(frames, around).map((frame) => `${indent}    ${paintFrame(frame, colors)}`),
    ...members(new Map(below), inside),
  ];
}

function textOf(value: Plain | undefined): string {
  return value === undefined ? "" : String(value);
}

/** Gives the lines of a stack that name places in code: those behind the message, in the form of V8 or of other engines. */
function framesOf(stack: string, message: string): readonly string[] {
  const at = stack.indexOf(message);
  const lines = textLines(at < 0 ? stack : stack.slice(at + message.length)).map((line) => line.trim());
  const frames = lines.filter((line) => line.startsWith("at "));
  return frames.length > 0 ? frames : lines.filter((line) => /[@:]\d+(?::\d+)?$/.test(line));
}

/** Cuts the frames that a cause shares with the error around it. */
function ownFrames(frames: readonly string[], around: readonly string[]): readonly string[] {
  let shared = 0;
  while (shared < frames.length && frames.at(-1 - shared) === around.at(-1 - shared)) shared++;
  return shared < 2 ? frames : [...frames.slice(0, frames.length - shared), `… ${shared} more, as above`];
}

/** Lets the frames of the app's own code stand out from those of libraries and of the runtime. */
function paintFrame(frame: string, colors: Palette): string {
  return /node_modules|node:|^…/.test(frame) ? colors.dim(frame) : frame.replace(/^at /, () => colors.dim("at "));
}
