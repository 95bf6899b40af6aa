import { report } from "../report/report.ts";
import type { LineWriter } from "./line-writer.ts";

/** Writes lines to an object of the user's, whose `write` may throw, or be `async` and reject. */
export class ObjectWriter implements LineWriter {
  readonly #writer: LineWriter;
  readonly #underway = new Set<Promise<unknown>>();
  /** Lines lost since the flush before, and why the last of them was. */
  #lost = 0;
  #lastError: unknown;

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
    const settled = result.then(
      () => void this.#underway.delete(settled),
      (error: unknown) => {
        this.#underway.delete(settled);
        this.#lose(error);
        report("writer", error);
      },
    );
    this.#underway.add(settled);
  }

  #lose(error: unknown): void {
    this.#lost++;
    this.#lastError = error;
  }
}
