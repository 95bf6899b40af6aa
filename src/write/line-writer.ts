/** Takes finished lines. Any object with `write()` will do: a Node stream, a socket, a test's list. */
export interface LineWriter {
  /** Takes one or more whole lines, each ended by `\n`. May throw. */
  write(text: string): unknown;
  /** Resolves when all that was written before is out; rejects when some is not. */
  flush?(): Promise<void>;
  /** Flushes, then frees what it holds. */
  shutdown?(): Promise<void>;
}
