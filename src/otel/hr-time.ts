import { NanoClock } from "../record/nano-clock.ts";
import type { HrTime } from "@opentelemetry/api";

const NS_PER_MS = 1_000_000;
const NS_PER_S = 1_000_000_000;

/** Says "not known", as OTLP does: a back end then takes the observed time. */
export const UNKNOWN_TIME: HrTime = [0, 0];

/**
 * Turns times in milliseconds into OpenTelemetry's pairs of seconds and nanoseconds, the one form of which the SDK never takes a
 * small number for `performance.now()`. Records keep the order of their calls, as {@link NanoClock} has it.
 */
export class HrClock {
  readonly #clock = new NanoClock();

  /** Gives {@link UNKNOWN_TIME} for undefined and for what OTLP cannot hold; the SDK's serializers throw at NaN, and lose a batch. */
  at(ms: number | undefined): HrTime {
    if (ms === undefined || !this.#clock.next(ms)) return UNKNOWN_TIME;
    const ns = (this.#clock.ms % 1000) * NS_PER_MS + this.#clock.nanos;
    return [Math.floor(this.#clock.ms / 1000) + Math.floor(ns / NS_PER_S), ns % NS_PER_S];
  }
}
