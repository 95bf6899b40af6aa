import { report } from "../report/report.ts";
import { atExit } from "./exit.ts";
import type { LineWriter } from "./line-writer.ts";

export interface FdWriterOptions {
  /** Bytes that are gathered before they are written within the turn. Default 16,384. */
  readonly batchBytes?: number;
  /** Bytes that are kept while a pipe is full; lines that find no room are dropped and counted. Default 16 MiB. */
  readonly maxPendingBytes?: number;
}

/** What of `node:fs` is needed; passed in by tests. */
export interface WriteSync {
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
}

const FIRST_BYTES = 65_536;
/** How long a full pipe is left alone. */
const RETRY_MS = 5;
/** How long an end of the process, or a flush, waits for a reader that takes nothing at all. */
const STALLED_MS = 5000;

/**
 * Writes lines to a file descriptor: gathered within one turn of the event loop and written at its end, or at 16 KiB, or at once when
 * asked. What is left at the end of the process is written then, and a full pipe is waited for. A failed write (EPIPE, ENOSPC) costs
 * the lines it was to write; they are counted and reported on stderr, and nothing is thrown.
 */
export class FdWriter implements LineWriter {
  /** The batch: encoders write behind `length`, then say {@link FdWriter.commit}. */
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  length = 0;
  /** Is true while an encoder writes a line behind `length`. */
  writing = false;
  /** Lines that were dropped since the start. */
  dropped = 0;
  readonly #fd: number;
  readonly #fs: WriteSync;
  readonly #batchBytes: number;
  readonly #maxPendingBytes: number;
  readonly #forget: () => void;
  /** Where the last whole line ends. */
  #committed = 0;
  /** Lines that came while another was being written; they stand behind it. */
  #aside: string[] = [];
  #scheduled = false;
  #full = false;
  /** A write ended amid a line and the rest was lost: the next line starts anew. */
  #torn = false;
  #droppedBeforeFlush = 0;
  #lastError: unknown;

  constructor(fd: number, options: FdWriterOptions = {}, fs: WriteSync = nodeFs()) {
    this.#fd = fd;
    this.#fs = fs;
    this.#batchBytes = positive(options.batchBytes ?? 16_384, "batchBytes");
    this.#maxPendingBytes = positive(options.maxPendingBytes ?? 16_777_216, "maxPendingBytes");
    this.#forget = atExit({ pending: () => this.length > 0, flush: async () => this.flush(), flushSync: () => this.flushSync() });
  }

  write(text: string): void {
    if (this.writing) {
      this.#aside.push(text);
      return;
    }
    const { length } = this;
    const room = text.length * 3;
    if (length + room > this.bytes.length) this.#grow(length + room);
    this.length += this.bytes.write(text, length, "utf8");
    this.commit(false);
  }

  /** Takes what was written behind the last line as lines. */
  commit(atOnce: boolean): void {
    if (this.writing) return;
    if (this.#aside.length > 0) for (const text of this.#aside.splice(0)) this.write(text);
    if (this.#full) {
      if (this.length > this.#maxPendingBytes) this.#drop();
      this.#committed = this.length;
      return;
    }
    this.#committed = this.length;
    if (atOnce || this.length >= this.#batchBytes) this.#drain();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#endOfTurn);
    }
  }

  async flush(): Promise<void> {
    this.#drain();
    for (let stalled = 0; this.length > 0 && stalled < STALLED_MS;) {
      const before = this.length;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      this.#drain();
      stalled = this.length < before ? 0 : stalled + RETRY_MS;
    }
    const lost = this.dropped - this.#droppedBeforeFlush;
    this.#droppedBeforeFlush = this.dropped;
    if (this.length > 0) throw new Error(`fd ${this.#fd}: the reader takes nothing, ${this.length} bytes wait`);
    if (lost > 0) throw new Error(`fd ${this.#fd}: ${lost} lines were lost`, { cause: this.#lastError });
  }

  /** Writes all before it returns; gives up on a reader that takes nothing for 5 s. */
  flushSync(): void {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    this.#drain();
    for (let stalled = 0; this.length > 0 && stalled < STALLED_MS;) {
      const before = this.length;
      Atomics.wait(cell, 0, 0, 1);
      this.#drain();
      stalled = this.length < before ? 0 : stalled + 1;
    }
    if (this.length > 0) this.#lose(new Error("the reader takes nothing"));
  }

  async shutdown(): Promise<void> {
    await this.flush();
    this.#forget();
  }

  readonly #endOfTurn = (): void => {
    this.#scheduled = false;
    this.#drain();
  };

  #drain(): void {
    if (this.writing) return;
    let from = 0;
    try {
      if (this.#torn && this.length > 0) this.#mend();
      while (from < this.length) from += this.#fs.writeSync(this.#fd, this.bytes, from, this.length - from);
      this.#full = false;
      this.#keep(from);
    } catch (error) {
      this.#keep(from);
      if (isFull(error)) this.#wait();
      else {
        this.#torn ||= from > 0;
        this.#lose(error);
      }
    }
  }

  /** Ends the line that a failed write left open, so that the next one is whole. */
  #mend(): void {
    this.#fs.writeSync(this.#fd, NEWLINE, 0, 1);
    this.#torn = false;
  }

  #wait(): void {
    this.#full = true;
    const timer = setTimeout(() => this.#drain(), RETRY_MS);
    timer.unref();
  }

  /** Moves what is left to the front; after a burst, gives the large buffer back. */
  #keep(from: number): void {
    const left = this.length - from;
    if (left > 0) this.bytes.copy(this.bytes, 0, from, this.length);
    else if (this.bytes.length > FIRST_BYTES * 16) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.length = left;
    this.#committed = left;
  }

  /** Takes the newest line back: there is no room for it. */
  #drop(): void {
    this.length = this.#committed;
    this.dropped++;
    this.#lastError = new Error("the reader is too slow");
    report("writer", `fd ${this.#fd}: the reader is too slow: line dropped`);
  }

  #lose(error: unknown): void {
    let lines = 0;
    for (let i = 0; i < this.length; i++) if (this.bytes[i] === 10) lines++;
    this.#keep(this.length);
    this.#full = false;
    this.dropped += lines;
    this.#lastError = error;
    report("writer", `fd ${this.#fd}: ${lines} lines lost: ${error instanceof Error ? error.message : String(error)}`, lines);
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/**
 * Makes a writer of lines to a file descriptor, which stays the caller's.
 *
 * @example
 * ```ts
 * const handler = jsonHandler({ writer: fdWriter(fs.openSync("app.log", "a")) });
 * ```
 * @throws RangeError when an option is out of its bounds; an Error where files have no descriptors.
 */
export function fdWriter(fd: number, options: FdWriterOptions = {}): LineWriter {
  if (!Number.isInteger(fd) || fd < 0) throw new RangeError(`fd: expected a file descriptor, got ${String(fd)}`);
  return new FdWriter(fd, options);
}

const NEWLINE = Uint8Array.of(10);

function isFull(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "EAGAIN";
}

function nodeFs(): WriteSync {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) throw new Error("FdWriter: expected Node, Bun or Deno, where files have descriptors");
  return fs;
}

function positive(value: number, option: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${option}: expected a whole number of bytes from 1 up, got ${String(value)}`);
}
