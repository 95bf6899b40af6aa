import { attempt } from "../handler/fanout.ts";
import { ROOT } from "../context/otel-api.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";

/**
 * Runs what ends an interval: it begins with the first record that counts and ends by a timer that does not keep the process alive,
 * or earlier at a flush. While nothing counts there is no timer.
 */
export class Interval {
  readonly #ms: number;
  readonly #end: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDown = false;

  constructor(ms: number, end: () => void) {
    this.#ms = ms;
    this.#end = end;
  }

  /** Begins an interval, unless one is under way. */
  begin(): void {
    if (this.#timer !== undefined || this.#isDown) return;
    this.#timer = setTimeout(() => this.end(), this.#ms);
    // In a browser a timer is a number and keeps nothing alive.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Ends the interval now. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#end();
  }

  /** Ends it for the last time: no later one begins. */
  shutdown(): void {
    this.#isDown = true;
    this.end();
  }
}

/** Hands a record of the middleware's own to the next handler, where it wants it; what goes wrong is contained, as in a logger. */
export function emit(next: Handler, record: LogRecord): void {
  if (next.enabled(record.level, ROOT)) attempt(next, record, ROOT);
}
