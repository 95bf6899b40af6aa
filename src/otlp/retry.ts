/** What becomes of a request by its reply's status. */
type Verdict = "taken" | "again" | "malformed" | "refused";

/**
 * Judges a status as OTLP has it: only 429, 502, 503 and 504 are tried again; 400 and 413 may be one record's fault.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures-1
 */
export function judge(status: number): Verdict {
  if (status >= 200 && status < 300) return "taken";
  if (status === 429 || status === 502 || status === 503 || status === 504) return "again";
  return status === 400 || status === 413 ? "malformed" : "refused";
}

/** What a receiver may ask for at most. */
const MOST_RETRY_AFTER_MS = 600_000;

/** Reads `Retry-After` in both its forms, seconds or a date, as milliseconds from now, at most 10 minutes; nothing where it says nothing. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MOST_RETRY_AFTER_MS);
}

/** Grows the time between tries from the first to the longest, each one random between its half and its whole. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;
  #tries = 0;

  constructor(firstMs: number, longestMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#random = random;
  }

  /** How often in a row it failed. */
  get tries(): number {
    return this.#tries;
  }

  nextMs(): number {
    const whole = Math.min(this.#firstMs * 2 ** this.#tries, this.#longestMs);
    this.#tries++;
    return whole * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#tries = 0;
  }
}
