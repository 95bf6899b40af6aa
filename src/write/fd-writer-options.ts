export interface FdWriterOptions {
  /** Bytes that are gathered before they are written within the turn. Default 16,384. */
  readonly batchBytes?: number;
  /** Bytes that are kept while a pipe is full; lines that find no room are dropped and counted. Default 16 MiB. */
  readonly maxPendingBytes?: number;
}
