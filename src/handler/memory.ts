import { levelName, parseLevel, TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { recordAttrs } from "../record/record-attrs.ts";
import { expected, knownOptions } from "../value/option.ts";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { AttrValue } from "../record/record-attrs.ts";
import type { Handler } from "./handler.ts";

/** Is a record as a {@link MemoryHandler} keeps it: a copy of plain values. */
export interface MemoryRecord {
  /** Milliseconds since the epoch; undefined where the record has none. */
  readonly time: number | undefined;
  readonly level: Level;
  /** The level as lines show it: `INFO`. */
  readonly levelName: string;
  readonly message: string;
  /** The event that the record stands for; undefined in an ordinary one. */
  readonly eventName: string | undefined;
  /** The logger's name; undefined without one. */
  readonly logger: string | undefined;
  /** All attributes from the root: bound ones, the call's and baggage. */
  readonly attrs: { readonly [key: string]: AttrValue };
  /** 32 hexadecimal digits; undefined, with the other two, where the record belongs to no span. */
  readonly traceId: string | undefined;
  /** 16 hexadecimal digits. */
  readonly spanId: string | undefined;
  /** The W3C flags: 1 is sampled. */
  readonly traceFlags: number | undefined;
}

/** Keeps records in memory, for tests and for looking back. */
export interface MemoryHandler extends Handler {
  /** The records that are kept, oldest first. */
  readonly records: readonly MemoryRecord[];
  /** Forgets all records. */
  clear(): void;
}

/** Configures {@link memoryHandler}. */
export interface MemoryOptions {
  /** The lowest level to take. Default: all. */
  readonly level?: LevelInput | LevelVar;
  /** How many records are kept; the oldest goes. Default 10,000. */
  readonly maxRecords?: number;
}

/**
 * Makes a handler that keeps records in memory.
 *
 * @throws RangeError when an option is out of its bounds.
 */
export function memoryHandler(options: MemoryOptions = {}): MemoryHandler {
  knownOptions("memoryHandler", options, ["level", "maxRecords"]);
  const { level = TRACE, maxRecords = 10_000 } = options;
  if (!Number.isInteger(maxRecords) || maxRecords < 1) {
    throw new RangeError(expected("maxRecords", "a whole number from 1 up", maxRecords));
  }
  const threshold = level instanceof LevelVar ? level : new LevelVar(parseLevel(level));
  const records: MemoryRecord[] = [];
  return {
    records,
    threshold,
    enabled: (asked) => asked >= threshold.level,
    handle(record) {
      records.push(keep(record));
      if (records.length > maxRecords) records.shift();
    },
    clear: () => void records.splice(0),
  };
}

function keep(record: LogRecord): MemoryRecord {
  const { time, level, message, eventName, logger, spanContext } = record;
  return {
    time,
    level,
    levelName: levelName(level),
    message,
    eventName,
    logger,
    attrs: recordAttrs(record),
    traceId: spanContext?.traceId,
    spanId: spanContext?.spanId,
    traceFlags: spanContext?.traceFlags,
  };
}
