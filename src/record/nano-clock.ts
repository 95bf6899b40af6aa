/**
 * Turns milliseconds into nanoseconds that keep the order of the calls: within one millisecond, and after a step back of the
 * clock, each record's nanoseconds are larger than those of the record before.
 */
export class NanoClock {
  /** The whole milliseconds of the last time that was given. */
  ms = 0;
  /** What lies behind the millisecond, in nanoseconds. */
  nanos = 0;
  #latestMs = 0;

  /** Takes the next record's time; `false` for what is no time: before 1970, after 2554, NaN. */
  next(time: number): boolean {
    const ms = Math.floor(time);
    if (!(ms >= 0 && ms < 18_446_744_073_000)) return false;
    const within = ms === time ? 0 : Math.floor((time - ms) * 1e6);
    const ahead = ms - this.#latestMs;
    if (ahead > 0) this.#latestMs = ms;
    // A million records of one millisecond run over into the next one, which then goes on from there.
    const following = ahead > 0 ? this.nanos + 1 - ahead * 1e6 : this.nanos + 1;
    this.nanos = following > within ? following : within;
    this.ms = ms;
    return true;
  }
}
