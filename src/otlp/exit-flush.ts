import { report } from "../report/report.ts";
import type { ExitTask } from "../write/exit.ts";
import type { Clock } from "./clock.ts";

interface ExitFlushOptions {
  /** How long the end of the process is held up in all. */
  readonly exitTimeoutMs: number;
  /** What is not delivered stays on disk. */
  readonly hasSpool: boolean;
  readonly clock: Clock;
  /** Gives how many records were taken. */
  readonly taken: () => number;
  /** Tells whether any of them is neither delivered nor given up. */
  readonly isWaiting: () => boolean;
  readonly flush: (timeoutMs: number) => Promise<void>;
  /** Sends all before it returns, and gives how many records are left and what was wrong. */
  readonly sendSync: (timeoutMs: number) => { readonly left: number; readonly problem: string };
}

/** Delivers at the end of the process what is not delivered, within the time that is set, and says what is left. */
export class ExitFlush implements ExitTask {
  readonly #options: ExitFlushOptions;
  /** When the end of the process is not held up any longer; set at its first hold-up. */
  #deadline = Infinity;
  /** The end of the process was held up in vain for the records up to this number: they are not tried again. */
  #abandoned = 0;

  constructor(options: ExitFlushOptions) {
    this.#options = options;
  }

  pending(): boolean {
    const { taken, isWaiting } = this.#options;
    return taken() > this.#abandoned && isWaiting();
  }

  async flush(): Promise<void> {
    const { taken, flush, exitTimeoutMs } = this.#options;
    const target = taken();
    try {
      await flush(exitTimeoutMs);
    } catch (error) {
      this.#abandoned = target;
      report("otlp exit", error);
    }
  }

  flushSync(): void {
    const now = Date.now();
    if (this.#deadline === Infinity) this.#begin(now);
    this.#send(Math.max(this.#deadline - now, 0));
  }

  abandon(): void {
    this.#send(0);
  }

  /** Sends for so long, and says what is left. */
  #send(timeoutMs: number): void {
    const { left, problem } = this.#options.sendSync(timeoutMs);
    if (left === 0) return;
    const where = this.#options.hasSpool ? "left in the spool" : "not delivered before the process ended";
    report("otlp exit", `${left} records ${where}${problem === "" ? "" : `: ${problem}`}`, left);
  }

  #begin(now: number): void {
    const { clock, exitTimeoutMs } = this.#options;
    this.#deadline = now + exitTimeoutMs;
    // Where a turn comes after all, it was not the end: in Deno an app may keep a process alive that an error was to end.
    clock.setTimeout(() => (this.#deadline = Infinity), 0).unref?.();
  }
}
