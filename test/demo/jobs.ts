import { setImmediate } from "node:timers/promises";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { preciseNow } from "./precise-now.ts";

/**
 * Runs work after the request that asked for it was answered. A job is a trace of its own, since it may outlive the request; a link
 * leads back to the request's span, and the request's baggage stays with it.
 */
export class Jobs {
  readonly #running = new Set<Promise<void>>();

  add(name: string, work: () => void): void {
    const asked = context.active();
    const running = this.#run(name, work, asked).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when no job is left. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #run(name: string, work: () => void, asked: ReturnType<typeof context.active>): Promise<void> {
    await setImmediate();
    const request = trace.getSpanContext(asked);
    const links = request === undefined ? [] : [{ context: request, attributes: { "messaging.operation.type": "process" } }];
    const options = { kind: SpanKind.CONSUMER, root: true, links, startTime: preciseNow() };
    trace.getTracer("jobs").startActiveSpan(`job ${name}`, options, asked, (span) => {
      try {
        work();
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      } finally {
        span.end(preciseNow());
      }
    });
  }
}
