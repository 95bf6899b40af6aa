import { Backoff } from "./retry.ts";
import type { Clock, Timer } from "./clock.ts";

interface PauseOptions {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Runs when a pause is over. */
  readonly over: () => void;
}

/** Is the time between a failure and the next try: longer from try to try, or as long as the receiver asks for. */
export class Pause {
  readonly #options: PauseOptions;
  readonly #backoff: Backoff;
  #timer: Timer | undefined;
  /** When it is over; its timer may be lost, where timers end with a request. */
  #untilMs = 0;
  /** The receiver itself asked for it. */
  #asked = false;

  constructor(options: PauseOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.firstRetryMs, options.longestRetryMs, options.random);
  }

  /** Tells whether nothing is to be sent now. */
  get on(): boolean {
    return this.leftMs > 0;
  }

  /** How long it lasts yet. */
  get leftMs(): number {
    return this.#timer === undefined ? 0 : Math.max(this.#untilMs - this.#options.clock.now(), 0);
  }

  /** How often in a row it failed. */
  get tries(): number {
    return this.#backoff.tries;
  }

  /** Begins after a failure. One that is on stays, unless the receiver asks for another. */
  begin(askedMs: number | undefined): void {
    if (this.on && askedMs === undefined) return;
    const { clock, over } = this.#options;
    const ms = Math.max(this.#backoff.nextMs(), askedMs ?? 0);
    const asked = this.#asked || askedMs !== undefined;
    this.stop();
    this.#asked = asked;
    this.#untilMs = clock.now() + ms;
    this.#timer = clock.setTimeout(() => {
      this.stop();
      over();
    }, ms);
    this.#timer.unref?.();
  }

  /** Ends it at once, unless the receiver asked for it, and makes the next one short: somebody waits. */
  hurry(): void {
    if (this.#asked && this.on) return;
    this.#backoff.reset();
    this.stop();
  }

  /** Makes the next one short: the receiver is there. */
  reset(): void {
    this.#backoff.reset();
  }

  /** Ends it. */
  stop(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asked = false;
  }
}
