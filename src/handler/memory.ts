import { levelName, parseLevel, TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { recordAttrs } from "../record/record-attrs.ts";
import { knownOptions } from "../value/option.ts";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { AttrValue } from "../record/record-attrs.ts";
import type { Handler } from "./handler.ts";

/** Is a record as a {@link MemoryHandler} keeps it: a copy of plain values. */
export interface MemoryRecord {
  readonly time: number | undefined;
  readonly level: Level;
  readonly levelName: string;
  readonly message: string;
  readonly eventName: string | undefined;
  readonly logger: string | undefined;
  /** All attributes from the root: bound ones, the call's and baggage. */
  readonly attrs: { readonly [key: string]: AttrValue };
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly traceFlags: number | undefined;
}

/** Keeps records in memory, for tests and for looking back. */
export interface MemoryHandler extends Handler {
  /** The records that are kept, oldest first. */
  readonly records: readonly MemoryRecord[];
  /** Forgets all records. */
  clear(): void;
}

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
    throw new RangeError(`maxRecords: expected a whole number from 1 up, got ${String(maxRecords)}`);
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
