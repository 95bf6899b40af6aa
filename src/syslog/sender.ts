import { inContextOfNow } from "../context/async-context.ts";
import { isExiting, isIdle } from "../write/exit.ts";
import { Outgoing } from "./outgoing.ts";
import type { Link, OpenLink } from "./link.ts";
import type { SyncSend } from "./sync-send.ts";

export interface SenderOptions {
  readonly open: OpenLink;
  readonly maxQueueBytes: number;
  /** Where no turn of the event loop comes any more, and the link cannot. */
  readonly sendSync: SyncSend;
  /** How long the end of the process is held up, all calls of `flushSync` together, in milliseconds. */
  readonly exitTimeoutMs: number;
  readonly random: () => number;
}

/** How much goes to the system at once; the rest waits where it is bounded. */
const MOST_UNDER_WAY = 65_536;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** How soon after the end was held up in vain it is the same end that comes: the time of a turn. */
const SAME_END_MS = 50;

/** Passes messages to a link and opens it again when it fails, first after 250 ms, then after up to 30 s, for as long as there is something to send. */
export class Sender {
  readonly outgoing: Outgoing;
  reconnects = 0;
  readonly #options: SenderOptions;
  #link: Link | undefined;
  #ready = false;
  #underWay: readonly Uint8Array[] = [];
  /** How many of the first of those the link is done with. */
  #gone = 0;
  #scheduled = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #stopped = false;
  /** A connection, and what waits for the next try, would keep the request alive in which they began. */
  readonly #atSetUp = inContextOfNow();
  #syncUntil: number | undefined;
  /** When the end of the process had been held up in vain. */
  #inVainAt = -Infinity;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.outgoing = new Outgoing(options.maxQueueBytes);
  }

  get pending(): number {
    return this.outgoing.length + this.#underWay.length - this.#gone;
  }

  /** Takes the message that stands there. @returns false when it is dropped, because the queue is full. */
  add(page: Uint8Array, start: number, end: number): boolean {
    const isTaken = this.outgoing.add(page, start, end);
    if (isExiting()) this.flushSync();
    else if (!this.#scheduled) this.#schedule();
    return isTaken;
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.#retry !== undefined) this.#again();
    this.#pump();
    await this.outgoing.flush(this.#underWay.length - this.#gone, timeoutMs);
  }

  /**
   * Holds up a natural end, or a signal, until all is sent or the time is over. Called again right after it was over, it drops what is left: a natural
   * end comes back for as long as something keeps it, and a signal that takes its default effect leaves nobody to count it later.
   */
  async flushAtEnd(): Promise<void> {
    if (this.#isInVain()) {
      this.flushSync();
      return;
    }
    try {
      await this.flush(this.#options.exitTimeoutMs);
    } finally {
      if (this.pending > 0) this.#inVainAt = performance.now();
    }
  }

  flushSync(): void {
    // Asked first: to find out that a connection takes nothing more costs time of its own.
    const isInVain = this.#isInVain();
    if (this.pending === 0 || this.#sendNow()) return;
    // What it still holds is sent below.
    this.#close();
    const messages = [...this.#takeBack(), ...this.outgoing.take(Infinity)];
    const now = performance.now();
    this.#syncUntil ??= isInVain ? now : now + this.#options.exitTimeoutMs;
    const leftMs = this.#syncUntil - now;
    const { sent, problem } = leftMs > 0 ? this.#options.sendSync(messages, leftMs) : { sent: 0, problem: this.outgoing.problem };
    this.outgoing.delivered(sent);
    const reason = problem === undefined ? "" : `: ${problem.message}`;
    this.outgoing.drop(messages.length - sent, new Error(`the process ended before they were sent${reason}`));
  }

  #isInVain(): boolean {
    return performance.now() - this.#inVainAt < SAME_END_MS;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#giveUp(new Error("the handler was shut down"));
  }

  /** Sends nothing more of what is here, and counts it. */
  abandon(): void {
    this.#giveUp(new Error(`the process ended before they were sent: ${this.outgoing.problem.message}`));
  }

  #giveUp(reason: Error): void {
    this.#close();
    const left = this.#takeBack().length + this.outgoing.take(Infinity).length;
    this.outgoing.drop(left, reason);
  }

  /** The system takes what a connection has room for within the call. */
  #sendNow(): boolean {
    if (this.#link?.sendNow === undefined || !this.#ready) return false;
    const more = this.outgoing.take(Infinity);
    this.#underWay = [...this.#takeBack(), ...more];
    if (!this.#link.sendNow(more)) return false;
    this.outgoing.delivered(this.#takeBack().length);
    return true;
  }

  /** At the end of the turn, so that its messages leave together. */
  #schedule(): void {
    this.#scheduled = true;
    const turn = setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
    // What a listener logs at each natural end would bring the next one about for ever: the exit event sends it.
    if (isIdle()) turn.unref();
  }

  #pump(): void {
    this.#atSetUp(() => this.#pumpNow());
  }

  #pumpNow(): void {
    if (this.#stopped || this.#underWay.length > 0 || this.outgoing.length === 0) return;
    if (this.#link === undefined) this.#connect();
    if (this.#link === undefined || !this.#ready) return;
    const link = this.#link;
    this.#underWay = this.outgoing.take(MOST_UNDER_WAY);
    link.send(this.#underWay, (count, lost) => {
      if (link === this.#link) this.#passed(count, lost);
    });
  }

  #passed(count: number, lost: Error | undefined): void {
    const passed = Math.min(count, this.#underWay.length - this.#gone);
    this.#gone += passed;
    if (this.#gone === this.#underWay.length) this.#takeBack();
    this.#failures = 0;
    if (lost === undefined) this.outgoing.delivered(passed);
    else this.outgoing.drop(passed, lost);
    this.#pump();
  }

  #connect(): void {
    if (this.#retry !== undefined) return;
    let own: Link | undefined;
    const isCurrent = (): boolean => own === undefined || own === this.#link;
    try {
      own = this.#options.open(
        () => {
          if (!isCurrent()) return;
          this.#ready = true;
          this.#pump();
        },
        (error, atEnd = false) => {
          if (!isCurrent()) return;
          if (atEnd) this.#inVainAt = performance.now();
          this.#failed(error);
        },
      );
      this.#link = own;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#close();
    if (this.#stopped) return;
    this.outgoing.giveBack(this.#takeBack());
    // An idle connection that ends is opened again when there is something to send.
    if (this.outgoing.length === 0) return;
    this.outgoing.failed(error);
    const whole = Math.min(FIRST_RETRY_MS * 2 ** this.#failures++, LONGEST_RETRY_MS);
    this.#retry = setTimeout(() => this.#again(), whole * (0.5 + this.#options.random() / 2));
    this.#retry.unref();
  }

  /** Takes what is under way and not passed on. */
  #takeBack(): readonly Uint8Array[] {
    const left = this.#gone === 0 ? this.#underWay : this.#underWay.slice(this.#gone);
    this.#underWay = [];
    this.#gone = 0;
    return left;
  }

  #again(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.reconnects++;
    this.#pump();
  }

  #close(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#ready = false;
    link?.close();
  }
}
