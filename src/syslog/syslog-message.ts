import { escapeControls } from "../format/control-chars.ts";
import { jsonValue } from "../format/json.ts";
import { flagsText, isoTime } from "../record/line-fields.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { Group, isPlainMap } from "../value/plain.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** Says what every message of a handler has in common. */
export interface SyslogForm {
  readonly facility: number;
  readonly severity: (level: Level) => number;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  /** Names the element of structured data that holds the attributes: `name@enterpriseNumber`. */
  readonly sdId: string;
  readonly bom: boolean;
  readonly maxBytes: number;
  readonly limits: Limits;
}

const encoder = new TextEncoder();
const BOM = "\ufeff";

/**
 * Writes a record as a message of RFC 5424: `<PRI>1 TIME HOST APP PROCID MSGID [attrs@… key="value"] text`. MSGID is the event's name. Members of a
 * group have dotted names. Controls in the text and in values are escaped, so that a message is one line in whatever file it ends. What is longer
 * than `maxBytes` loses its last attributes first (their number stands as `cut`), then the end of its text.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
export function syslogMessage(record: LogRecord, form: SyslogForm): Uint8Array {
  const { time, level, eventName } = record;
  const stamp = time === undefined ? "-" : isoTime(time);
  const priority = form.facility * 8 + form.severity(level);
  const id = headerField(eventName ?? "", 32);
  const head = `<${priority}>1 ${stamp.startsWith("I") ? "-" : stamp} ${form.hostname} ${form.appName} ${form.procId} ${id} `;
  const text = escapeControls(record.message.toWellFormed());
  const room = form.maxBytes - head.length;
  // A quarter is kept for the text, or all that it needs.
  const data = structuredData(record, form, room - Math.min(bytesIn(text) + 4, Math.ceil(room / 4)));
  return encoder.encode(head + data + messageText(text, form.bom, room - bytesIn(data)));
}

/** Makes a field of the header: printable ASCII without spaces, `-` for none. */
export function headerField(text: string, most: number): string {
  return text.replaceAll(/[^!-~]/g, "_").slice(0, most) || "-";
}

function messageText(text: string, bom: boolean, room: number): string {
  if (text === "") return "";
  // Without the mark, text is of an unknown encoding to the standard; ASCII reads the same in all.
  const start = bom && /[^ -~]/.test(text) ? ` ${BOM}` : " ";
  return start + cutToBytes(text, Math.max(room - bytesIn(start), 0));
}

function structuredData(record: LogRecord, form: SyslogForm, room: number): string {
  const { attrs, dropped } = plainAttrs(record, form.limits);
  const params = [...stamps(record), ...flat(attrs)];
  if (dropped > 0) params.push(["dropped_attributes_count", dropped]);
  if (params.length === 0) return "-";
  let data = `[${form.sdId}`;
  let used = bytesIn(data) + ' cut="999"]'.length;
  for (const [index, [name, value]] of params.entries()) {
    const param = ` ${paramName(name)}="${paramValue(value)}"`;
    used += bytesIn(param);
    if (used > room) return `${data} cut="${params.length - index}"]`;
    data += param;
  }
  return `${data}]`;
}

/** Come first, so that they are never what is cut. */
function stamps({ spanContext, logger }: LogRecord): [string, Plain][] {
  const params: [string, Plain][] = [];
  if (spanContext !== undefined) {
    const flags = flagsText(spanContext);
    params.push(["trace_id", spanContext.traceId], ["span_id", spanContext.spanId], ["trace_flags", flags]);
  }
  if (logger !== undefined) params.push(["logger", logger]);
  return params;
}

const STAMPS: ReadonlySet<string> = new Set(["trace_id", "span_id", "trace_flags", "logger", "dropped_attributes_count", "cut"]);

/** Gives the members of groups under dotted names; at the root a name of the record's own is moved: `attr.trace_id`. */
function flat(attrs: PlainMap, prefix = ""): [string, Plain][] {
  return [...attrs].flatMap(([key, value]): [string, Plain][] => {
    const name = prefix === "" && STAMPS.has(key) ? `attr.${key}` : prefix + key;
    if (!isPlainMap(value) || value.size === 0) return [[name, value]];
    return value instanceof Group || isPlainMap(value) ? flat(value, `${name}.`) : [[name, value]];
  });
}

/** At most 32 characters of printable ASCII without `=`, space, `]` and `"`. */
function paramName(name: string): string {
  return name.replaceAll(/[^!-~]|[="\]]/g, "_").slice(0, 32) || "_";
}

function paramValue(value: Plain): string {
  const text = typeof value === "string" ? value : jsonValue(value).replace(/^"([^"\\]*)"$/, "$1");
  return escapeControls(text.toWellFormed()).replaceAll(/["\\\]]/g, "\\$&");
}

function bytesIn(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : encoder.encode(text).length;
}

/** Cuts text so that it fits, between two characters. */
function cutToBytes(text: string, most: number): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= most) return text;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
