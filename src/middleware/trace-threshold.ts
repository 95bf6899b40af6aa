import type { SpanContext } from "@opentelemetry/api";

/**
 * Consistent probability sampling: a trace has 56 random bits, and who samples with a probability has a threshold among them; a trace
 * is kept where its randomness is not below. All that decide by the same bits agree: what one keeps, each that keeps more keeps too.
 * Both are handled as 14 hexadecimal digits, whose order as text is their order as numbers.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
const DIGITS = 14;

/** The flag of a trace that is sampled. @see https://www.w3.org/TR/trace-context-2/#sampled-flag */
const SAMPLED = 1;

/** Lies above every randomness. */
const NEVER = "g";

/** Gives the rejection threshold of a probability from 0 to 1. */
export function thresholdOfRatio(ratio: number): string {
  if (ratio === 0) return NEVER;
  // From the ratio, as the SDK's composite sampler does: 1 less a small one has lost its digits. What is smaller than any probability of 56 bits is
  // the smallest there is.
  const kept = BigInt(Math.max(Math.round(ratio * 2 ** 56), 1));
  return (2n ** 56n - kept).toString(16).padStart(DIGITS, "0");
}

/** Gives a trace's randomness: `rv` of its tracestate, else the last 56 bits of its id. */
export function randomnessOf(span: SpanContext): string {
  const explicit = member(span, "rv");
  return explicit !== undefined && /^[\da-f]{14}$/.test(explicit) ? explicit : span.traceId.slice(-DIGITS);
}

/**
 * Gives the threshold by which the trace was sampled, `th` of its tracestate; undefined where there is none that is valid, or where it contradicts
 * the trace's being sampled, which a parent-based sampler takes out, too.
 */
export function thresholdOfTrace(span: SpanContext): string | undefined {
  const th = member(span, "th");
  if (th === undefined || !/^[\da-f]{1,14}$/.test(th)) return undefined;
  const threshold = th.padEnd(DIGITS, "0");
  return (span.traceFlags & SAMPLED) !== 0 && randomnessOf(span) < threshold ? undefined : threshold;
}

/** Finds a member of the `ot` entry: pairs joined by semicolons, `th:fd70a4;rv:0123456789abcd`. */
function member({ traceState }: SpanContext, key: string): string | undefined {
  try {
    return traceState
      ?.get("ot")
      ?.split(";")
      .find((pair) => pair.startsWith(`${key}:`))
      ?.slice(key.length + 1);
  } catch {
    // What a propagator of the app's put there is no tracestate, and says nothing.
    return undefined;
  }
}
