import { report } from "../report/report.ts";
import { atExit, isExiting } from "./exit.ts";
import type { ExitTask } from "./exit.ts";
import type { LineWriter } from "./line-writer.ts";

/**
 * Writes lines to an object of the user's, whose `write` may throw, or be `async` and reject. A natural end and a signal wait for what is under way;
 * what is at `process.exit()` and after an uncaught error is counted and reported.
 */
export class ObjectWriter implements LineWriter {
  readonly #writer: LineWriter;
  readonly #underway = new Set<Promise<unknown>>();
  /** Lines lost since the flush before, and why the last of them was. */
  #lost = 0;
  #lastError: unknown;
  /** Is given to each end of the process while something is under way, so that a writer is not kept in memory. */
  readonly #atExit: ExitTask = {
    pending: () => true,
    flush: async () => this.flush(),
    flushSync: () => this.#sayLeft(),
    abandon: () => this.#sayLeft(),
  };
  #forget: (() => void) | undefined;

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  /** Throws what the object throws: whoever handles records contains it. */
  write(text: string): void {
    try {
      const result: unknown = this.#writer.write(text);
      // A promise of whatever realm or library; a stream's answer is none.
      if (typeof result === "object" && result !== null) this.#follow(Promise.resolve(result));
    } catch (error) {
      this.#lose(error);
      throw error;
    }
  }

  /** Waits for all that is under way, then flushes the object; rejects when lines were lost since the flush before. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#underway);
    await this.#writer.flush?.();
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) throw new Error(`writer: ${lost} lines were lost`, { cause: this.#lastError });
  }

  #follow(result: Promise<unknown>): void {
    const settled: Promise<void> = result.then(
      () => this.#settle(settled),
      (error: unknown) => {
        this.#settle(settled);
        this.#lose(error);
        report("writer", error);
      },
    );
    if (this.#underway.size === 0) this.#forget = atExit(this.#atExit);
    this.#underway.add(settled);
    if (isExiting()) this.#sayLeft();
  }

  #settle(settled: Promise<unknown>): void {
    this.#underway.delete(settled);
    if (this.#underway.size === 0) this.#forget?.();
  }

  /** Counts what is under way, once: no later turn comes. */
  #sayLeft(): void {
    const lines = this.#underway.size;
    if (lines === 0) return;
    this.#underway.clear();
    report("writer", new Error(`the process ended before the writer answered for ${lines} lines`), lines);
  }

  #lose(error: unknown): void {
    this.#lost++;
    this.#lastError = error;
  }
}
