import { UndeliveredError } from "./undelivered-error.ts";
import type { Clock } from "./clock.ts";

interface DrainOptions {
  readonly clock: Clock;
  /** How long it may take in all. */
  readonly timeoutMs: number;
  /** How long it waits while nothing is settled. */
  readonly idleMs: number;
  /** Gives how many records are delivered or given up. */
  readonly settled: () => number;
  readonly flush: (timeoutMs: number) => Promise<void>;
}

/** Flushes for as long as that gets on, and gives what is not delivered then. */
export async function drain({ clock, timeoutMs, idleMs, settled, flush }: DrainOptions): Promise<UndeliveredError | undefined> {
  const deadline = clock.now() + timeoutMs;
  for (let dropped = 0; ;) {
    const before = settled();
    try {
      await flush(Math.min(idleMs, Math.max(deadline - clock.now(), 0)));
      return dropped === 0 ? undefined : new UndeliveredError(dropped, 0, "");
    } catch (error) {
      if (!(error instanceof UndeliveredError)) throw error;
      dropped += error.dropped;
      const isOver = error.queued === 0 || settled() === before || clock.now() >= deadline;
      if (isOver) return new UndeliveredError(dropped, error.queued, error.problem);
    }
  }
}
