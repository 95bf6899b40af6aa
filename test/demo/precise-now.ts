/**
 * Gives the time in milliseconds since the epoch with its fraction: statements and jobs take less than the millisecond to which the
 * SDK cuts a span's start and `Date.now()` a record's time, and would not be told apart.
 */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
