/** Says how long and how much {@link FdWriter} gathers. */
export interface GatherOptions {
  /** Bytes that are gathered before they are written without waiting. Default 16,384. */
  readonly batchBytes?: number | undefined;
  /**
   * How long lines are gathered, in milliseconds, 0 to 60,000. Default 0: until the end of the turn of the event loop. With more, a service
   * that logs a record or two in each turn writes once an interval and not once a turn, for 0.31 to 0.43 of the cost (`bench/run.ts`, a record a turn); `kill -9` then takes
   * along what the interval gathered. What has the flush level, `flush()` and every end of the process that can be heard write at once.
   */
  readonly flushIntervalMs?: number | undefined;
}

/** Configures {@link fdWriter}. */
export interface FdWriterOptions extends GatherOptions {
  /** Bytes that are kept while a pipe is full; lines that find no room are dropped and counted. Default 16 MiB. */
  readonly maxPendingBytes?: number;
}
