import { levelName } from "../level/level.ts";
import { flagsText } from "../record/line-fields.ts";
import { RESERVED } from "../record/reserved.ts";
import { formatJson } from "./json.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { PlainMap } from "../value/plain.ts";

/**
 * Is how lines of JSON name and order what is the record's own, for the encoder of bytes: the time, some members, the message, some
 * members, the attributes, the span. Texts are asked for once and kept, so they say the same for the same arguments.
 */
export interface JsonLayout {
  /** The key of the time, which is the first member. */
  readonly time: string;
  /** Gives what stands between the time and the message: `,"level":"INFO","msg":`, and the logger's name if it stands there. */
  before(level: Level, logger: string | undefined): string;
  /** Gives the members between the message and the attributes, a comma before each. An empty event name is none. */
  behind(logger: string | undefined, eventName: string | undefined): string;
  /** Gives the members behind all others, a comma before each. */
  ids(span: SpanContext): string;
  /** The keys of attributes at the root that do not stay as they are, whatever their value is but for {@link JsonLayout.stays}. */
  readonly reserved: ReadonlySet<string>;
  /** Tells a value that stays under its reserved key and is written as it stands: a text, a literal without `toJSON` or `logValue`, a list. */
  readonly stays?: ((key: string, value: unknown) => boolean) | undefined;
  /** Whether an Error among the attributes is more than a member of its own: its record then goes by {@link JsonLayout.format}. */
  readonly errorsApart: boolean;
  /** Gives what is bound as it stands in each line; undefined when that depends on the rest of the record. */
  bound(attrs: PlainMap): PlainMap | undefined;
  /** Gives the line of any record: the definition. The encoder gets there sooner, and comes here with what is not plain. */
  format(record: LogRecord, limits: Limits): string;
}

/** Is the layout that {@link formatJson} defines. */
export const JSON_LAYOUT: JsonLayout = {
  time: "time",
  before: (level, logger) => `,"level":"${levelName(level)}"${textMember("logger", logger)},"msg":`,
  behind: (_, eventName) => textMember("event_name", eventName === "" ? undefined : eventName),
  ids: (span) => `,"trace_id":"${span.traceId}","span_id":"${span.spanId}","trace_flags":"${flagsText(span)}"`,
  reserved: RESERVED,
  errorsApart: false,
  bound: (attrs) => attrs,
  format: formatJson,
};

/** Writes a member with its comma; nothing for undefined. */
function textMember(key: string, text: string | undefined): string {
  return text === undefined ? "" : `,"${key}":${JSON.stringify(text.toWellFormed())}`;
}
