import { report } from "../report/report.ts";
import type { LineWriter } from "./line-writer.ts";

/** What of Node's `stream.Writable` is needed. */
export interface NodeStream {
  readonly writableLength: number;
  readonly errored?: Error | null;
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: "error" | "close", listener: () => void): unknown;
}

/** Bytes that a stream may hold back; {@link FdWriter}'s bound. */
const MOST_PENDING = 16_777_216;
const writers = new WeakMap<NodeStream, StreamWriter>();

/**
 * Writes lines to a Node stream. A stream that fails or has ended costs the lines it was to write, never the process; one that stays
 * behind by more than 16 MiB drops the newest. Both are counted and reported.
 */
export class StreamWriter implements LineWriter {
  /** Lines that were dropped since the start. */
  dropped = 0;
  readonly #stream: NodeStream;
  /** Lines that the stream was given, and those of them that it has passed on or lost. */
  #given = 0;
  #settled = 0;
  /** UTF-16 units that the stream holds: one in object mode counts objects, not their length. */
  #held = 0;
  /** How often the stream was closed: what it answers later for a line before that was counted then. */
  #closed = 0;
  #flushes: { readonly until: number; readonly resolve: () => void }[] = [];
  #droppedBeforeFlush = 0;
  #lastError: unknown;

  private constructor(stream: NodeStream) {
    this.#stream = stream;
    stream.on("error", () => {
      // Without a listener an error would end the process. What it cost is counted where the lines are.
    });
    stream.on("close", () => this.#close());
  }

  /** Gives the one writer of a stream, so that many handlers add one listener. */
  static of(stream: NodeStream): StreamWriter {
    let writer = writers.get(stream);
    if (writer === undefined) writers.set(stream, (writer = new StreamWriter(stream)));
    return writer;
  }

  write(text: string): void {
    // A line that the stream is not given is not waited for: a flush of those before it would end too soon.
    if (Math.max(this.#held, this.#stream.writableLength) > MOST_PENDING) {
      this.#lose(1, new Error("the reader is too slow"));
      return;
    }
    this.#given++;
    this.#held += text.length;
    const done = this.#answer(text.length);
    try {
      this.#stream.write(text, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error("the stream threw", { cause: error }));
    }
  }

  /** Waits until the stream has passed on or lost all that was written before, however long it takes. */
  async flush(): Promise<void> {
    const until = this.#given;
    if (this.#settled < until) await new Promise<void>((resolve) => this.#flushes.push({ until, resolve }));
    const lost = this.dropped - this.#droppedBeforeFlush;
    this.#droppedBeforeFlush = this.dropped;
    if (lost > 0) throw new Error(`stream: ${lost} lines were lost`, { cause: this.#lastError });
  }

  /** Makes what hears the end of one line, once: a stream may throw and answer all the same. */
  #answer(length: number): (error?: Error | null) => void {
    const closed = this.#closed;
    let isOpen = true;
    return (error) => {
      if (!isOpen || closed !== this.#closed) return;
      isOpen = false;
      this.#held -= length;
      if (error !== undefined && error !== null) this.#lose(1, error);
      this.#settle(1);
    };
  }

  #close(): void {
    const lines = this.#given - this.#settled;
    this.#closed++;
    this.#held = 0;
    if (lines === 0) return;
    this.#lose(lines, this.#stream.errored ?? new Error("the stream was closed"));
    this.#settle(lines);
  }

  #lose(lines: number, error: unknown): void {
    this.dropped += lines;
    this.#lastError = error;
    report("writer", error, lines);
  }

  #settle(lines: number): void {
    this.#settled += lines;
    if (this.#flushes.length === 0) return;
    for (const { until, resolve } of this.#flushes) if (until <= this.#settled) resolve();
    this.#flushes = this.#flushes.filter(({ until }) => until > this.#settled);
  }
}

/** Tells a Node stream that can be written to. */
export function isNodeStream(writer: object): writer is NodeStream {
  const { write, on, writableLength } = writer as Partial<NodeStream>;
  return typeof write === "function" && typeof on === "function" && typeof writableLength === "number";
}
