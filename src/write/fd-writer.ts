import { nodeFs } from "../report/node-fs.ts";
import { report } from "../report/report.ts";
import { atExit, isExiting, isIdle } from "./exit.ts";
import { expected } from "../value/option.ts";
import type { FdWriterOptions } from "./fd-writer-options.ts";
import type { LineWriter } from "./line-writer.ts";
import type { WriteSync } from "./write-sync.ts";

const FIRST_BYTES = 65_536;
/** How long a full pipe is left alone. */
const RETRY_MS = 5;
/** How long an end of the process, or a flush, waits for a reader that takes nothing at all. */
const STALLED_MS = 5000;

/**
 * Writes lines to a file descriptor: gathered within one turn of the event loop, or for an interval, and written at its end, or at 16 KiB,
 * or at once when asked. What is left at the end of the process is written then, and a full pipe is waited for. A failed write (EPIPE, ENOSPC) costs
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
  /** Is what reports and errors call it. */
  readonly #name: string;
  /** Is kept: `node:fs` has so many members that finding one at each write costs 3 % of a line. */
  readonly #writeSync: WriteSync;
  readonly #batchBytes: number;
  readonly #maxPendingBytes: number;
  readonly #intervalMs: number;
  readonly #forget: () => void;
  /** Where what is not out yet begins. */
  #start = 0;
  /** Where the last whole line ends. */
  #committed = 0;
  /** Bytes that are out, or lost: what a flush waits for. */
  #gone = 0;
  /** How many of them there were when a flush gave the reader up. */
  #gaveUpAt: number | undefined;
  /** Lines that came while another was being written; they stand behind it. */
  #aside: string[] = [];
  #scheduled = false;
  #full = false;
  /** Tries a full pipe again; one at a time, however many others try meanwhile. */
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** What is out so far ends amid a line. */
  #open = false;
  /** The rest of that line was lost: the next one starts anew. */
  #torn = false;
  #droppedBeforeFlush = 0;
  #lastError: unknown;

  constructor(fd: number, options: FdWriterOptions = {}, writeSync: WriteSync = nodeWriteSync(), name = `fd ${fd}`) {
    this.#fd = fd;
    this.#name = name;
    this.#writeSync = writeSync;
    this.#batchBytes = positive(options.batchBytes ?? 16_384, "batchBytes");
    this.#intervalMs = interval(options.flushIntervalMs ?? 0);
    this.#maxPendingBytes = positive(options.maxPendingBytes ?? 16_777_216, "maxPendingBytes");
    this.#forget = atExit({
      // Scheduled with nothing pending: what a flush has written meanwhile. In the exit event no such turn is to be waited for.
      pending: () => this.#pending > 0 || this.#scheduled || this.writing,
      flush: async () => this.flush(),
      flushSync: () => this.flushSync(),
      abandon: () => {
        if (this.#pending > 0) this.#lose(new Error("the process ended before the reader took them"));
      },
    });
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
      if (this.#pending > this.#maxPendingBytes) this.#drop();
      this.#committed = this.length;
      return;
    }
    this.#committed = this.length;
    if (atOnce || this.#pending >= this.#batchBytes) this.#drain();
    else if (!this.#scheduled) this.#schedule();
  }

  async flush(): Promise<void> {
    const until = this.#gone + this.#pending;
    this.#drain();
    for (let stalled = 0; this.#gone < until && stalled < STALLED_MS;) {
      const before = this.#gone;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      this.#drain();
      stalled = this.#gone > before ? 0 : stalled + RETRY_MS;
    }
    const lost = this.dropped - this.#droppedBeforeFlush;
    this.#droppedBeforeFlush = this.dropped;
    if (this.#gone < until) {
      this.#gaveUpAt = this.#gone;
      throw new Error(`${this.#name}: the reader takes nothing, ${this.#pending} bytes wait`);
    }
    if (lost > 0) throw new Error(`${this.#name}: ${lost} lines were lost`, { cause: this.#lastError });
  }

  /** Writes all before it returns; gives up on a reader that takes nothing for 5 s, a flush before it that waited so long included. */
  flushSync(): void {
    if (this.writing) this.#abandon();
    const cell = new Int32Array(new SharedArrayBuffer(4));
    this.#scheduled = false;
    this.#drain();
    for (let stalled = this.#gone === this.#gaveUpAt ? STALLED_MS : 0; this.#pending > 0 && stalled < STALLED_MS;) {
      const before = this.#gone;
      Atomics.wait(cell, 0, 0, 1);
      this.#drain();
      stalled = this.#gone > before ? 0 : stalled + 1;
    }
    if (this.#pending > 0) this.#lose(new Error("the reader takes nothing"));
  }

  /** Gives up the line that is being written: a value of it ended the process. What that value logged before goes out. */
  #abandon(): void {
    this.writing = false;
    this.#count(1, new Error("the process ended while the line was written"));
    for (const text of this.#aside.splice(0)) this.write(text);
  }

  async shutdown(): Promise<void> {
    await this.flush();
    this.#forget();
  }

  #schedule(): void {
    // In a listener to the exit event, behind ours.
    if (isExiting()) return this.flushSync();
    if (isIdle()) return this.#drain();
    this.#scheduled = true;
    if (this.#intervalMs === 0) setImmediate(this.#gathered);
    else setTimeout(this.#gathered, this.#intervalMs).unref();
  }

  readonly #gathered = (): void => {
    this.#scheduled = false;
    this.#drain();
  };

  get #pending(): number {
    return this.length - this.#start;
  }

  #drain(): void {
    if (this.writing) return;
    try {
      if (this.#torn && this.#pending > 0) this.#mend();
      const writeSync = this.#writeSync;
      while (this.#start < this.length) this.#wrote(writeSync(this.#fd, this.bytes, this.#start, this.#pending));
      this.#full = false;
      this.#empty();
    } catch (error) {
      if (isFull(error)) this.#wait();
      else this.#lose(error);
    }
  }

  #wrote(bytes: number): void {
    this.#start += bytes;
    this.#gone += bytes;
    this.#open = this.bytes[this.#start - 1] !== NEWLINE_BYTE;
  }

  /** Ends the line that a failed write left open, so that the next one is whole. */
  #mend(): void {
    const writeSync = this.#writeSync;
    writeSync(this.#fd, NEWLINE, 0, 1);
    this.#torn = false;
    this.#open = false;
  }

  #wait(): void {
    this.#full = true;
    // Moved only when half is out: a reader that stays behind by all 16 MiB would else cost a copy of all each time it takes a bit.
    if (this.#start > this.#pending) {
      this.bytes.copy(this.bytes, 0, this.#start, this.length);
      this.length -= this.#start;
      this.#committed -= this.#start;
      this.#start = 0;
    }
    this.#retry ??= setTimeout(this.#tryAgain, RETRY_MS);
    // A timer is a number in browsers' way; the process may end meanwhile, and flushes then.
    (this.#retry as { unref?: () => void }).unref?.();
  }

  readonly #tryAgain = (): void => {
    this.#retry = undefined;
    this.#drain();
  };

  /** Starts at the front again; after a burst, gives the large buffer back. */
  #empty(): void {
    this.#start = 0;
    this.length = 0;
    this.#committed = 0;
    if (this.bytes.length > FIRST_BYTES * 16) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  /** Takes the newest lines back: there is no room for them. */
  #drop(): void {
    const lines = this.#linesFrom(this.#committed);
    this.length = this.#committed;
    this.#count(lines, new Error("the reader is too slow"));
  }

  /** Gives up all that is gathered, the rest of a line that is half out included. */
  #lose(error: unknown): void {
    const lines = this.#linesFrom(this.#start);
    this.#gone += this.#pending;
    this.#torn ||= this.#open;
    this.#full = false;
    this.#empty();
    this.#count(lines, error);
  }

  #linesFrom(from: number): number {
    let lines = 0;
    for (let i = from; i < this.length; i++) if (this.bytes[i] === NEWLINE_BYTE) lines++;
    return lines;
  }

  /** Comes last: what hears of it may log. */
  #count(lines: number, error: unknown): void {
    this.dropped += lines;
    this.#lastError = error;
    report("writer", `${this.#name}: ${lines} lines lost: ${error instanceof Error ? error.message : String(error)}`, lines);
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

const NEWLINE_BYTE = 10;
const NEWLINE = Uint8Array.of(NEWLINE_BYTE);

function isFull(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "EAGAIN";
}

function nodeWriteSync(): WriteSync {
  const fs = nodeFs();
  if (fs === undefined) throw new Error("FdWriter: expected Node, Bun or Deno, where files have descriptors");
  return fs.writeSync;
}

function interval(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 60_000) return value;
  throw new RangeError(expected("flushIntervalMs", "whole milliseconds from 0 to 60000", value));
}

function positive(value: number, option: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(expected(option, "a whole number of bytes from 1 up", value));
}
