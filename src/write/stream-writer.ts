import { report } from "../report/report.ts";
import { atExit, isExiting } from "./exit.ts";
import type { ExitTask } from "./exit.ts";
import type { LineWriter } from "./line-writer.ts";

/** What of Node's `stream.Writable` is needed. */
export interface NodeStream {
  readonly writableLength: number;
  readonly errored?: Error | null;
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: "error" | "close", listener: () => void): unknown;
}

/** Bytes that a stream may hold back; {@link FdWriter}'s bound. */
const MOST_PENDING = 16_777_216;
/** How often it is looked, while a flush waits, whether the stream was destroyed; one with `emitClose: false` says nothing. */
const LOOK_MS = 100;
/** How long a destroyed stream may take to come to its end. */
const DESTROYED_MS = 5000;
const writers = new WeakMap<NodeStream, StreamWriter>();

/**
 * Writes lines to a Node stream. A stream that fails or has ended costs the lines it was to write, never the process; one that stays
 * behind by more than 16 MiB drops the newest. Both are counted and reported. A natural end and a signal wait for the stream; what it still
 * has at `process.exit()` and after an uncaught error is counted and reported, unless it has passed all on and only not answered yet.
 */
export class StreamWriter implements LineWriter {
  /** Lines that were dropped since the start. */
  dropped = 0;
  readonly #stream: NodeStream;
  /** Lines that the stream was given, and those of them that it has passed on or lost. */
  #given = 0;
  #settled = 0;
  /** Those up to this one were counted at the end of the process. */
  #said = 0;
  /** UTF-16 units that the stream holds: one in object mode counts objects, not their length. */
  #held = 0;
  /** How often the stream was closed: what it answers later for a line before that was counted then. */
  #closed = 0;
  #flushes: { readonly until: number; readonly resolve: () => void }[] = [];
  #look: ReturnType<typeof setTimeout> | undefined;
  /** How often the stream was found destroyed and not at its end. */
  #looks = 0;
  /** Is given to each end of the process while the stream has lines, so that a stream without any is not kept in memory. */
  readonly #atExit: ExitTask = {
    pending: () => this.#stream.writableLength > 0,
    flush: async () => this.flush(),
    flushSync: () => this.#sayLeft(),
    abandon: () => this.#sayLeft(),
  };
  #forget: (() => void) | undefined;
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
    if (this.#settled === this.#given) this.#forget = atExit(this.#atExit);
    this.#given++;
    this.#held += text.length;
    const done = this.#answer(text.length);
    try {
      this.#stream.write(text, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error("the stream threw", { cause: error }));
    }
    if (isExiting() && this.#atExit.pending()) this.#sayLeft();
  }

  /** Waits until the stream has passed on or lost all that was written before, however long it takes; for a destroyed one 5 s at most. */
  async flush(): Promise<void> {
    const until = this.#given;
    if (this.#settled < until) {
      const settled = new Promise<void>((resolve) => this.#flushes.push({ until, resolve }));
      this.#lookAfter();
      await settled;
    }
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

  /** Ends what a flush waits for in vain: the stream was destroyed, and says no more of the line that it was writing. */
  readonly #lookAfter = (): void => {
    clearTimeout(this.#look);
    if (this.#flushes.length === 0) return;
    const { destroyed = false, closed = destroyed } = this.#stream;
    if (destroyed) this.#looks++;
    if (destroyed && (closed || this.#looks > DESTROYED_MS / LOOK_MS)) return this.#close();
    this.#look = setTimeout(this.#lookAfter, LOOK_MS);
    // A stream that lives may take its time, but not keep the process alive by being waited for.
    if (!destroyed) (this.#look as { unref?: () => void }).unref?.();
  };

  /** Counts what the stream has not passed on, once: no later turn comes. */
  #sayLeft(): void {
    const lines = this.#given - Math.max(this.#settled, this.#said);
    if (lines === 0) return;
    this.#said = this.#given;
    this.#lose(lines, new Error(`the process ended while up to ${lines} lines were with their stream`));
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
    if (this.#settled === this.#given) this.#forget?.();
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
