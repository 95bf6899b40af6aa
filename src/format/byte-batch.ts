/**
 * Is the buffer in which a writer gathers lines and into which an encoder writes them, so that no line is copied. What lies behind
 * `length` is free.
 */
export interface ByteBatch {
  /** Is replaced by a larger one when a line does not fit. */
  bytes: Buffer;
  length: number;
  /** Is true while a line is being written behind `length`: then nobody else may write there, nor move `length`. */
  writing: boolean;
}
