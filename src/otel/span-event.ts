import { levelName } from "../level/level.ts";
import type { EventAttributes } from "./event-attributes.ts";
import type { SpanRecord } from "./span-record.ts";

/** Is what a span is given. */
export interface SpanEvent {
  readonly name: string;
  readonly attributes: EventAttributes;
}

/** Makes a record's event; undefined where it becomes none. */
export type ToSpanEvent = (record: SpanRecord) => SpanEvent | undefined;

/**
 * Makes an event of a record that has an event name, and of no other.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/sdk/#event-to-span-event-bridge
 */
export function bridged({ eventName, attrs }: SpanRecord): SpanEvent | undefined {
  return eventName === undefined || eventName === "" ? undefined : { name: eventName, attributes: attrs };
}

const OWN = ["log.severity", "log.message"] as const;

function free(key: string, taken: EventAttributes): string {
  return Object.hasOwn(taken, key) ? free(`attr.${key}`, taken) : key;
}

/** Makes an event of every record: its name where it has one, or the given one; severity and message become attributes. */
export function mirrored(name: string): ToSpanEvent {
  return ({ eventName, level, message, attrs }) => {
    // First, because a span cuts attributes at a limit of its own. What a user calls so keeps its value under another name.
    const attributes: EventAttributes = { "log.severity": levelName(level), "log.message": message };
    for (const [key, value] of Object.entries(attrs)) if (!Object.hasOwn(attributes, key)) attributes[key] = value;
    for (const key of OWN) if (Object.hasOwn(attrs, key)) attributes[free(key, attrs)] = attrs[key] ?? "";
    return { name: eventName === undefined || eventName === "" ? name : eventName, attributes };
  };
}
