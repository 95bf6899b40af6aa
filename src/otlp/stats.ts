/** Counts records, since the handler began. All that were taken are delivered, dropped, or still here. */
export interface OtlpStats {
  /** Taken and encoded. */
  readonly taken: number;
  /** Acknowledged by the receiver. */
  readonly delivered: number;
  /** Given up, for one of the causes below. */
  readonly dropped: number;
  /** The same by cause. */
  readonly droppedBy: Readonly<Record<DropCause, number>>;
  /** Waiting or under way, also those that are only on disk. */
  readonly queued: number;
  /** The bytes of what waits or is under way in memory. */
  readonly queuedBytes: number;
  /** Requests under way. */
  readonly inFlight: number;
  /** The records of these. */
  readonly inFlightRecords: number;
  /** Requests that were answered or failed. */
  readonly requests: number;
  /** Of these, those after which the same records are sent again. */
  readonly retries: number;
  /** Records of other processes, now ended, that were found in the spool. */
  readonly adopted: number;
  /** What the spool keeps on disk. */
  readonly spooledBytes: number;
}

/**
 * Says why records were dropped: the queue was full; the receiver refused the request (`refused`) or some records of it (`rejected`); they
 * could not be encoded or are more than a request may be (`unsendable`); they came after, or were left at, `shutdown()`; they became too
 * old in the spool, or could not be read from it.
 */
export type DropCause = "queueFull" | "refused" | "rejected" | "unsendable" | "shutdown" | "expired" | "unreadable";

/** Keeps the counts. */
export class Tally {
  taken = 0;
  delivered = 0;
  requests = 0;
  retries = 0;
  adopted = 0;
  readonly droppedBy: Record<DropCause, number> = {
    queueFull: 0,
    refused: 0,
    rejected: 0,
    unsendable: 0,
    shutdown: 0,
    expired: 0,
    unreadable: 0,
  };

  get dropped(): number {
    return Object.values(this.droppedBy).reduce((sum, count) => sum + count, 0);
  }
}
