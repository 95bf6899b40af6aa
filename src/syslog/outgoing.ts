import { report } from "../report/report.ts";

/** Holds messages from the log call until the link has passed them on: a queue that is bounded in bytes, and drops the newest. */
export class Outgoing {
  sent = 0;
  dropped = 0;
  bytes = 0;
  readonly #maxBytes: number;
  readonly #messages: Uint8Array[] = [];
  #waiting: { readonly until: number; readonly done: () => void }[] = [];
  /** What the last failure or loss was, for the flush that fails for it. */
  #lastProblem: unknown;
  /** Why nothing goes, said once, until something goes again. */
  #away: Error | undefined;
  #droppedBeforeFlush = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#messages.length;
  }

  /** Why messages wait. */
  get problem(): Error {
    return this.#away ?? new Error("the receiver is too slow");
  }

  /** @returns false when there was no room, and the message is dropped. */
  add(message: Uint8Array): boolean {
    if (this.bytes + message.length > this.#maxBytes) {
      this.drop(1, this.problem);
      return false;
    }
    this.#messages.push(message);
    this.bytes += message.length;
    return true;
  }

  /** Takes the oldest messages, up to so many bytes and at least one. */
  take(mostBytes: number): readonly Uint8Array[] {
    let size = 0;
    let count = 0;
    for (const { length } of this.#messages) {
      if (count > 0 && size + length > mostBytes) break;
      size += length;
      count++;
    }
    this.bytes -= size;
    return this.#messages.splice(0, count);
  }

  /** Puts back what was taken and not sent, in front. */
  giveBack(messages: readonly Uint8Array[]): void {
    this.#messages.unshift(...messages);
    for (const { length } of messages) this.bytes += length;
  }

  delivered(count: number): void {
    this.sent += count;
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

  drop(count: number, problem: Error): void {
    if (count === 0) return;
    this.dropped += count;
    this.#lastProblem = problem;
    report("syslog", `${count} messages dropped: ${problem.message}`, count);
    this.#settle();
  }

  /** Waits until all that was added before is sent or dropped, or the time is over. @throws Error when some of it is not sent. */
  async flush(underWay: number, timeoutMs: number): Promise<void> {
    const until = this.#settled + this.length + underWay;
    if (this.#settled < until) await this.#wait(until, timeoutMs);
    const lost = this.dropped - this.#droppedBeforeFlush;
    const left = Math.max(until - this.#settled, 0);
    this.#droppedBeforeFlush = this.dropped;
    if (lost + left > 0) throw new Error(`syslog: ${lost} messages were dropped, ${left} wait`, { cause: this.#lastProblem });
  }

  get #settled(): number {
    return this.sent + this.dropped;
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
