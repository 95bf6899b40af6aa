import { levelName } from "../level/level.ts";
import { isBoundDue, LineSites } from "./line-sites.ts";
import { NO_PART } from "./shaped-line.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { LineFrame } from "./line-frame.ts";
import type { LineName } from "./line-names.ts";
import type { LinePart, ShapedLine } from "./shaped-line.ts";

/**
 * Begins lines: puts the record's own fields, ids apart, and what is bound. Of a call site that logs often they are ready as bytes, and its time is
 * brought up to date (three attributes 1.15 to 0.96 of the plain line, an event 1.45 to 1.16).
 */
export class LineHeads {
  readonly #line: ShapedLine;
  readonly #level: LineName;
  readonly #logger: LineName;
  readonly #msg: LineName;
  readonly #eventName: LineName;
  readonly #sites: LineSites = new LineSites();

  constructor(line: ShapedLine) {
    this.#line = line;
    this.#level = line.names.of("level");
    this.#logger = line.names.of("logger");
    this.#msg = line.names.of("msg");
    this.#eventName = line.names.of("event_name");
  }

  /** Begins the line of a record. */
  start(record: LogRecord, bound: LinePart): void {
    const line = this.#line;
    const { time } = record;
    const site = time === undefined ? undefined : this.#sites.of(record);
    if (site === undefined || time === undefined) return this.#startNew(record, bound);
    if (site.whole.bound === bound.id && line.startAt(site.whole, time)) return;
    if (!line.startAt(site.head, time)) return this.#put(record, bound);
    line.putPart(bound);
    if (!isBoundDue(site, bound.id)) return;
    site.whole = this.#frame(record, time, bound) ?? site.head;
    this.#put(record, bound);
  }

  #startNew(record: LogRecord, bound: LinePart): void {
    const { time } = record;
    if (time !== undefined && this.#sites.isDue(record)) {
      const head = this.#frame(record, time, NO_PART);
      if (head !== undefined) this.#sites.add(record, head);
    }
    this.#put(record, bound);
  }

  #frame(record: LogRecord, time: number, bound: LinePart): LineFrame | undefined {
    this.#put(record, bound);
    return this.#line.takeFrame(time, bound);
  }

  #put({ time, level, logger, message, eventName }: LogRecord, bound: LinePart): void {
    const line = this.#line;
    line.start();
    if (time !== undefined) line.putTime(time);
    line.put(this.#level, levelName(level));
    if (logger !== undefined) line.put(this.#logger, logger);
    line.put(this.#msg, message);
    if (eventName !== undefined && eventName !== "") line.put(this.#eventName, eventName);
    if (bound !== NO_PART) line.putPart(bound);
  }
}
