import { report } from "../report/report.ts";

/** Is messages that stand one behind the other. */
interface Run {
  readonly page: Uint8Array;
  /** Where the first begins. */
  start: number;
  /** Where each ends. */
  ends: number[];
  /** Where the last ends. */
  end: number;
}

const NO_RUN: Run = { page: new Uint8Array(0), start: 0, ends: [], end: 0 };

/** Holds messages from the log call until the link has passed them on: a queue that is bounded in bytes, and drops the newest. */
export class Outgoing {
  sent = 0;
  dropped = 0;
  bytes = 0;
  readonly #maxBytes: number;
  /** How many messages wait. */
  length = 0;
  readonly #runs: Run[] = [];
  /** Is the last run, where messages can be put behind. */
  #last = NO_RUN;
  #waiting: { readonly until: number; readonly done: () => void }[] = [];
  /** What the last failure or loss was, for the flush that fails for it. */
  #lastProblem: unknown;
  /** Why nothing goes, said once, until something goes again. */
  #away: Error | undefined;
  /** How many messages have left the queue: passed on or given up. What it never took is not waited for. */
  #settled = 0;
  /** How many were lost since the last flush. */
  #lost = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Why messages wait. */
  get problem(): Error {
    return this.#away ?? new Error("the receiver is too slow");
  }

  /** Keeps the message that stands there. @returns false when there was no room, and it is dropped. */
  add(page: Uint8Array, start: number, end: number): boolean {
    const bytes = this.bytes + end - start;
    if (bytes > this.#maxBytes) {
      this.#lose(1, this.problem);
      return false;
    }
    let run = this.#last;
    if (run.page !== page || run.end !== start) run = this.#begin(page, start);
    run.ends.push(end);
    run.end = end;
    this.length++;
    this.bytes = bytes;
    return true;
  }

  #begin(page: Uint8Array, start: number): Run {
    this.#last = { page, start, ends: [], end: start };
    this.#runs.push(this.#last);
    return this.#last;
  }

  /** Takes the oldest messages, up to so many bytes and at least one. */
  take(mostBytes: number): readonly Uint8Array[] {
    const messages: Uint8Array[] = [];
    let size = 0;
    let done = 0;
    for (const run of this.#runs) {
      const { page, ends } = run;
      const before = messages.length;
      for (const end of ends) {
        if (messages.length > 0 && size + end - run.start > mostBytes) break;
        messages.push(page.subarray(run.start, end));
        size += end - run.start;
        run.start = end;
      }
      run.ends = ends.slice(messages.length - before);
      if (run.ends.length > 0) break;
      done++;
    }
    this.#runs.splice(0, done);
    if (this.#runs.length === 0) this.#last = NO_RUN;
    this.length -= messages.length;
    this.bytes -= size;
    return messages;
  }

  /** Puts back what was taken and not sent, in front. */
  giveBack(messages: readonly Uint8Array[]): void {
    this.#runs.unshift(...messages.map((page) => ({ page, start: 0, ends: [page.length], end: page.length })));
    this.length += messages.length;
    for (const { length } of messages) this.bytes += length;
  }

  delivered(count: number): void {
    this.sent += count;
    this.#settled += count;
    if (count > 0) this.#away = undefined;
    this.#settle();
  }

  /** Notes why nothing goes, for the flush that fails for it, and says it: once, however often it is tried again. */
  failed(problem: unknown): void {
    const error = problem instanceof Error ? problem : new Error(String(problem));
    this.#lastProblem = error;
    const isSaid = this.#away !== undefined && String(this.#away) === String(error);
    this.#away = error;
    if (!isSaid) report("syslog", error, 0);
  }

  /** Gives up messages that were taken from the queue. */
  drop(count: number, problem: Error): void {
    if (count === 0) return;
    this.#settled += count;
    this.#lose(count, problem);
    this.#settle();
  }

  #lose(count: number, problem: Error): void {
    this.#lost += count;
    this.#lastProblem = problem;
    this.refuse(count, problem);
  }

  /** Counts and says messages that nobody waits for. */
  refuse(count: number, problem: Error): void {
    this.dropped += count;
    report("syslog", `${count} messages dropped: ${problem.message}`, count);
  }

  /** Waits until all that was added before is sent or dropped, or the time is over. @throws Error when some of it is not sent. */
  async flush(underWay: number, timeoutMs: number): Promise<void> {
    const until = this.#settled + this.length + underWay;
    if (this.#settled < until) await this.#wait(until, timeoutMs);
    const lost = this.#lost;
    const left = Math.max(until - this.#settled, 0);
    this.#lost = 0;
    if (lost + left > 0) throw new Error(`syslog: ${lost} messages were dropped, ${left} wait`, { cause: this.#lastProblem });
  }

  async #wait(until: number, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push({
        until,
        done() {
          clearTimeout(timer);
          resolve();
        },
      });
    });
  }

  #settle(): void {
    const settled = this.#settled;
    if (!this.#waiting.some(({ until }) => until <= settled)) return;
    const [ready, waiting] = [
      this.#waiting.filter(({ until }) => until <= settled),
      this.#waiting.filter(({ until }) => until > settled),
    ];
    this.#waiting = waiting;
    for (const { done } of ready) done();
  }
}
