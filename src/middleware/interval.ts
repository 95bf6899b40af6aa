import { attempt } from "../handler/fanout.ts";
import { inContextOfNow } from "../context/async-context.ts";
import { ROOT } from "../context/otel-api.ts";
import { report } from "../report/report.ts";
import { atExit, isExiting } from "../write/exit.ts";
import { wants } from "./children.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";

/**
 * Runs what ends an interval: it begins with the first record that counts and ends by a timer that does not keep the process alive,
 * or earlier at a flush. While nothing counts there is no timer.
 *
 * A timer may not come: workerd refuses one outside of a request and drops a request's with the request. So who counts asks with each
 * record's time, too, and the first record behind the end ends it. The end of the process is one of an interval as well.
 */
export class Interval {
  readonly #ms: number;
  readonly #end: () => void;
  /** Has the end of the process end the interval, too; what it gives takes that back. */
  readonly #watchExit: () => (() => void) | undefined;
  readonly #atSetUp = inContextOfNow();
  #forget: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds since the epoch. */
  #endsAt = Infinity;
  #isDown = false;

  private constructor(ms: number, end: () => void, watchExit: (interval: Interval) => (() => void) | undefined) {
    this.#ms = ms;
    this.#end = end;
    this.#watchExit = () => watchExit(this);
  }

  /** Tells whether what counts from now on would never be said: it was shut down, or the process is in its exit event. */
  get isOver(): boolean {
    return this.#isDown || isExiting();
  }

  /** Makes one at whose end something is said: the end of the process ends it as well, so that it is not lost. */
  static saying(ms: number, end: () => void): Interval {
    const watchExit = (interval: Interval): (() => void) => {
      const work = (): void => interval.end();
      return atExit({ pending: () => true, flush: async () => work(), flushSync: work });
    };
    return new Interval(ms, end, watchExit);
  }

  /** Makes one at whose end things are put in order here, which the end of the process does not need. */
  static silent(ms: number, end: () => void): Interval {
    return new Interval(ms, end, () => undefined);
  }

  /** Begins an interval, unless one is under way; with the time of the record that counts, where there is one. */
  begin(time = 0): void {
    // A record's time may be long past, and its clock another one: neither makes the interval shorter.
    const begun = Math.max(time, Date.now());
    this.reach(begun);
    if (this.#endsAt !== Infinity || this.#isDown) return;
    this.#endsAt = begun + this.#ms;
    // A first listener to a signal keeps its async context alive as a timer does.
    this.#atSetUp(() => {
      this.#forget = this.#watchExit();
      this.#setTimer();
    });
  }

  #setTimer(): void {
    try {
      this.#timer = setTimeout(() => this.end(), this.#ms);
      // In a browser a timer is a number and keeps nothing alive.
      (this.#timer as { unref?: () => void }).unref?.();
    } catch {
      // Outside of a request in workerd: a later record ends it.
    }
  }

  /** Ends an interval that is over at this time; a record without a time leaves that to the timer. */
  reach(time: number | undefined): void {
    if (time !== undefined && time >= this.#endsAt) this.end();
  }

  /** Ends the interval now. What goes wrong is reported: it may be a timer that asks. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endsAt = Infinity;
    this.#forget?.();
    try {
      this.#end();
    } catch (error) {
      report("middleware", error);
    }
  }

  /** Ends it for the last time: no later one begins. */
  shutdown(): void {
    this.#isDown = true;
    this.end();
  }
}

/** Hands a record of the middleware's own to the next handler, where it wants it; what goes wrong is contained, as in a logger. */
export function emit(next: Handler, record: LogRecord): void {
  if (wants(next, record.level, ROOT)) attempt(next, record, ROOT);
}

/** Gives the ends of a handler whose interval says something at its end: that comes first, and reaches the next handler before its own end. */
export function endsOf(interval: Interval, next: Handler): Pick<Required<Handler>, "flush" | "shutdown"> {
  return {
    async flush() {
      interval.end();
      await next.flush?.();
    },
    async shutdown() {
      interval.shutdown();
      await next.shutdown?.();
    },
  };
}
