import { LevelVar } from "../level/level-var.ts";
import { OFF } from "../level/level.ts";
import { report } from "../report/report.ts";
import { atExit, isExiting } from "../write/exit.ts";
import { transportOf } from "./connect.ts";
import { envelopeOf, wireOf } from "./envelope.ts";
import { Intake } from "./intake.ts";
import { Metrics } from "./metrics.ts";
import { NanoClock } from "./nano-clock.ts";
import { Outbox } from "./outbox.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { readSettings } from "./settings.ts";
import { Spool } from "./spool.ts";
import { Tally } from "./stats.ts";
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
  shutdown(): Promise<void>;
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
  readonly #leave: () => void;
  /** Wakes when the open batch has waited long enough. */
  #tick: Timer | undefined;
  #due = false;
  /** The open batch is to be written to disk at the end of this turn. */
  #writing = false;
  #ending: Promise<void> | undefined;
  /** When the end of the process is not held up any longer; set at its first hold-up. */
  #exitDeadline = Infinity;
  /** The end of the process was held up in vain for the records up to this number: they are not tried again. */
  #abandoned = 0;

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
    this.#leave = atExit({
      pending: () => this.#isPending(),
      flush: async () => this.#flushAtExit(),
      flushSync: () => this.#flushSync(),
    });
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
    this.#clearTick();
    this.#intake.cut();
    await this.#outbox.flush(this.#intake.taken, timeoutMs);
  }

  async shutdown(): Promise<void> {
    return (this.#ending ??= this.#end());
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
    if (isExiting()) return this.#flushSync();
    const { clock, scheduleDelayMs } = this.#settings;
    this.#tick = clock.setTimeout(() => {
      this.#tick = undefined;
      this.#due = true;
      this.#outbox.pump();
    }, scheduleDelayMs);
    this.#tick.unref?.();
  }

  #clearTick(): void {
    if (this.#tick !== undefined) this.#settings.clock.clearTimeout(this.#tick);
    this.#tick = undefined;
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

  async #end(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#leave();
      this.#clearTick();
      this.#outbox.stop();
    }
  }

  #isPending(): boolean {
    const { taken, count } = this.#intake;
    return taken > this.#abandoned && (count > 0 || this.#outbox.oldest < taken);
  }

  async #flushAtExit(): Promise<void> {
    const target = this.#intake.taken;
    try {
      await this.flush({ timeoutMs: this.#settings.exitTimeoutMs });
    } catch (error) {
      this.#abandoned = target;
      report("otlp exit", error);
    }
  }

  /** Delivers what there is before it returns, for where no turn of the event loop comes any more. */
  #flushSync(): void {
    const now = Date.now();
    if (this.#exitDeadline === Infinity) this.#exitDeadline = now + this.#settings.exitTimeoutMs;
    this.#clearTick();
    this.#intake.cut();
    const left = this.#outbox.sendSync(Math.max(this.#exitDeadline - now, 0), true);
    if (left === 0) return;
    report(
      "otlp exit",
      this.#spool === undefined ? "records not delivered before the process ended" : "records left in the spool",
      left,
    );
  }
}
