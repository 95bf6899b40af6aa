import type { Level } from "../level/level.ts";

/**
 * Is what a handler's output says about one record, read back by whoever tests the handler: from a line, from the bytes of a
 * request, from a table. What the output does not say is absent.
 */
export interface ParsedRecord {
  /** Milliseconds since the epoch. */
  readonly time?: number | undefined;
  /** As a number from 1 to 24; `parseLevel` reads a name. */
  readonly level: Level;
  /** The message, empty where there is none. */
  readonly message: string;
  /** All attributes from the root: bound ones, the call's and baggage, without what stands in the other fields. */
  readonly attrs: { readonly [key: string]: unknown };
  /** The event's name, where the record stands for one. */
  readonly eventName?: string | undefined;
  /** The logger's name, where it has one. */
  readonly logger?: string | undefined;
  /** 32 hexadecimal digits. */
  readonly traceId?: string | undefined;
  /** 16 hexadecimal digits. */
  readonly spanId?: string | undefined;
  /** As a number: `01` in a line is 1. */
  readonly traceFlags?: number | undefined;
}

/**
 * Names what an output may be unable to say; cases that need it are skipped, or compared more loosely:
 *
 * - `nesting`: a member of a group shows under a dotted key, `g.a`, not in an object.
 * - `types`: all values come back as text, `3` like `"3"`.
 * - `order`: attributes come back in any order.
 * - `time`, `event name`, `logger`, `trace`, `baggage`: the output has no place for it.
 */
export type Feature = "nesting" | "types" | "order" | "time" | "event name" | "logger" | "trace" | "baggage";

export const FEATURES: readonly Feature[] = ["nesting", "types", "order", "time", "event name", "logger", "trace", "baggage"];
