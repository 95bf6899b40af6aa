import { report } from "../report/report.ts";
import { halfParcels } from "./parcel.ts";
import { partialSuccess, refusalOf } from "./reply.ts";
import { judge } from "./retry.ts";
import type { Batch } from "./batch.ts";
import type { Parcel } from "./parcel.ts";
import type { Queue } from "./queue.ts";
import type { DropCause, Tally } from "./stats.ts";
import type { OtlpReply } from "./transport.ts";

interface SettlementOptions {
  readonly queue: Queue;
  readonly tally: Tally;
  /** Hears of each parcel that left for good. */
  readonly settled: (parcel: Parcel, batch: Batch | undefined) => void;
}

/** After so many refused records in a row, and none taken, it is not the records' fault: batches are not split any more. */
const MOST_REFUSALS = 64;

/**
 * Does with the records of a request what its reply says: they are delivered, dropped, or split to find the one at fault; counted and said.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export class Settlement {
  readonly #options: SettlementOptions;
  #refusals = 0;
  #lastProblem = "";

  constructor(options: SettlementOptions) {
    this.#options = options;
  }

  /** What was wrong last; empty after a success. */
  get lastProblem(): string {
    return this.#lastProblem;
  }

  /** Settles by a reply; false when the records are to be sent again, which is the caller's to do. */
  settle(parcel: Parcel, batch: Batch, reply: OtlpReply): boolean {
    const verdict = judge(reply.status);
    if (verdict === "again") return false;
    if (verdict === "taken") this.#taken(parcel, batch, reply);
    else if (verdict === "malformed" && batch.count > 1 && this.#refusals < MOST_REFUSALS) this.#split(parcel, batch);
    else {
      this.#refusals += verdict === "malformed" && batch.count === 1 ? 1 : 0;
      this.drop(parcel, batch, "refused", `status ${reply.status}: ${refusalOf(reply)}`);
    }
    return true;
  }

  /** Notes why records were not delivered at a try. */
  failed(problem: string): void {
    this.#lastProblem = problem;
  }

  /** Gives records up. */
  drop(parcel: Parcel, batch: Batch | undefined, cause: DropCause, problem: string): void {
    this.#options.tally.droppedBy[cause] += parcel.count;
    this.#lastProblem = problem;
    report(`otlp ${cause}`, `${parcel.count} records dropped: ${problem}`, parcel.count);
    this.#options.settled(parcel, batch);
  }

  #taken(parcel: Parcel, batch: Batch, reply: OtlpReply): void {
    const { tally, settled } = this.#options;
    const { rejected, message } = partialSuccess(reply);
    const lost = Math.min(rejected, batch.count);
    tally.delivered += batch.count - lost;
    tally.droppedBy.rejected += lost;
    if (lost > 0) report("otlp rejected", `the receiver rejected ${lost} of ${batch.count} records: ${message}`, lost);
    else if (message !== "") report("otlp warning", `the receiver says: ${message}`);
    this.#refusals = 0;
    this.#lastProblem = lost > 0 ? message : "";
    settled(parcel, batch);
  }

  #split(parcel: Parcel, batch: Batch): void {
    for (const half of halfParcels(parcel, batch)) this.#options.queue.add(half);
  }
}
