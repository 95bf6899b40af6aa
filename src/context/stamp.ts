import { baggageOf, ROOT, spanOf } from "./otel-api.ts";
import type { BaggageMembers, BaggageRule } from "./baggage.ts";
import type { Context, SpanContext } from "@opentelemetry/api";

/** Holds what a record takes from its context, captured at the call; one object for one context, so that formats can cache by it. */
export interface Stamp {
  /** Is there only when its ids are valid; recording or not. Ids are lower-case. */
  readonly spanContext: SpanContext | undefined;
  /** Is there only when a member was chosen. */
  readonly baggage: BaggageMembers | undefined;
}

const NOTHING: Stamp = { spanContext: undefined, baggage: undefined };

/**
 * Takes stamps from contexts. A context never changes, so its stamp is made once: the last one seen costs a comparison (13 ns
 * with the look-up of the ids), others a WeakMap (23 to 34 ns), against 68 to 83 ns each time and 1.6 µs where there is baggage.
 */
export class Stamper {
  readonly #rule: BaggageRule;
  readonly #stamps = new WeakMap<Context, Stamp>();
  /** What an app without OpenTelemetry has in every call is known from the start. */
  #lastContext: Context = ROOT;
  #lastStamp: Stamp = NOTHING;

  constructor(rule: BaggageRule) {
    this.#rule = rule;
  }

  stamp(ctx: Context): Stamp {
    if (ctx === this.#lastContext) return this.#lastStamp;
    let stamp = this.#stamps.get(ctx);
    if (stamp === undefined) {
      stamp = this.#take(ctx);
      this.#stamps.set(ctx, stamp);
    }
    this.#lastContext = ctx;
    this.#lastStamp = stamp;
    return stamp;
  }

  #take(ctx: Context): Stamp {
    const spanContext = attempted(() => validSpanContext(ctx));
    const baggage = attempted(() => this.#rule.choose(baggageOf(ctx)));
    return spanContext === undefined && baggage === undefined ? NOTHING : { spanContext, baggage };
  }
}

function validSpanContext(ctx: Context): SpanContext | undefined {
  const found = spanOf(ctx)?.spanContext();
  if (found === undefined) return undefined;
  const traceId = String(found.traceId).toLowerCase();
  const spanId = String(found.spanId).toLowerCase();
  if (!/^(?!0{32})[\da-f]{32}$/.test(traceId) || !/^(?!0{16})[\da-f]{16}$/.test(spanId)) return undefined;
  return traceId === found.traceId && spanId === found.spanId ? found : { ...found, traceId, spanId };
}

/** A context, a span or a predicate of the app's that throws costs the stamp, never the record. */
function attempted<T>(take: () => T): T | undefined {
  try {
    return take();
  } catch {
    // Said by the stamp's absence: this stage may not report.
    return undefined;
  }
}
