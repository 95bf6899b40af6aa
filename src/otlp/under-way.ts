import type { Batch } from "./batch.ts";
import type { Parcel } from "./parcel.ts";

/** Is a parcel whose request is not answered yet. */
export interface Sent {
  readonly parcel: Parcel;
  readonly batch: Batch;
  readonly sentMs: number;
}

/** Holds the parcels whose requests are not answered yet. */
export class UnderWay {
  readonly #sent = new Map<Parcel, Sent>();
  #bytes = 0;
  #records = 0;

  /** How many there are. */
  get size(): number {
    return this.#sent.size;
  }

  /** Their bytes in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many records they hold. */
  get records(): number {
    return this.#records;
  }

  /** The one that was sent first. */
  get longest(): Sent | undefined {
    const [first] = this.#sent.values();
    return first;
  }

  /** Gives them, oldest record first. */
  list(): readonly Parcel[] {
    return [...this.#sent.keys()].sort((a, b) => a.first - b.first);
  }

  add(parcel: Parcel, batch: Batch, sentMs: number): void {
    this.#sent.set(parcel, { parcel, batch, sentMs });
    this.#bytes += batch.size;
    this.#records += batch.count;
  }

  /** Takes one out; false when it was taken from here before. */
  take(parcel: Parcel): boolean {
    const sent = this.#sent.get(parcel);
    if (sent === undefined) return false;
    this.#sent.delete(parcel);
    this.#bytes -= sent.batch.size;
    this.#records -= sent.batch.count;
    return true;
  }

  /** Takes all out, oldest record first. */
  drain(): readonly Parcel[] {
    const parcels = this.list();
    this.#sent.clear();
    this.#bytes = 0;
    this.#records = 0;
    return parcels;
  }
}
