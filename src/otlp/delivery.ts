import { inContextOfNow } from "../context/async-context.ts";
import { report } from "../report/report.ts";
import { Pause } from "./pause.ts";
import { judge, retryAfterMs } from "./retry.ts";
import { Settlement } from "./settlement.ts";
import { UnderWay } from "./under-way.ts";
import type { Batch } from "./batch.ts";
import type { Clock } from "./clock.ts";
import type { Parcel } from "./parcel.ts";
import type { Queue } from "./queue.ts";
import type { Tally } from "./stats.ts";
import type { OtlpReply, OtlpRequest, Transport } from "./transport.ts";

interface DeliveryOptions {
  readonly queue: Queue;
  readonly transport: Transport;
  readonly tally: Tally;
  readonly concurrency: number;
  /** How long a transport gives a request. */
  readonly requestTimeoutMs: number;
  readonly maxQueueBytes: number;
  /** What does not fit into memory goes to disk. */
  readonly hasSpool: boolean;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Requests end with the call that made them: only a flush makes any, and only of what it waits for. */
  readonly onlyByFlush: boolean;
  /** Tells those who flush that they may go on. */
  readonly wake: () => void;
  /** Is asked for more when nothing waits and a request may go. */
  readonly refill: () => void;
  /** Hears of each parcel that left for good. */
  readonly settled: (parcel: Parcel, batch: Batch | undefined) => void;
  /** Hears how long a request took, and how it ended: nothing for success, else a status or an error's name. */
  readonly answered: (durationMs: number, problem: string | undefined) => void;
}

interface Loaded {
  readonly parcel: Parcel;
  readonly batch: Batch;
}

/**
 * Sends parcels: several at a time while all is well, one at a time and the oldest first from a failure on until the backlog is gone,
 * so that a receiver that was away gets them in order.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #pause: Pause;
  readonly #settlement: Settlement;
  readonly #underWay = new UnderWay();
  readonly #atSetUp = inContextOfNow();
  #recovering = false;
  #stopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#pause = new Pause({ ...options, over: () => this.#goOn() });
    this.#settlement = new Settlement(options);
  }

  /** What is not answered yet. */
  get underWay(): Pick<UnderWay, "size" | "bytes" | "records" | "list"> {
    return this.#underWay;
  }

  /** What was wrong last; empty after a success. */
  get lastProblem(): string {
    return this.#settlement.lastProblem;
  }

  /** Tells whether one more request may go now. */
  get ready(): boolean {
    return !this.#stopped && !this.#pause.on && this.#underWay.size < this.#most();
  }

  /** Sends what may be sent. */
  pump(): void {
    if (!this.#options.onlyByFlush) this.pumpBefore(Infinity);
  }

  /** Sends what may be sent of the records before a number. */
  pumpBefore(target: number): void {
    this.#atSetUp(() => this.#pumpNow(target));
  }

  #pumpNow(target: number): void {
    this.#reclaim();
    const { queue, refill } = this.#options;
    while (this.ready) {
      if (queue.head === undefined) refill();
      if (queue.head === undefined && this.#underWay.size === 0) this.#recovering = false;
      if (queue.head === undefined || queue.head.first >= target) return;
      const parcel = queue.shift();
      if (parcel !== undefined) void this.#deliver(parcel);
    }
  }

  /** Sends one at a time, the oldest first, until nothing is left: there is a backlog. */
  keepOrder(): void {
    this.#recovering = true;
  }

  /** Ends a pause, unless the receiver asked for it, and makes the next one short: somebody waits. */
  hurry(): void {
    this.#pause.hurry();
  }

  /** After what time it is to be pumped again: a timer that would may be lost, as in workerd with the request in which it was set. */
  get againMs(): number {
    const { clock, requestTimeoutMs } = this.#options;
    const { longest } = this.#underWay;
    const overdueInMs = (longest?.sentMs ?? clock.now()) + overdueMs(requestTimeoutMs) - clock.now();
    return Math.max(this.#pause.on ? Math.min(this.#pause.leftMs, overdueInMs) : overdueInMs, 0) + 1;
  }

  /** Sends nothing more; what is under way is broken off and stays undelivered. */
  stop(): void {
    this.#stopped = true;
    this.#pause.stop();
    this.#options.transport.close();
  }

  /**
   * Sends what waits, and where the process ends also what is under way, before the event loop turns again. Returns how many records are
   * still not delivered.
   */
  sendSync(timeoutMs: number, ending: boolean): number {
    const { queue, transport } = this.#options;
    const deadline = Date.now() + timeoutMs;
    const left: Parcel[] = [];
    if (ending) for (const parcel of this.#underWay.drain()) queue.add(parcel);
    // More than once where the disk holds more than may be in memory, or where a request was split.
    while (Date.now() < deadline && queue.head !== undefined) {
      const loaded = this.#takeAll();
      const replies = transport.sendSync?.(loaded.map(requestOf), deadline - Date.now()) ?? [];
      for (const [index, each] of loaded.entries()) if (!this.#settleSync(each, replies[index])) left.push(each.parcel);
    }
    for (const parcel of left) queue.add(parcel);
    return queue.records;
  }

  #settleSync({ parcel, batch }: Loaded, reply: OtlpReply | undefined): boolean {
    this.#options.tally.requests++;
    if (reply !== undefined && this.#settlement.settle(parcel, batch, reply)) return true;
    this.#settlement.failed(reply === undefined ? "no reply in time" : `status ${reply.status}`);
    return false;
  }

  /** Takes out what can be sent now. What is on disk is read into memory for it: no more than may be there. */
  #takeAll(): readonly Loaded[] {
    const { queue, maxQueueBytes } = this.#options;
    const loaded: Loaded[] = [];
    let bytes = 0;
    for (let parcel = queue.shift(); parcel !== undefined; parcel = queue.shift()) {
      const found = this.#load(parcel);
      if (found === undefined) continue;
      loaded.push(found);
      bytes += found.batch.size;
      if (bytes > maxQueueBytes) break;
    }
    return loaded;
  }

  /** Takes back what was neither answered nor timed out by its transport in more than its time. */
  #reclaim(): void {
    const { clock, requestTimeoutMs } = this.#options;
    const before = clock.now() - overdueMs(requestTimeoutMs);
    for (let { longest } = this.#underWay; longest !== undefined && longest.sentMs <= before; { longest } = this.#underWay) {
      this.#underWay.take(longest.parcel);
      this.#again(longest.parcel, "no word of it", undefined);
    }
  }

  #load(parcel: Parcel): Loaded | undefined {
    const batch = parcel.load();
    if (batch !== undefined) return { parcel, batch };
    this.#settlement.drop(parcel, undefined, "unreadable", "the spool does not give back what was written");
    return undefined;
  }

  #most(): number {
    const { concurrency, queue, maxQueueBytes, hasSpool } = this.#options;
    if (this.#pause.tries > 0) return 1;
    // Where there is no disk, a backlog that grows in spite of all is worse than one out of order.
    return this.#recovering && (hasSpool || queue.bytes * 2 < maxQueueBytes) ? 1 : concurrency;
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const loaded = this.#load(parcel);
    if (loaded === undefined) return;
    const { batch } = loaded;
    const { transport, clock } = this.#options;
    const began = clock.now();
    this.#underWay.add(parcel, batch, began);
    try {
      const reply = await transport.send(requestOf(loaded));
      // At the end of the process it was sent again: then it is not this one's to settle.
      if (!this.#underWay.take(parcel)) return;
      this.#answered(began, judge(reply.status) === "taken" ? undefined : String(reply.status));
      if (this.#settlement.settle(parcel, batch, reply)) this.#pause.reset();
      else this.#again(parcel, `status ${reply.status}`, retryAfterMs(reply.retryAfter, clock.now()));
    } catch (error) {
      if (!this.#underWay.take(parcel)) return;
      this.#answered(began, error instanceof Error ? error.name : "error");
      this.#again(parcel, error instanceof Error ? error.message : String(error), undefined);
    }
    this.#goOn();
  }

  #goOn(): void {
    if (this.#options.onlyByFlush) this.#options.wake();
    else this.pump();
  }

  #answered(began: number, problem: string | undefined): void {
    const { answered, clock, tally } = this.#options;
    answered(clock.now() - began, problem);
    tally.requests++;
  }

  #again(parcel: Parcel, problem: string, askedMs: number | undefined): void {
    if (this.#stopped) return;
    const { queue, tally } = this.#options;
    queue.add(parcel);
    tally.retries++;
    this.#settlement.failed(problem);
    this.#recovering = true;
    // It counts requests; how many records wait is said each time anew.
    const waiting = queue.records + this.#underWay.records;
    report("otlp retry", `a request failed: ${problem}; ${waiting} records wait and are sent again`);
    this.#pause.begin(askedMs);
  }
}

/** Says when a request is overdue: a transport may try twice where a kept connection was closed. */
function overdueMs(requestTimeoutMs: number): number {
  return 2 * requestTimeoutMs + 1000;
}

function requestOf({ batch }: Loaded): OtlpRequest {
  return { body: batch.body(), contentType: batch.envelope.contentType };
}
