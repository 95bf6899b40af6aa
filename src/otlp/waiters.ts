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

  /** Resolves when the records before `target` are settled, when the time is over, or when all are woken. The process is kept alive for it. */
  async wait(target: number, timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { target, wake: resolve };
    const timer = this.#clock.setTimeout(resolve, timeoutMs);
    this.#waiting.add(waiter);
    await promise;
    this.#waiting.delete(waiter);
    this.#clock.clearTimeout(timer);
  }

  /** Wakes all, to look for themselves. */
  wakeAll(): void {
    for (const { wake } of this.#waiting) wake();
  }

  /** Wakes those whose records are all before the oldest that is not settled. */
  settle(oldest: number): void {
    for (const { target, wake } of this.#waiting) if (target <= oldest) wake();
  }
}
