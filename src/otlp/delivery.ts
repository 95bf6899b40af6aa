import { report } from "../report/report.ts";
import { halfParcels } from "./parcel.ts";
import { ALL_TAKEN, partialSuccess, refusalOf } from "./reply.ts";
import { Backoff, judge, retryAfterMs } from "./retry.ts";
import type { Batch } from "./batch.ts";
import type { Clock, Timer } from "./clock.ts";
import type { Parcel } from "./parcel.ts";
import type { Queue } from "./queue.ts";
import type { DropCause, Tally } from "./stats.ts";
import type { OtlpReply, Transport } from "./transport.ts";

interface DeliveryOptions {
  readonly queue: Queue;
  readonly transport: Transport;
  readonly tally: Tally;
  readonly concurrency: number;
  readonly maxQueueBytes: number;
  /** What does not fit into memory goes to disk. */
  readonly hasSpool: boolean;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly clock: Clock;
  readonly random: () => number;
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

/** After so many refused records in a row, and none taken, it is not the records' fault: batches are not split any more. */
const MOST_REFUSALS = 64;

/**
 * Sends parcels: several at a time while all is well, one at a time and the oldest first from a failure on until the backlog is gone,
 * so that a receiver that was away gets them in order.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #backoff: Backoff;
  readonly #underWay = new Set<Parcel>();
  #heldBytes = 0;
  #records = 0;
  #pause: Timer | undefined;
  /** The receiver itself asked for the pause. */
  #asked = false;
  #recovering = false;
  #refusals = 0;
  #stopped = false;
  #lastProblem = "";

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.firstRetryMs, options.longestRetryMs, options.random);
  }

  get inFlight(): number {
    return this.#underWay.size;
  }

  /** The bytes in memory of what is under way. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** How many records are under way. */
  get records(): number {
    return this.#records;
  }

  /** What was wrong last; empty after a success. */
  get lastProblem(): string {
    return this.#lastProblem;
  }

  /** Tells whether one more request may go now. */
  get ready(): boolean {
    return !this.#stopped && this.#pause === undefined && this.#underWay.size < this.#most();
  }

  /** What is under way, oldest first. */
  underWay(): readonly Parcel[] {
    return [...this.#underWay].sort((a, b) => a.first - b.first);
  }

  /** Sends what may be sent. */
  pump(): void {
    while (this.ready) {
      if (this.#options.queue.head === undefined) this.#options.refill();
      const parcel = this.#options.queue.shift();
      if (parcel === undefined) {
        if (this.#underWay.size === 0) this.#recovering = false;
        return;
      }
      void this.#deliver(parcel);
    }
  }

  /** Sends one at a time, the oldest first, until nothing is left: there is a backlog. */
  keepOrder(): void {
    this.#recovering = true;
  }

  /** Tries again at once, unless the receiver asked for a pause, and soon again if that fails: somebody waits. */
  hurry(): void {
    if (this.#asked) return;
    this.#backoff.reset();
    this.#wake();
  }

  /** Sends nothing more; what is under way is broken off and stays undelivered. */
  stop(): void {
    this.#stopped = true;
    if (this.#pause !== undefined) this.#options.clock.clearTimeout(this.#pause);
    this.#options.transport.close();
  }

  /**
   * Sends what waits, and where the process ends also what is under way, before the event loop turns again. Returns how many records are
   * still not delivered.
   */
  sendSync(timeoutMs: number, ending: boolean): number {
    const { queue, transport } = this.#options;
    const loaded = this.#takeAll(ending);
    const requests = loaded.map(({ batch }) => ({ body: batch.body(), contentType: batch.envelope.contentType }));
    const statuses = requests.length === 0 ? [] : (transport.sendSync?.(requests, timeoutMs) ?? []);
    for (const [index, { parcel, batch }] of loaded.entries()) {
      const status = statuses[index] ?? 0;
      const verdict = status > 0 ? judge(status) : "again";
      if (verdict === "taken") this.#taken(parcel, batch, undefined);
      else if (verdict === "again") queue.add(parcel);
      else this.#drop(parcel, batch, "refused", `status ${status}`);
    }
    return queue.records;
  }

  /** Takes out what can be sent now. What is on disk is read into memory for it: no more than may be there. */
  #takeAll(ending: boolean): readonly Loaded[] {
    const { queue, maxQueueBytes } = this.#options;
    const loaded: Loaded[] = [];
    let bytes = 0;
    const take = (parcel: Parcel): void => {
      const found = this.#load(parcel);
      if (found === undefined) return;
      loaded.push(found);
      bytes += found.batch.size;
    };
    if (ending) {
      const underWay = this.underWay();
      this.#underWay.clear();
      this.#heldBytes = 0;
      this.#records = 0;
      for (const parcel of underWay) take(parcel);
    }
    for (let parcel = queue.shift(); parcel !== undefined; parcel = queue.shift()) {
      take(parcel);
      if (bytes > maxQueueBytes) break;
    }
    return loaded;
  }

  #load(parcel: Parcel): Loaded | undefined {
    const batch = parcel.load();
    if (batch !== undefined) return { parcel, batch };
    this.#drop(parcel, undefined, "unreadable", "the spool does not give back what was written");
    return undefined;
  }

  #most(): number {
    const { concurrency, queue, maxQueueBytes, hasSpool } = this.#options;
    if (this.#backoff.tries > 0) return 1;
    // Where there is no disk, a backlog that grows in spite of all is worse than one out of order.
    return this.#recovering && (hasSpool || queue.bytes * 2 < maxQueueBytes) ? 1 : concurrency;
  }

  #wake(): void {
    if (this.#pause !== undefined) this.#options.clock.clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#asked = false;
    this.pump();
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const batch = this.#load(parcel)?.batch;
    if (batch === undefined) return;
    const { transport, clock, tally, answered } = this.#options;
    const began = clock.now();
    this.#begin(parcel, batch);
    try {
      const reply = await transport.send({ body: batch.body(), contentType: batch.envelope.contentType });
      if (!this.#isDone(parcel, batch)) return;
      answered(clock.now() - began, judge(reply.status) === "taken" ? undefined : String(reply.status));
      tally.requests++;
      this.#judge(parcel, batch, reply);
    } catch (error) {
      if (!this.#isDone(parcel, batch)) return;
      answered(clock.now() - began, error instanceof Error ? error.name : "error");
      tally.requests++;
      this.#again(parcel, error instanceof Error ? error.message : String(error), undefined);
    }
    this.pump();
  }

  #begin(parcel: Parcel, batch: Batch): void {
    this.#underWay.add(parcel);
    this.#heldBytes += batch.size;
    this.#records += batch.count;
  }

  /** Tells, of a request that ended, whether its records are still this one's to settle: at the end of the process they were sent again. */
  #isDone(parcel: Parcel, batch: Batch): boolean {
    if (!this.#underWay.delete(parcel)) return false;
    this.#heldBytes -= batch.size;
    this.#records -= batch.count;
    return true;
  }

  #judge(parcel: Parcel, batch: Batch, reply: OtlpReply): void {
    switch (judge(reply.status)) {
      case "taken":
        return this.#taken(parcel, batch, reply);
      case "again":
        return this.#again(parcel, `status ${reply.status}`, retryAfterMs(reply.retryAfter, this.#options.clock.now()));
      case "malformed":
        if (batch.count > 1 && this.#refusals < MOST_REFUSALS) return this.#split(parcel, batch);
        this.#refusals += batch.count === 1 ? 1 : 0;
        return this.#drop(parcel, batch, "refused", `status ${reply.status}: ${refusalOf(reply)}`);
      case "refused":
        return this.#drop(parcel, batch, "refused", `status ${reply.status}: ${refusalOf(reply)}`);
    }
  }

  #taken(parcel: Parcel, batch: Batch, reply: OtlpReply | undefined): void {
    const { tally, settled } = this.#options;
    const { rejected, message } = reply === undefined ? ALL_TAKEN : partialSuccess(reply);
    const lost = Math.min(rejected, batch.count);
    tally.delivered += batch.count - lost;
    tally.droppedBy.rejected += lost;
    if (lost > 0) report("otlp rejected", `the receiver rejected records: ${message}`, lost);
    else if (message !== "") report("otlp warning", `the receiver says: ${message}`);
    this.#refusals = 0;
    this.#backoff.reset();
    this.#lastProblem = lost > 0 ? message : "";
    settled(parcel, batch);
  }

  #again(parcel: Parcel, problem: string, askedMs: number | undefined): void {
    if (this.#stopped) return;
    this.#options.queue.add(parcel);
    this.#options.tally.retries++;
    this.#lastProblem = problem;
    this.#recovering = true;
    report("otlp retry", `${problem}; records are kept and sent again`, parcel.count);
    if (this.#pause !== undefined && askedMs === undefined) return;
    const ms = Math.max(this.#backoff.nextMs(), askedMs ?? 0);
    if (this.#pause !== undefined) this.#options.clock.clearTimeout(this.#pause);
    this.#asked ||= askedMs !== undefined;
    this.#pause = this.#options.clock.setTimeout(() => this.#wake(), ms);
    this.#pause.unref?.();
  }

  #split(parcel: Parcel, batch: Batch): void {
    for (const half of halfParcels(parcel, batch)) this.#options.queue.add(half);
  }

  #drop(parcel: Parcel, batch: Batch | undefined, cause: DropCause, problem: string): void {
    this.#options.tally.droppedBy[cause] += parcel.count;
    this.#lastProblem = problem;
    // What it says about one batch says nothing of whether the receiver is there.
    this.#backoff.reset();
    report(`otlp ${cause}`, `records dropped: ${problem}`, parcel.count);
    this.#options.settled(parcel, batch);
  }
}
