import { toHandler } from "./children.ts";
import { delegate } from "./delegate.ts";
import { ERROR, INFO, parseLevel } from "../level/level.ts";
import { HeldTraces } from "./held-traces.ts";
import { aFunction, expected, knownOptions, timerMs, wholeNumber } from "./option.ts";
import type { Middleware } from "../handler/handler.ts";
import type { LevelInput } from "../level/level.ts";

/** Configures {@link hold}. */
export interface HoldOptions {
  /** Records below this level are held; from it up they pass at once. Default: `info`. */
  readonly below?: LevelInput | undefined;
  /** A record from this level up lets through what is held of its trace. Default: `error`. */
  readonly until?: LevelInput | undefined;
  /** Bytes that are held in all, bound attributes and baggage included, estimated; the oldest trace's records go first. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Records that are held of one trace; its oldest goes first. Default 1000. */
  readonly maxRecords?: number | undefined;
  /** Traces that are known, held or let through; the oldest goes first. Default 1000. */
  readonly maxTraces?: number | undefined;
  /** Milliseconds for which a record is held, and after which a trace that let its records through begins anew; give or take a quarter. Default 60,000. */
  readonly maxAgeMs?: number | undefined;
  /** Gives milliseconds, for ages. Default: `performance.now`, which does not go back when the time of day is set. */
  readonly clock?: (() => number) | undefined;
}

/** Is a middleware that also listens to the ends of spans. */
export interface HoldMiddleware extends Middleware {
  /**
   * Is a span processor for OpenTelemetry SDK 2 and 3: a span that ends with an error lets its trace's records through, and when the
   * last span ends that the trace has in this process without a local parent, what is still held is dropped; a trace that was let through stays so. Of spans that the
   * sampler does not record it is not told.
   */
  readonly spanProcessor: SpanEndProcessor;
}

/** Is what the SDK asks of a span processor. */
export interface SpanEndProcessor {
  onStart(span: SpanLike): void;
  onEnd(span: SpanLike): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Is what is read of a span, of either generation of the SDK. */
export interface SpanLike {
  spanContext(): { readonly traceId: string };
  readonly status?: { readonly code: number };
  readonly parentSpanContext?: { readonly isRemote?: boolean | undefined } | undefined;
}

const OPTIONS = ["below", "until", "maxBytes", "maxRecords", "maxTraces", "maxAgeMs", "clock"];

/** The status code of a span in error. @see https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
const STATUS_ERROR = 2;

/**
 * Holds the debug records of each trace until it is known whether they matter: a record at `until` or above lets those of its trace
 * through, in their order, with their own time, ids and attributes, and then all that come later. Otherwise they are dropped, for the
 * cost of a copy. The values are taken when the record is held. The call's context is not kept: what reads it (`contextAttrs`,
 * `debugRequest`) stands before.
 *
 * The logger must let debug records through: `new Logger(handler, { level: "debug" })`. Records without a trace are held together, as
 * if of one. What no longer fits the bounds is dropped, and a record let through in its place says how many, as long as its trace is
 * known. `flush()` lets nothing through that has not mattered; `shutdown()` drops it.
 *
 * @throws RangeError or TypeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { hold } from "correlog/middleware";
 *
 * const held = hold({ until: "error" }); // new NodeTracerProvider({ spanProcessors: [exporting, held.spanProcessor] })
 * const logger = new Logger(held(jsonHandler()), { level: "debug" });
 * logger.debug("query", { sql: "select 1" }); // seen only because of the next line
 * logger.error("payment failed");
 * ```
 */
export function hold(options: HoldOptions = {}): HoldMiddleware {
  knownOptions("hold", options, OPTIONS);
  const { below = INFO, until = ERROR, maxBytes = 16_777_216, maxRecords = 1000, maxTraces = 1000, maxAgeMs = 60_000 } = options;
  const heldBelow = parseLevel(below, "below");
  const releasedFrom = parseLevel(until, "until");
  if (releasedFrom < heldBelow) throw new RangeError(expected("until", `a level not lower than below (${heldBelow})`, until));
  const bounds = {
    maxBytes: wholeNumber("maxBytes", maxBytes),
    maxRecords: wholeNumber("maxRecords", maxRecords),
    maxTraces: wholeNumber("maxTraces", maxTraces),
    maxAgeMs: timerMs("maxAgeMs", maxAgeMs),
  };
  const { clock = () => performance.now() } = options;
  aFunction("clock", clock);
  const stores: HeldTraces[] = [];
  const middleware: Middleware = (next) => {
    const held = new HeldTraces(next, bounds, clock);
    stores.push(held);
    return delegate(toHandler("hold", next), {
      handle(record, ctx) {
        const { level } = record;
        if (level >= releasedFrom) held.release(record.spanContext?.traceId ?? "", ctx);
        else if (level < heldBelow && held.hold(record)) return undefined;
        return next.handle(record, ctx);
      },
      async shutdown() {
        held.shutdown();
        await next.shutdown?.();
      },
    });
  };
  return Object.assign(middleware, { spanProcessor: new HoldSpanProcessor(stores, bounds.maxTraces) });
}

class HoldSpanProcessor implements SpanEndProcessor {
  readonly #stores: readonly HeldTraces[];
  readonly #maxTraces: number;
  /** How many spans of a trace are open that have no parent in this process; a service may be called twice by one trace. */
  readonly #open = new Map<string, number>();

  constructor(stores: readonly HeldTraces[], maxTraces: number) {
    this.#stores = stores;
    this.#maxTraces = maxTraces;
  }

  onStart(span: SpanLike): void {
    if (!isLocalRoot(span)) return;
    const { traceId } = span.spanContext();
    this.#open.set(traceId, (this.#open.get(traceId) ?? 0) + 1);
    // Spans that never end must not gather.
    if (this.#open.size > this.#maxTraces) for (const oldest of this.#open.keys()) return void this.#open.delete(oldest);
  }

  onEnd(span: SpanLike): void {
    const { traceId } = span.spanContext();
    if (span.status?.code === STATUS_ERROR) for (const store of this.#stores) store.release(traceId);
    if (!isLocalRoot(span)) return;
    const open = (this.#open.get(traceId) ?? 1) - 1;
    if (open > 0) this.#open.set(traceId, open);
    else {
      this.#open.delete(traceId);
      for (const store of this.#stores) store.discard(traceId);
    }
  }

  async forceFlush(): Promise<void> {
    // What is held waits for what matters.
  }

  async shutdown(): Promise<void> {
    // The logger shuts the handlers down.
  }
}

function isLocalRoot({ parentSpanContext }: SpanLike): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}
