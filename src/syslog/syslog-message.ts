import { escapeControls } from "../format/control-chars.ts";
import { textOf } from "../format/text.ts";
import { flagsText, isoTime } from "../record/line-fields.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { isPlainMap } from "../value/plain.ts";
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

const IDS_BYTES = ` trace_id="${"0".repeat(32)}" span_id="${"0".repeat(16)}" trace_flags="01"`.length;
const CUT_BYTES = ' cut="999999"]'.length;
const MSGID_BYTES = 32;

/** Gives the bytes in which any message has room for its header and the ids of its span, and a quarter of what is behind the header for its text. */
export function leastBytes({
  hostname,
  appName,
  procId,
  sdId,
}: Pick<SyslogForm, "hostname" | "appName" | "procId" | "sdId">): number {
  const header = `<191>1 ${isoTime(0)} ${hostname} ${appName} ${procId}  `.length + MSGID_BYTES;
  return header + Math.ceil((4 * (1 + sdId.length + IDS_BYTES + CUT_BYTES)) / 3);
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
  // The standard has years of four digits alone; others begin with a sign, and no time at all with a letter.
  const stamp = time === undefined ? "-" : isoTime(time);
  const priority = form.facility * 8 + form.severity(level);
  const id = eventName === undefined ? "-" : headerField(eventName, MSGID_BYTES);
  const head = `<${priority}>1 ${/^\d/.test(stamp) ? stamp : "-"} ${form.hostname} ${form.appName} ${form.procId} ${id} `;
  const text = escapeControls(record.message.toWellFormed());
  const room = form.maxBytes - head.length;
  // A quarter is kept for the text, or all that it needs.
  const data = structuredData(record, form, room - Math.min(bytesIn(text) + 4, Math.ceil(room / 4)));
  // From a pool, where an encoder would allocate each time.
  return Buffer.from(head + data + messageText(text, form.bom, room - bytesIn(data)));
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
  const { spanContext, logger } = record;
  const { attrs, dropped } = plainAttrs(record, form.limits);
  const params = new Params(form.sdId, room);
  // These come first, so that they are never what is cut.
  if (spanContext !== undefined) {
    params.add("trace_id", spanContext.traceId);
    params.add("span_id", spanContext.spanId);
    params.add("trace_flags", flagsText(spanContext));
  }
  if (logger !== undefined) params.add("logger", logger);
  params.addAll(attrs, "");
  if (dropped > 0) params.add("dropped_attributes_count", dropped);
  return params.element();
}

const STAMPS: ReadonlySet<string> = new Set(["trace_id", "span_id", "trace_flags", "logger", "dropped_attributes_count", "cut"]);
/** What stands in a param as it is: a byte each. */
const PLAIN_VALUE = /^[ !#-[^-~]*$/;
const PLAIN_NAME = /^[!#-<>-\\^-~]{1,32}$/;

/** Is an element of structured data: params that fit into its room, and the number of those that did not. */
class Params {
  #text: string;
  #left: number;
  #added = 0;
  #cut = 0;

  constructor(sdId: string, room: number) {
    this.#text = `[${sdId}`;
    this.#left = room - bytesIn(this.#text) - CUT_BYTES;
  }

  add(name: string, value: Plain): void {
    this.#added++;
    const text = textOf(value);
    const isPlain = PLAIN_VALUE.test(text);
    const shown = isPlain ? text : escapeControls(text.toWellFormed()).replaceAll(/["\\\]]/g, "\\$&");
    const param = ` ${paramName(name)}="${shown}"`;
    this.#left -= isPlain ? param.length : bytesIn(param);
    if (this.#left < 0) this.#cut++;
    else this.#text += param;
  }

  /** Adds the members of groups under dotted names; at the root a name of the record's own is moved: `attr.trace_id`. */
  addAll(attrs: PlainMap, prefix: string): void {
    for (const [key, value] of attrs) {
      const name = prefix === "" && STAMPS.has(key) ? `attr.${key}` : prefix + key;
      if (isPlainMap(value) && value.size > 0) this.addAll(value, `${name}.`);
      else this.add(name, value);
    }
  }

  element(): string {
    if (this.#added === 0) return "-";
    return this.#cut === 0 ? `${this.#text}]` : `${this.#text} cut="${this.#cut}"]`;
  }
}

/** At most 32 characters of printable ASCII without `=`, space, `]` and `"`. */
function paramName(name: string): string {
  return PLAIN_NAME.test(name) ? name : name.replaceAll(/[^!-~]|[="\]]/g, "_").slice(0, 32) || "_";
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
