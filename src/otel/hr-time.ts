import type { HrTime } from "@opentelemetry/api";

/** The last nanosecond that OTLP's unsigned 64 bits hold lies in 2554. */
const LAST_MS = 18_446_744_073_709;
const NS_PER_MS = 1_000_000;

/** Says "not known", as OTLP does: a back end then takes the observed time. */
export const UNKNOWN_TIME: HrTime = [0, 0];

/**
 * Turns times in milliseconds into OpenTelemetry's pairs of seconds and nanoseconds, the one form of which the SDK never takes a
 * small number for `performance.now()`. Records of one millisecond follow one another by a nanosecond, so that they sort as they came.
 */
export class HrClock {
  #last = -1;
  #ties = 0;

  /** Gives {@link UNKNOWN_TIME} for undefined and for what OTLP cannot hold; the SDK's serializers throw at NaN, and lose a batch. */
  at(ms: number | undefined): HrTime {
    if (ms === undefined || !(ms >= 0 && ms < LAST_MS)) return UNKNOWN_TIME;
    this.#ties = ms === this.#last ? this.#ties + 1 : 0;
    this.#last = ms;
    const whole = Math.floor(ms);
    const ns = (whole % 1000) * NS_PER_MS + Math.min(Math.round((ms - whole) * NS_PER_MS) + this.#ties, NS_PER_MS - 1);
    return [Math.floor(whole / 1000), ns];
  }
}
