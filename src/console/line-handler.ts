import { FATAL, parseLevel } from "../level/level.ts";
import { report } from "../report/report.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { stdout } from "../write/standard.ts";
import { thresholdOf, writerOf } from "./line-options.ts";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { LineWriter } from "../write/line-writer.ts";
import type { LineOptions } from "./line-options.ts";

/** Puts a record's line into a writer. */
type Put = (record: LogRecord, atOnce: boolean) => void;

/** Writes each record as lines of text. */
export class LineHandler implements Handler {
  readonly threshold: LevelVar;
  readonly #writer: LineWriter;
  readonly #put: Put;
  readonly #flushLevel: Level;
  #down = false;

  /** @param makePut makes what formats and writes, for the writer that the options name. */
  constructor(options: LineOptions, makePut: (writer: LineWriter) => Put) {
    this.threshold = thresholdOf(options.level);
    this.#flushLevel = parseLevel(options.flushLevel ?? FATAL, "flushLevel");
    this.#writer = writerOf(options.writer, stdout);
    this.#put = makePut(this.#writer);
  }

  enabled(level: Level): boolean {
    return level >= this.threshold.level;
  }

  handle(record: LogRecord): void {
    if (this.#down) report("console", "a record came after shutdown: dropped");
    else this.#put(record, record.level >= this.#flushLevel);
  }

  async flush(): Promise<void> {
    await this.#writer.flush?.();
  }

  async shutdown(): Promise<void> {
    this.#down = true;
    await this.flush();
  }
}

/** Makes the way of a format that gives strings. */
export function putText(format: (record: LogRecord) => string): (writer: LineWriter) => Put {
  return (writer) => (record, atOnce) => {
    writer.write(format(record));
    if (atOnce && writer instanceof FdWriter) writer.commit(true);
  };
}
