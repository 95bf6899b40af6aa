import type { SpanContext } from "@opentelemetry/api";

/**
 * Consistent probability sampling: a trace has 56 random bits, and who samples with a probability has a threshold among them; a trace
 * is kept where its randomness is not below. All that decide by the same bits agree: what one keeps, each that keeps more keeps too.
 * Both are handled as 14 hexadecimal digits, whose order as text is their order as numbers.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
const DIGITS = 14;

/** Lies above every randomness. */
const NEVER = "g";

/** Gives the rejection threshold of a probability from 0 to 1. */
export function thresholdOfRatio(ratio: number): string {
  if (ratio === 0) return NEVER;
  const rejected = BigInt(Math.round((1 - ratio) * 2 ** 56));
  // Smaller than any probability of 56 bits: the smallest there is.
  const most = 2n ** 56n - 1n;
  return (rejected > most ? most : rejected).toString(16).padStart(DIGITS, "0");
}

/** Gives a trace's randomness: `rv` of its tracestate, else the last 56 bits of its id. */
export function randomnessOf({ traceId, traceState }: SpanContext): string {
  const explicit = member(traceState?.get("ot"), "rv");
  return explicit !== undefined && /^[\da-f]{14}$/.test(explicit) ? explicit : traceId.slice(-DIGITS);
}

/** Gives the threshold by which the trace was sampled, `th` of its tracestate; undefined where there is none that is valid. */
export function thresholdOfTrace({ traceState }: SpanContext): string | undefined {
  const th = member(traceState?.get("ot"), "th");
  return th !== undefined && /^[\da-f]{1,14}$/.test(th) ? th.padEnd(DIGITS, "0") : undefined;
}

/** Finds a member of the `ot` entry: pairs joined by semicolons, `th:fd70a4;rv:0123456789abcd`. */
function member(entry: string | undefined, key: string): string | undefined {
  return entry
    ?.split(";")
    .find((pair) => pair.startsWith(`${key}:`))
    ?.slice(key.length + 1);
}
