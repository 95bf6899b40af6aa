/** Says that `flush()` or `shutdown()` ended with records that the receiver does not have. */
export class UndeliveredError extends Error {
  override readonly name = "UndeliveredError";
  /** Records that were given up since the last flush ended. */
  readonly dropped: number;
  /** Records that are still here, and sent as soon as it can be; after `shutdown()` those in the spool, which the next start sends. */
  readonly queued: number;
  /** What was wrong last: a status with the receiver's words, or the connection's error. Empty where time only ran out. */
  readonly problem: string;

  constructor(dropped: number, queued: number, problem: string) {
    super(
      `${dropped + queued} records not delivered (${dropped} dropped, ${queued} queued)${problem === "" ? "" : `: ${problem}`}`,
    );
    this.dropped = dropped;
    this.queued = queued;
    this.problem = problem;
  }
}
