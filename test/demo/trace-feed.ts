import type { Telemetry } from "./telemetry.ts";

/** How long nothing may arrive for a trace until it counts as complete; several times what a service holds a batch back. */
const QUIET_MS = 700;

/** Shows each trace once it is complete, and before those that are linked to it. */
export class TraceFeed {
  readonly #telemetry: Telemetry;
  readonly #show: (traceId: string) => void;
  /** Holds the traces that were not shown since something arrived for them, in the order of arrival. */
  readonly #waiting = new Map<string, NodeJS.Timeout | undefined>();
  #isLive = false;

  constructor(telemetry: Telemetry, show: (traceId: string) => void) {
    this.#telemetry = telemetry;
    this.#show = show;
    telemetry.onArrival = (traceIds) => traceIds.forEach((traceId) => this.#arrived(traceId));
  }

  /** From now on shows traces by itself. */
  goLive(): void {
    this.#isLive = true;
  }

  /** Shows all that was not shown yet, and nothing by itself any more. */
  showAll(): void {
    this.#isLive = false;
    for (const traceId of this.#waiting.keys()) this.#complete(traceId);
    // What is left are links in a circle.
    for (const traceId of this.#waiting.keys()) this.#showNow(traceId);
  }

  #arrived(traceId: string): void {
    clearTimeout(this.#waiting.get(traceId));
    this.#waiting.set(traceId, this.#isLive ? setTimeout(() => this.#complete(traceId), QUIET_MS) : undefined);
  }

  #complete(traceId: string): void {
    const links = this.#telemetry.spans.filter((span) => span.traceId === traceId).flatMap((span) => span.links);
    // It comes with the trace that it is linked to.
    if (links.some((link) => this.#waiting.has(link.traceId))) return;
    this.#showNow(traceId);
    for (const linked of this.#telemetry.linkedTo(traceId)) if (this.#waiting.has(linked)) this.#complete(linked);
  }

  #showNow(traceId: string): void {
    clearTimeout(this.#waiting.get(traceId));
    this.#waiting.delete(traceId);
    this.#show(traceId);
  }
}
