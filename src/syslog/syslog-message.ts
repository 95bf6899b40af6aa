import { escapeControls } from "../format/control-chars.ts";
import { flagsText, isoTime } from "../record/line-fields.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { eachParam, paramOf } from "./param.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";

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
const MARK_BYTES = 3;
/** A message that is so much smaller than the most is never cut: its text may take what it needs, and the number of what was cut has room. */
export const SPARE_BYTES: number = CUT_BYTES + MARK_BYTES;
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
 * than `maxBytes` loses its last attributes first (their number stands as `cut`), then the end of its text. This is the definition: `MessageEncoder`
 * gets there sooner.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
export function syslogMessage(record: LogRecord, form: SyslogForm): Uint8Array {
  const { time, level, eventName } = record;
  // The standard has years of four digits alone; others begin with a sign, and no time at all with a letter.
  const stamp = time === undefined ? "-" : isoTime(time);
  const head = messageHead(level, /^\d/.test(stamp) ? stamp : "-", eventName, form);
  const text = shownText(record.message);
  const room = form.maxBytes - head.length;
  // A quarter is kept for the text, or all that it needs.
  const data = structuredData(record, form, room - Math.min(bytesIn(text) + 4, Math.ceil(room / 4)));
  // From a pool, where an encoder would allocate each time.
  return Buffer.from(head + data + messageText(text, form.bom, room - bytesIn(data)));
}

/** Writes the header, up to where structured data begins. */
export function messageHead(level: Level, stamp: string, eventName: string | undefined, form: SyslogForm): string {
  const { facility, severity, hostname, appName, procId } = form;
  const id = eventName === undefined ? "-" : headerField(eventName, MSGID_BYTES);
  return `<${facility * 8 + severity(level)}>1 ${stamp} ${hostname} ${appName} ${procId} ${id} `;
}

/** Makes a field of the header: printable ASCII without spaces, `-` for none. */
export function headerField(text: string, most: number): string {
  return text.replaceAll(/[^!-~]/g, "_").slice(0, most) || "-";
}

/** Makes of a record's message the text that is shown. */
export function shownText(message: string): string {
  return escapeControls(message.toWellFormed());
}

/** Gives what stands before a text. Without the mark, text is of an unknown encoding to the standard; ASCII reads the same in all. */
export function beforeText(text: string, bom: boolean): string {
  return bom && /[^ -~]/.test(text) ? ` ${BOM}` : " ";
}

function messageText(text: string, bom: boolean, room: number): string {
  if (text === "") return "";
  const start = beforeText(text, bom);
  return start + cutToBytes(text, Math.max(room - bytesIn(start), 0));
}

function structuredData(record: LogRecord, form: SyslogForm, room: number): string {
  const { spanContext, logger } = record;
  const { attrs, dropped } = plainAttrs(record, form.limits);
  const element = new Element(form.sdId, room);
  const put = (param: string): void => element.add(param);
  // These come first, so that they are never what is cut.
  if (spanContext !== undefined) for (const param of spanParams(spanContext)) put(param);
  if (logger !== undefined) put(paramOf("logger", logger));
  eachParam(attrs, "", put);
  if (dropped > 0) put(paramOf("dropped_attributes_count", dropped));
  return element.text();
}

/** Gives the params of a span. */
export function spanParams(spanContext: SpanContext): readonly string[] {
  const { traceId, spanId } = spanContext;
  return [paramOf("trace_id", traceId), paramOf("span_id", spanId), paramOf("trace_flags", flagsText(spanContext))];
}

/** Is an element of structured data: params that fit into its room, and the number of those that did not. */
class Element {
  #text: string;
  #left: number;
  #added = 0;
  #cut = 0;

  constructor(sdId: string, room: number) {
    this.#text = `[${sdId}`;
    this.#left = room - this.#text.length - CUT_BYTES;
  }

  add(param: string): void {
    this.#added++;
    // It has as many bytes as characters at least.
    this.#left -= param.length > this.#left ? param.length : bytesIn(param);
    if (this.#left < 0) this.#cut++;
    else this.#text += param;
  }

  text(): string {
    if (this.#added === 0) return "-";
    return this.#cut === 0 ? `${this.#text}]` : `${this.#text} cut="${this.#cut}"]`;
  }
}

function bytesIn(text: string): number {
  return Buffer.byteLength(text);
}

/** Cuts text so that it fits, between two characters. */
function cutToBytes(text: string, most: number): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= most) return text;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
