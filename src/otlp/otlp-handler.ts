import { LevelVar } from "../level/level-var.ts";
import { OFF } from "../level/level.ts";
import { NanoClock } from "../record/nano-clock.ts";
import { report } from "../report/report.ts";
import { atExit, isExiting } from "../write/exit.ts";
import { transportOf } from "./connect.ts";
import { drain } from "./drain.ts";
import { envelopeOf, wireOf } from "./envelope.ts";
import { ExitFlush } from "./exit-flush.ts";
import { Intake } from "./intake.ts";
import { Metrics } from "./metrics.ts";
import { Outbox } from "./outbox.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { atPageHide, isLeaving } from "./page.ts";
import { readSettings } from "./settings.ts";
import { Spool } from "./spool.ts";
import { Tally } from "./stats.ts";
import { UndeliveredError } from "./undelivered-error.ts";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Batch } from "./batch.ts";
import type { Timer } from "./clock.ts";
import type { OtlpOptions } from "./options.ts";
import type { Settings } from "./settings.ts";
import type { OtlpStats } from "./stats.ts";
import type { Transport } from "./transport.ts";

/** Sends records to an OTLP receiver. */
export interface OtlpHandler extends Handler {
  readonly threshold: LevelVar;
  /**
   * Sends all that was handled before. Rejects with an {@link UndeliveredError} when some of it was given up since the last flush, or is not
   * delivered in time. May be called concurrently.
   *
   * @param options.timeoutMs is how long it waits. Default: the option `flushTimeoutMs`.
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<void>;
  /**
   * Delivers all that was handled before, and takes nothing more. It waits for `flushTimeoutMs` as long as records are being delivered, and
   * for `shutdownTimeoutMs` while the receiver takes none. Rejects with an {@link UndeliveredError}; what is not delivered then is dropped, or
   * stays in the spool. Called again, it gives the same promise.
   *
   * @param options.timeoutMs is how long it waits in all, in place of both.
   */
  shutdown(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Tells what became of the records so far. */
  stats(): OtlpStats;
}

/**
 * Makes a handler that sends records over OTLP/HTTP. Each record is encoded before the log call returns and waits in a queue that is bounded in
 * bytes. Nothing is sent, and no module of Node loaded, before there is a record.
 *
 * @throws RangeError or TypeError that names a bad option, its value and what was expected.
 *
 * @example
 * ```ts
 * const otlp = otlpHandler({ endpoint: "http://localhost:4318", resource: { "service.name": "shop" } });
 * const logger = new Logger(fanout(jsonHandler(), otlp));
 * await logger.flush();
 * ```
 */
export function otlpHandler(options: OtlpOptions = {}): OtlpHandler {
  const settings = readSettings(options);
  return new QueuedHandler(settings, transportOf(options, settings.target));
}

class QueuedHandler implements OtlpHandler {
  readonly threshold: LevelVar;
  readonly #settings: Settings;
  readonly #tally = new Tally();
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  readonly #spool: Spool | undefined;
  readonly #exit: ExitFlush;
  readonly #leave: () => void;
  /** Wakes when the open batch has waited long enough. */
  #tick: Timer | undefined;
  #due = false;
  /** The open batch is to be written to disk at the end of this turn. */
  #writing = false;
  #ending: Promise<void> | undefined;

  constructor(settings: Settings, transport: Transport) {
    const { clock, protocol, limits, spool } = settings;
    const envelope = envelopeOf(protocol, settings.resource);
    const nanos = new NanoClock();
    const encoder = (): RecordEncoder => new RecordEncoder(wireOf(protocol), limits, () => clock.now(), nanos);
    this.#settings = settings;
    this.threshold = settings.disabled ? new LevelVar(OFF) : settings.level;
    this.#intake = new Intake({ ...settings, envelope, encoder, cut: (batch) => this.#cut(batch) });
    this.#spool = spool === undefined || settings.disabled ? undefined : new Spool(spool, envelope, clock, settings.random);
    this.#outbox = new Outbox({
      settings,
      transport,
      tally: this.#tally,
      spool: this.#spool,
      refill: () => this.#refill(),
      reuse: (bytes) => this.#intake.reuse(bytes),
      answered: new Metrics(settings, () => this.stats()).answered,
    });
    this.#exit = new ExitFlush({
      ...settings,
      hasSpool: this.#spool !== undefined,
      taken: () => this.#intake.taken,
      isWaiting: () => this.#intake.count > 0 || this.#outbox.oldest < this.#intake.taken,
      flush: async (timeoutMs) => this.flush({ timeoutMs }),
      sendSync: (timeoutMs) => this.#sendSync(timeoutMs),
    });
    const ends = [atExit(this.#exit), atPageHide(() => this.#hurry())];
    this.#leave = () => ends.forEach((end) => end());
  }

  enabled(level: Level): boolean {
    return level >= this.threshold.level;
  }

  handle(record: LogRecord): void {
    if (this.#ending !== undefined || this.#settings.disabled) return this.#refuse();
    if (this.#isFull() && !this.#makeRoom(record)) return;
    try {
      this.#intake.add(record);
    } catch (error) {
      this.#tally.droppedBy.unsendable++;
      report("otlp unsendable", error);
      return;
    }
    if (this.#tick === undefined) this.#schedule();
    if (this.#spool !== undefined && !this.#writing) this.#writeSoon(this.#spool);
  }

  async flush({ timeoutMs = this.#settings.flushTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#cutNow();
    await this.#outbox.flush(this.#intake.taken, timeoutMs);
  }

  async shutdown({ timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { flushTimeoutMs, shutdownTimeoutMs } = this.#settings;
    return (this.#ending ??= this.#end(timeoutMs ?? flushTimeoutMs, timeoutMs ?? shutdownTimeoutMs));
  }

  stats(): OtlpStats {
    const { delivered, dropped, droppedBy, requests, retries, adopted } = this.#tally;
    return {
      taken: this.#intake.taken,
      delivered,
      dropped,
      droppedBy: { ...droppedBy },
      queued: this.#outbox.records + this.#intake.count,
      queuedBytes: this.#outbox.bytes + this.#intake.size,
      inFlight: this.#outbox.inFlight,
      inFlightRecords: this.#outbox.inFlightRecords,
      requests,
      retries,
      adopted,
      spooledBytes: this.#spool?.bytes ?? 0,
    };
  }

  #cut(batch: Batch): void {
    this.#due = false;
    this.#outbox.add(batch);
    this.#outbox.spill(() => this.#isFull());
  }

  /** Cuts the open batch when it waited long enough; while nothing can be sent it rather grows. */
  #refill(): void {
    if (this.#due) this.#intake.cut();
  }

  #schedule(): void {
    // Where no turn of the event loop comes any more, what is logged goes at once.
    if (isExiting()) return this.#exit.flushSync();
    if (isLeaving()) return this.#hurry();
    const { clock, scheduleDelayMs } = this.#settings;
    this.#tick = clock.setTimeout(() => {
      this.#tick = undefined;
      this.#due = true;
      this.#outbox.pump();
    }, scheduleDelayMs);
    this.#tick.unref?.();
  }

  /** Sends what there is at once. What that does not deliver waits on, as after any failure. */
  #hurry(): void {
    this.#cutNow();
    this.#outbox.hurry();
  }

  #cutNow(): void {
    if (this.#tick !== undefined) this.#settings.clock.clearTimeout(this.#tick);
    this.#tick = undefined;
    this.#intake.cut();
  }

  /** Has the records of this turn on disk at its end, so that they survive whatever ends the process after it. */
  #writeSoon(spool: Spool): void {
    this.#writing = true;
    setImmediate(() => {
      this.#writing = false;
      if (this.#intake.count > 0) spool.write(this.#intake.open);
    });
  }

  #isFull(): boolean {
    const { maxQueueBytes, maxQueueRecords } = this.#settings;
    return (
      this.#outbox.bytes + this.#intake.size >= maxQueueBytes || this.#outbox.heldRecords + this.#intake.count >= maxQueueRecords
    );
  }

  /** Applies the rule for a full queue; false when the record is not to be taken. */
  #makeRoom(record: LogRecord): boolean {
    const { drop, blockFrom, blockMs } = this.#settings.full;
    this.#outbox.spill(() => this.#isFull());
    if (!this.#isFull()) return true;
    if (record.level >= blockFrom) this.#outbox.sendSync(blockMs, false);
    if (drop === "oldest") this.#outbox.dropOldest(() => this.#isFull());
    if (drop === "oldest" || !this.#isFull()) return true;
    this.#tally.droppedBy.queueFull++;
    report("otlp queueFull", "the queue is full: the newest records are dropped");
    return false;
  }

  #refuse(): void {
    if (this.#settings.disabled) return;
    this.#tally.droppedBy.shutdown++;
    report("otlp shutdown", "records that came after shutdown() are dropped");
  }

  async #end(timeoutMs: number, idleMs: number): Promise<void> {
    const failure = await drain({
      clock: this.#settings.clock,
      timeoutMs,
      idleMs,
      settled: () => this.#tally.delivered + this.#tally.dropped - this.#tally.droppedBy.shutdown,
      flush: async (waitMs) => this.flush({ timeoutMs: waitMs }),
    });
    this.#leave();
    const lost = this.#outbox.stop();
    if (failure !== undefined) throw new UndeliveredError(failure.dropped + lost, failure.queued - lost, failure.problem);
  }

  #sendSync(timeoutMs: number): { readonly left: number; readonly problem: string } {
    if (this.#intake.abandon()) {
      this.#tally.droppedBy.unsendable++;
      report("otlp unsendable", "the process ended while a record was encoded");
    }
    this.#cutNow();
    return { left: this.#outbox.sendSync(timeoutMs, true), problem: this.#outbox.lastProblem };
  }
}
