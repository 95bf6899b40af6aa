import { report } from "../report/report.ts";
import { Delivery } from "./delivery.ts";
import { diskParcel, memoryParcel, spooledParcel } from "./parcel.ts";
import { Queue } from "./queue.ts";
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

  constructor(options: OutboxOptions) {
    const { settings, transport, tally, refill, answered } = options;
    this.#options = options;
    this.#waiters = new Waiters(settings.clock);
    const settled = (parcel: Parcel, batch: Batch | undefined): void => this.#settled(parcel, batch);
    this.#delivery = new Delivery({
      ...settings,
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
    return this.#queue.bytes + this.#delivery.heldBytes;
  }

  /** How many records are not settled, in memory or on disk. */
  get records(): number {
    // What is under way when all work ends has been counted as dropped, though its request has not ended yet.
    return this.#queue.records + (this.#stopped ? 0 : this.#delivery.records);
  }

  /** How many records are in memory. */
  get heldRecords(): number {
    return this.#queue.heldRecords + this.#delivery.records;
  }

  get inFlight(): number {
    return this.#delivery.inFlight;
  }

  get inFlightRecords(): number {
    return this.#delivery.records;
  }

  /** The number of the oldest record that is not settled; `Infinity` when all are. */
  get oldest(): number {
    return Math.min(this.#queue.head?.first ?? Infinity, this.#delivery.underWay()[0]?.first ?? Infinity);
  }

  /** Takes a batch that was cut. It goes after this turn of the event loop: making a request costs more than a log call may. */
  add(batch: Batch): void {
    const { spool } = this.#options;
    const range = spool?.cut(batch);
    this.#queue.add(spool === undefined || range === undefined ? memoryParcel(batch) : spooledParcel(batch, spool, range));
    this.#pumpSoon();
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
    if (this.oldest < target) {
      this.#delivery.hurry();
      // What there is may have left at once.
      if (this.oldest < target) await this.#waiters.wait(target, timeoutMs);
    }
    // Records that came after shutdown() were not handled before.
    const dropped = tally.dropped - tally.droppedBy.shutdown;
    this.#told = Math.max(this.#told, dropped);
    const queued = this.#undelivered(target);
    if (dropped > told || queued > 0) throw new UndeliveredError(dropped - told, queued, this.#delivery.lastProblem);
  }

  /** Ends all work. What is in the spool stays there for the next process, all else is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#delivery.stop();
    for (const parcel of [...this.#delivery.underWay(), ...this.#queue.drain()]) {
      if (!parcel.isSpooled) this.#options.tally.droppedBy.shutdown += parcel.count;
    }
    this.#options.spool?.close();
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
    for (const parcel of [...this.#delivery.underWay(), ...this.#queue]) if (parcel.first < target) count += parcel.count;
    return count;
  }
}
