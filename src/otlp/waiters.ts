import type { Clock } from "./clock.ts";

interface Waiter {
  readonly target: number;
  readonly wake: () => void;
}

/** Holds those who wait until all records before a number are settled. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get any(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves when the records before `target` are settled, or when the time is over. The process is kept alive for it. */
  async wait(target: number, timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { target, wake: resolve };
    const timer = this.#clock.setTimeout(resolve, timeoutMs);
    this.#waiting.add(waiter);
    await promise;
    this.#waiting.delete(waiter);
    this.#clock.clearTimeout(timer);
  }

  /** Wakes those whose records are all before the oldest that is not settled. */
  settle(oldest: number): void {
    for (const { target, wake } of this.#waiting) if (target <= oldest) wake();
  }
}
