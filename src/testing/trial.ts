import { TRACE } from "../level/level.ts";
import { Logger } from "../logger/logger.ts";
import { ABSENT, loosen, Mismatch, same, textBelow, valueAt } from "./compare.ts";
import type { Handler } from "../handler/handler.ts";
import type { Loose } from "./compare.ts";
import type { Feature, ParsedRecord } from "./parsed-record.ts";

/** Is a handler to be tested and the way to read back what it put out. */
export interface Subject {
  /** It takes every level. */
  readonly handler: Handler;
  /** Reads all records that came out so far, in their order. The kit calls `handler.flush()` first, where there is one. */
  records(): readonly ParsedRecord[] | Promise<readonly ParsedRecord[]>;
  /** Frees what the handler holds, after each case. */
  dispose?(): void | Promise<void>;
}

/** The time that all records of the kit bear: a millisecond count whose last three digits differ. */
export const NOW: number = Date.UTC(2026, 10, 22, 4, 5, 6, 789);

/** The message that the kit's records have, unless the message is what a case is about. */
export const MESSAGE = "msg";

/** Is one case's run over one handler: it logs, then looks at what came out. */
export class Trial {
  readonly handler: Handler;
  /** Logs every level to the handler, at {@link NOW}. */
  readonly logger: Logger;
  readonly #subject: Subject;
  readonly #loose: Loose;
  #ended = false;

  constructor(subject: Subject, lacks: readonly Feature[]) {
    this.#subject = subject;
    this.#loose = { dotted: lacks.includes("nesting"), text: lacks.includes("types") };
    this.handler = subject.handler;
    this.logger = this.over(subject.handler);
  }

  /** Makes a logger like {@link Trial.logger} over another handler, such as one around the handler under test. */
  over(handler: Handler): Logger {
    return new Logger(handler, { level: TRACE, clock: () => NOW });
  }

  async records(): Promise<readonly ParsedRecord[]> {
    if (!this.#ended) await this.handler.flush?.();
    return this.#subject.records();
  }

  /** Gives the one record that came out. @throws Mismatch when it is none or more than one. */
  async only(): Promise<ParsedRecord> {
    const records = await this.records();
    const [record] = records;
    if (record === undefined || records.length > 1) throw new Mismatch("number of records", records.length, 1);
    return record;
  }

  /** Gives the records that came out, which must be so many. */
  async exactly(count: number): Promise<readonly ParsedRecord[]> {
    const records = await this.records();
    same("number of records", records.length, count);
    return records;
  }

  async shutdown(): Promise<void> {
    this.#ended = true;
    await this.handler.shutdown?.();
  }

  async dispose(): Promise<void> {
    await this.#subject.dispose?.();
  }

  /** All attributes of a record are these, and there are no others. */
  attrs(record: ParsedRecord, want: { readonly [key: string]: unknown }): void {
    same("attributes", loosen(record.attrs, this.#loose), loosen(want, this.#loose));
  }

  /** The attribute at a path is this one. */
  has(record: ParsedRecord, path: readonly string[], want: unknown): void {
    same(`attribute ${path.join(" > ")}`, loosen(this.at(record, path), this.#loose), loosen(want, this.#loose));
  }

  /** There is an attribute at a path, in whatever form, and its text has all these parts. */
  says(record: ParsedRecord, path: readonly string[], parts: readonly string[]): void {
    const value = this.at(record, path);
    if (value === ABSENT) throw new Mismatch(`attribute ${path.join(" > ")}`, record.attrs, "it to be there");
    const text = textBelow(value);
    for (const part of parts) {
      if (!text.includes(part)) throw new Mismatch(`attribute ${path.join(" > ")}`, text, `it to say ${part}`);
    }
  }

  /** There is no attribute at a path. */
  lacks(record: ParsedRecord, path: readonly string[]): void {
    same(`attribute ${path.join(" > ")}`, String(this.at(record, path)), String(ABSENT));
  }

  at(record: ParsedRecord, path: readonly string[]): unknown {
    return valueAt(record.attrs, path, this.#loose);
  }
}
