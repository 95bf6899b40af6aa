import { DEBUG, ERROR, FATAL, INFO, levelName, WARN } from "../level/level.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { palette } from "./color.ts";
import { escapeControls } from "./control-chars.ts";
import { prettyBlock } from "./pretty-block.ts";
import { gutter, isBlock, textLines, word } from "./pretty-value.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Paint, Palette } from "./color.ts";

export interface PrettyOptions {
  /** Whether to colour; see `wantsColor`. */
  readonly color: boolean;
  /** The distance of local time from UTC, in minutes, east positive. Default: that of the process, at the record's time. */
  readonly utcOffsetMinutes?: number;
  readonly limits?: Limits;
}

/**
 * Writes a record for a person: local time, level, logger, message, attributes, short trace id and span id on one line; below it,
 * indented, what does not fit there: further lines of the message, errors with stack and causes, long values and those of several
 * lines. What a terminal would obey in any of it is escaped, so the only colours are ours.
 */
export function formatPretty(record: LogRecord, options: PrettyOptions): string {
  const colors = palette(options.color);
  const { attrs, dropped } = plainAttrs(record, options.limits);
  const [title = "", ...more] = textLines(record.message);
  const words: string[] = [];
  const blocks = gutter(more, INDENT, colors);
  if (record.eventName && record.eventName !== record.message)
    words.push(word("event_name", record.eventName.toWellFormed(), colors));
  for (const [key, value] of attrs) {
    if (isBlock(value)) blocks.push(...prettyBlock(key, value, INDENT, colors));
    else words.push(word(key, value, colors));
  }
  if (dropped > 0) words.push(colors.warn(`[+${dropped} attributes]`));
  if (record.spanContext !== undefined) words.push(spanText(record.spanContext, colors));
  const head = [...stamps(record, options, colors), record.level >= ERROR ? colors.bold(title) : title].filter(Boolean).join(" ");
  // Two spaces, so that the eye finds the end of the message where there is no colour.
  const line = words.length === 0 ? head : `${head}  ${words.join(" ")}`;
  return `${[line, ...blocks].join("\n")}\n`;
}

const INDENT = "    ";

function stamps(record: LogRecord, { utcOffsetMinutes }: PrettyOptions, colors: Palette): string[] {
  const { time, level, logger } = record;
  return [
    time === undefined ? "" : colors.dim(localTime(time, utcOffsetMinutes)),
    paintOf(level, colors)(levelName(level).padEnd(5)),
    logger === undefined ? "" : colors.name(`[${escapeControls(logger.toWellFormed())}]`),
  ];
}

function localTime(ms: number, utcOffsetMinutes: number | undefined): string {
  const offset = utcOffsetMinutes ?? -new Date(ms).getTimezoneOffset();
  const shifted = new Date(ms + offset * 60_000);
  return Number.isNaN(shifted.getTime()) ? "Invalid Date" : shifted.toISOString().slice(-13, -1);
}

function paintOf(level: Level, colors: Palette): Paint {
  if (level >= FATAL) return colors.fatal;
  if (level >= ERROR) return colors.error;
  if (level >= WARN) return colors.warn;
  if (level >= INFO) return colors.info;
  return level >= DEBUG ? colors.debug : colors.dim;
}

/** The first eight digits tell one trace from another on a screen, and find it in a backend. */
function spanText({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }, colors: Palette): string {
  return colors.trace(`trace=${traceId.slice(0, 8)} span=${spanId}`);
}
