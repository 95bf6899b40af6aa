import { isError } from "../value/classify.ts";
import { isPlainMap } from "../value/plain.ts";
import { resolve } from "../value/resolve.ts";
import type { HrTime } from "@opentelemetry/api";
import type { Attrs } from "../record/attrs.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Level } from "../level/level.ts";
import type { EventAttributes } from "./event-attributes.ts";

/** Holds what is known of a record without reading its attributes. */
interface SpanRecordFields {
  /** OpenTelemetry's severity number, 1 to 24. */
  readonly level: Level;
  /** The record's message, as text. */
  readonly message: string;
  /** The event that the record stands for; undefined in an ordinary one. */
  readonly eventName: string | undefined;
  readonly time: HrTime | undefined;
}

/** Reads the rest, once, when it is first asked for: most records become no event. */
interface SpanRecordReaders {
  attrs(): EventAttributes;
  error(): Error | undefined;
}

/** Is a record on its way onto its span, from a logger or from the SDK. */
export class SpanRecord implements SpanRecordFields {
  readonly level: Level;
  readonly message: string;
  readonly eventName: string | undefined;
  /** Undefined where the record says none; the span then takes its own. */
  readonly time: HrTime | undefined;
  readonly #read: SpanRecordReaders;
  #attrs: EventAttributes | undefined;
  /** Is set once it was looked for: where there is none, a record of many attributes is not searched again. */
  #error: { readonly found: Error | undefined } | undefined;

  constructor({ level, message, eventName, time }: SpanRecordFields, read: SpanRecordReaders) {
    this.level = level;
    this.message = message;
    this.eventName = eventName;
    this.time = time;
    this.#read = read;
  }

  /** All attributes, bound ones and baggage included, as a span event takes them: one level, joined by dots. */
  get attrs(): EventAttributes {
    return (this.#attrs ??= this.#read.attrs());
  }

  /** The Error that was logged, itself; undefined where there is none and in a record that came through the SDK. */
  get error(): Error | undefined {
    if (this.#error === undefined) this.#error = { found: this.#read.error() };
    return this.#error.found;
  }
}

/** Finds the Error among the attributes of a call, in whatever group, or else among what is bound, the newest first. */
export function errorOf(record: LogRecord): Error | undefined {
  const own = errorAmong(record.attrs);
  if (own !== undefined) return own;
  for (let step = record.binding; step !== undefined; step = step.parent) {
    const bound = errorAmong(step.attrs);
    if (bound !== undefined) return bound;
  }
  return undefined;
}

function errorAmong(attrs: Attrs | undefined): Error | undefined {
  if (attrs === undefined) return undefined;
  try {
    // Descriptors, because a getter is not run for this.
    return Object.values(Object.getOwnPropertyDescriptors(attrs))
      .map((each): unknown => each.value)
      .find(isError);
  } catch {
    // A proxy that throws: its attributes say so in the record.
    return undefined;
  }
}

/** Gives the message of the record's Error, or its own where there is none. */
export function failureMessage({ error, attrs, message }: SpanRecord): string {
  const known = attrs["exception.message"];
  if (typeof known === "string" && known !== "") return known;
  // Read as any value is: a getter of an Error may throw.
  const plain = error === undefined ? undefined : resolve(error);
  const own = isPlainMap(plain) ? plain.get("message") : undefined;
  return typeof own === "string" && own !== "" ? own : message;
}
