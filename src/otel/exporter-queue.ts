import { untraced } from "../context/untraced.ts";
import { report } from "../report/report.ts";
import { isIdle } from "../write/exit.ts";
import type { ExportResult, OtelLogRecordExporter, OtelLogRecordProcessor } from "./log-record-processor.ts";
import type { SdkLogRecord } from "./sdk-log-record.ts";

/** The SDK's own numbers, except for the queue: 2,048 lose three quarters of a burst of 10,000. */
const MOST_QUEUED = 16_384;
const BATCH = 512;
const MOST_IN_FLIGHT = 4;
const EXPORT_TIMEOUT_MS = 30_000;
const MOST_NATURAL_ENDS = 3;

/** Is made when it is needed: for one at the top of a file V8 reads the file a second time, to name its place (0.6 ms at start). */
let full: Error | undefined;

/**
 * Feeds a bare exporter: what one turn of the event loop logged is one batch, or several of 512, at most 4 in flight. Unlike the
 * SDK's batch processor it says what was not delivered: `forceFlush()` rejects. What does not fit into the queue is counted.
 */
export class ExporterQueue implements OtelLogRecordProcessor {
  readonly #exporter: OtelLogRecordExporter;
  #queue: SdkLogRecord[] = [];
  /** Number of the first record in the queue, counted from the first that was ever taken. */
  #next = 0;
  /** The exports under way, each with the number of its first record. */
  readonly #inFlight = new Map<Promise<void>, number>();
  /** How many records were not exported since this was last said by a flush, and why the last of them was not. */
  #lost = 0;
  #cause: unknown;
  #scheduled = false;
  /** How often a natural end was put off for what was logged in it. */
  #naturalEnds = 0;
  /** Records that the exporter was given and has not answered for. */
  #unanswered = 0;
  /** How many of them were said at the end of the process. */
  #said = 0;

  constructor(exporter: OtelLogRecordExporter) {
    this.#exporter = exporter;
  }

  onEmit(record: SdkLogRecord): void {
    if (this.#queue.length >= MOST_QUEUED) {
      this.#lost++;
      full ??= new Error(`the exporter's queue is full (${MOST_QUEUED} records): newest dropped`);
      this.#cause = full;
      report("otel", full);
      return;
    }
    this.#queue.push(record);
    if (this.#scheduled) return;
    this.#scheduled = true;
    const turn = setTimeout(() => {
      this.#scheduled = false;
      this.#drain();
    }, 0);
    // What a listener logs at each natural end would bring the next one about for ever: then the exit event hands it over.
    if (isIdle() && ++this.#naturalEnds > MOST_NATURAL_ENDS) (turn as { unref?: () => void }).unref?.();
  }

  /** Resolves when all that was taken before is exported; rejects with what failed since the last time. */
  async forceFlush(): Promise<void> {
    const goal = this.#next + this.#queue.length;
    this.#drain();
    // As long as one of them waits in the queue, earlier ones are in flight: the queue is first in, first out.
    while ([...this.#inFlight.values()].some((first) => first < goal)) await Promise.race(this.#inFlight.keys());
    await this.#exporter.forceFlush?.();
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) throw new Error(`otelHandler: ${lost} records were not exported`, { cause: this.#cause });
  }

  async shutdown(): Promise<void> {
    try {
      await this.forceFlush();
    } finally {
      await this.#exporter.shutdown();
    }
  }

  /** Hands all over at once, when no later turn comes: an exporter that is synchronous has it then; what none answered for is said. */
  flushSync(): void {
    while (this.#queue.length > 0) this.#sendNext();
    const left = this.#unanswered - this.#said;
    this.#said = this.#unanswered;
    if (left > 0) report("otel", `the process ended before the exporter answered for ${left} records`, left);
  }

  #drain(): void {
    while (this.#queue.length > 0 && this.#inFlight.size < MOST_IN_FLIGHT) this.#sendNext();
  }

  #sendNext(): void {
    const batch = this.#queue.slice(0, BATCH);
    this.#queue = this.#queue.slice(BATCH);
    const sending = this.#send(batch).finally(() => {
      this.#inFlight.delete(sending);
      this.#drain();
    });
    this.#inFlight.set(sending, this.#next);
    this.#next += batch.length;
  }

  async #send(batch: SdkLogRecord[]): Promise<void> {
    this.#unanswered += batch.length;
    let isOpen = true;
    const answered = (): void => {
      if (isOpen) this.#unanswered -= batch.length;
      isOpen = false;
      this.#said = Math.min(this.#said, this.#unanswered);
    };
    try {
      const resource = batch[0]?.resource;
      if (resource?.asyncAttributesPending === true) await resource.waitForAsyncAttributes?.();
      await exported(this.#exporter, batch, answered);
    } catch (error) {
      this.#lost += batch.length;
      this.#cause = error;
      report("otel", error, batch.length);
    } finally {
      answered();
    }
  }
}

async function exported(exporter: OtelLogRecordExporter, batch: SdkLogRecord[], answered: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(reject, EXPORT_TIMEOUT_MS, new Error(`the exporter did not answer in ${EXPORT_TIMEOUT_MS} ms`));
  (timer as { unref?: () => void }).unref?.();
  const done = ({ code, error }: ExportResult): void => {
    answered();
    if (code === 0) resolve();
    else reject(error ?? new Error("the exporter failed and did not say why"));
  };
  try {
    const returned: unknown = untraced(() => exporter.export(batch, done));
    // One that was written as `async` may reject in place of an answer.
    Promise.resolve(returned).catch(reject);
    await promise;
  } finally {
    clearTimeout(timer);
  }
}
