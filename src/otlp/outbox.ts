import { report } from "../report/report.ts";
import { Delivery } from "./delivery.ts";
import { diskParcel, memoryParcel, spooledParcel } from "./parcel.ts";
import { Queue } from "./queue.ts";
import { isWorkerd } from "./runtime.ts";
import { UndeliveredError } from "./undelivered-error.ts";
import { Waiters } from "./waiters.ts";
import type { Batch } from "./batch.ts";
import type { Parcel } from "./parcel.ts";
import type { Settings } from "./settings.ts";
import type { Spool } from "./spool.ts";
import type { DropCause, Tally } from "./stats.ts";
import type { Transport } from "./transport.ts";

interface OutboxOptions {
  readonly settings: Settings;
  readonly transport: Transport;
  readonly tally: Tally;
  readonly spool: Spool | undefined;
  /** Is asked to cut the open batch, if it is its time, when nothing else waits and a request may go. */
  readonly refill: () => void;
  /** Hears of bytes that nobody reads any more. */
  readonly reuse: (bytes: Uint8Array) => void;
  /** Hears how long a request took, and what was wrong. */
  readonly answered: (durationMs: number, problem: string | undefined) => void;
}

/** Before the first record of its own, for what it finds on disk. */
const BEFORE_ALL = -(2 ** 52);
const ADOPT_MS = 30_000;

/** Holds batches from their cut until they are delivered, within the bounds that are set, and says what becomes of them. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue = new Queue();
  readonly #waiters: Waiters;
  readonly #delivery: Delivery;
  #pumping = false;
  #nextAdopted = BEFORE_ALL;
  #stopped = false;
  /** How many dropped records a flush has told of. */
  #told = 0;
  /** How many records were dropped when all work ended, and how many are left in the spool. */
  #lost = 0;
  #left = 0;

  constructor(options: OutboxOptions) {
    const { settings, transport, tally, refill, answered } = options;
    this.#options = options;
    this.#waiters = new Waiters(settings.clock);
    const settled = (parcel: Parcel, batch: Batch | undefined): void => this.#settled(parcel, batch);
    this.#delivery = new Delivery({
      ...settings,
      requestTimeoutMs: settings.target.timeoutMs,
      onlyByFlush: isWorkerd(),
      wake: () => this.#waiters.wakeAll(),
      hasSpool: options.spool !== undefined,
      queue: this.#queue,
      transport,
      tally,
      refill,
      answered,
      settled,
    });
    if (options.spool !== undefined) this.#adoptAfter(options.spool, 0);
  }

  /** The bytes in memory. */
  get bytes(): number {
    return this.#queue.bytes + this.#delivery.underWay.bytes;
  }

  /** How many records are not settled, in memory or on disk. */
  get records(): number {
    // What is under way when all work ends has been counted as dropped, though its request has not ended yet.
    return this.#queue.records + (this.#stopped ? 0 : this.#delivery.underWay.records);
  }

  /** How many records are in memory. */
  get heldRecords(): number {
    return this.#queue.heldRecords + this.#delivery.underWay.records;
  }

  /** What was wrong last; empty after a success. */
  get lastProblem(): string {
    return this.#delivery.lastProblem;
  }

  get inFlight(): number {
    return this.#delivery.underWay.size;
  }

  get inFlightRecords(): number {
    return this.#delivery.underWay.records;
  }

  /** The number of the oldest record that is not settled; `Infinity` when all are. */
  get oldest(): number {
    return Math.min(this.#queue.head?.first ?? Infinity, this.#delivery.underWay.list()[0]?.first ?? Infinity);
  }

  /** Takes a batch that was cut. It goes after this turn of the event loop: making a request costs more than a log call may. */
  add(batch: Batch): void {
    const { spool } = this.#options;
    const range = spool?.cut(batch);
    this.#queue.add(spool === undefined || range === undefined ? memoryParcel(batch) : spooledParcel(batch, spool, range));
    this.#pumpSoon();
  }

  /** Sends what waits at once, unless the receiver asked for a pause. */
  hurry(): void {
    this.#delivery.hurry();
    this.#delivery.pump();
  }

  /** Sends what may be sent. */
  pump(): void {
    this.#expire();
    this.#delivery.pump();
  }

  /** Makes room in memory by what is on disk too, and on disk by dropping what is oldest there. */
  spill(isFull: () => boolean): void {
    const { spool, settings } = this.#options;
    if (spool === undefined) return;
    if (isFull()) {
      this.#queue.spill(settings.maxQueueBytes / 2);
      this.#delivery.keepOrder();
    }
    this.#dropWhile(
      () => spool.full,
      (parcel) => parcel.isSpooled,
    );
  }

  /** Makes room in memory by dropping what is oldest there. */
  dropOldest(isFull: () => boolean): void {
    this.#dropWhile(isFull, (parcel) => parcel.heldBytes > 0);
  }

  #dropWhile(isFull: () => boolean, helps: (parcel: Parcel) => boolean): void {
    while (isFull()) {
      const parcel = this.#queue.take(helps);
      if (parcel === undefined) return;
      this.#drop(parcel, "queueFull", "the queue is full: the oldest records are dropped");
    }
  }

  /** Sends what waits before it returns, and where the process ends also what is under way. Returns how many records are left. */
  sendSync(timeoutMs: number, ending: boolean): number {
    return this.#delivery.sendSync(timeoutMs, ending);
  }

  /** Resolves when all records before a number are delivered; rejects when some were given up, or when the time is over. */
  async flush(target: number, timeoutMs: number): Promise<void> {
    const { tally } = this.#options;
    const told = this.#told;
    if (this.#nextAdopted === BEFORE_ALL && this.#options.spool !== undefined) this.#adopt(this.#options.spool);
    this.hurry();
    const { clock } = this.#options.settings;
    const deadline = clock.now() + timeoutMs;
    for (let leftMs = timeoutMs; this.oldest < target && leftMs > 0 && !this.#stopped; leftMs = deadline - clock.now()) {
      this.#delivery.pumpBefore(target);
      // What there is may have left at once.
      if (this.oldest < target) await this.#waiters.wait(target, Math.min(leftMs, this.#delivery.againMs));
    }
    // Records that came after shutdown() were not handled before.
    const dropped = tally.dropped - tally.droppedBy.shutdown + this.#lost;
    this.#told = Math.max(this.#told, dropped);
    const queued = this.#stopped ? this.#left : this.#undelivered(target);
    if (dropped > told || queued > 0) throw new UndeliveredError(dropped - told, queued, this.#delivery.lastProblem);
  }

  /** Ends all work. What is in the spool stays there for the next process, all else is dropped; returns how many records that is. */
  stop(): number {
    const { tally, spool } = this.#options;
    this.#stopped = true;
    this.#delivery.stop();
    const parcels = [...this.#delivery.underWay.list(), ...this.#queue.drain()];
    this.#lost = parcels.reduce((sum, { isSpooled, count }) => sum + (isSpooled ? 0 : count), 0);
    this.#left = parcels.reduce((sum, { count }) => sum + count, 0) - this.#lost;
    tally.droppedBy.shutdown += this.#lost;
    // Those who wait tell it, and shutdown() does; later ones have nothing to tell.
    this.#waiters.wakeAll();
    this.#told += this.#lost;
    spool?.close();
    return this.#lost;
  }

  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const pump = (): void => {
      this.#pumping = false;
      this.pump();
    };
    this.#options.settings.clock.setTimeout(pump, 0).unref?.();
  }

  #settled(parcel: Parcel, batch: Batch | undefined): void {
    parcel.done();
    if (batch !== undefined && parcel.ownsBytes) this.#options.reuse(batch.bytes);
    this.#waiters.settle(this.oldest);
  }

  #drop(parcel: Parcel, cause: DropCause, problem: string): void {
    this.#options.tally.droppedBy[cause] += parcel.count;
    report(`otlp ${cause}`, problem, parcel.count);
    this.#settled(parcel, undefined);
  }

  #expire(): void {
    if (this.#options.spool === undefined) return;
    const now = this.#options.settings.clock.now();
    while ((this.#queue.head?.expiresMs ?? Infinity) < now) {
      const parcel = this.#queue.shift();
      if (parcel !== undefined) this.#drop(parcel, "expired", "records in the spool are too old and dropped");
    }
  }

  #adoptAfter(spool: Spool, ms: number): void {
    const timer = this.#options.settings.clock.setTimeout(() => {
      if (this.#stopped) return;
      this.#adopt(spool);
      this.pump();
      this.#adoptAfter(spool, ADOPT_MS);
    }, ms);
    // The first time it is to happen, however short the process is.
    if (ms > 0) timer.unref?.();
  }

  /** Takes over what ended processes left in the spool, before all that is here. */
  #adopt(spool: Spool): void {
    const { settings, tally } = this.#options;
    for (const range of spool.adopt(settings.maxBatchBytes)) {
      this.#queue.add(diskParcel(this.#nextAdopted, spool, range));
      this.#nextAdopted += range.count;
      tally.adopted += range.count;
      this.#delivery.keepOrder();
    }
  }

  #undelivered(target: number): number {
    let count = 0;
    for (const parcel of [...this.#delivery.underWay.list(), ...this.#queue]) if (parcel.first < target) count += parcel.count;
    return count;
  }
}
