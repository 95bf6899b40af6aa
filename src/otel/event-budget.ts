import type { Span } from "@opentelemetry/api";

interface Used {
  ordinary: number;
  urgent: number;
  dropped: number;
}

/**
 * Counts the events that a span was given, so that a talkative request does not push its own exception out: an SDK's span keeps 128
 * events and discards the oldest. A quarter is kept for urgent events, which also use what the others left.
 */
export class EventBudget {
  readonly #most: number;
  readonly #mostOrdinary: number;
  readonly #used = new WeakMap<Span, Used>();

  constructor(most: number) {
    this.#most = most;
    this.#mostOrdinary = most - Math.ceil(most / 4);
  }

  /** Takes one event of a span's budget; where it is used up, gives how many were dropped so far, else 0. */
  take(span: Span, isUrgent: boolean): number {
    let used = this.#used.get(span);
    if (used === undefined) this.#used.set(span, (used = { ordinary: 0, urgent: 0, dropped: 0 }));
    const isFull = used.ordinary + used.urgent >= this.#most || (!isUrgent && used.ordinary >= this.#mostOrdinary);
    if (isFull) return ++used.dropped;
    if (isUrgent) used.urgent++;
    else used.ordinary++;
    return 0;
  }
}
