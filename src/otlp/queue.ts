import type { Parcel } from "./parcel.ts";

/** Holds what waits to be sent, oldest first. */
export class Queue {
  readonly #parcels: Parcel[] = [];
  #bytes = 0;
  #records = 0;
  #heldRecords = 0;

  /** The bytes of what is in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many records there are, in memory or on disk. */
  get records(): number {
    return this.#records;
  }

  /** How many records are in memory. */
  get heldRecords(): number {
    return this.#heldRecords;
  }

  /** The oldest. */
  get head(): Parcel | undefined {
    return this.#parcels[0];
  }

  /** Puts a parcel where its number belongs: at the end, or in front again after a try that failed. */
  add(parcel: Parcel): void {
    let at = this.#parcels.length;
    while (at > 0 && (this.#parcels[at - 1]?.first ?? 0) > parcel.first) at--;
    this.#parcels.splice(at, 0, parcel);
    this.#count(parcel, 1);
  }

  /** Takes the oldest out. */
  shift(): Parcel | undefined {
    return this.take(() => true);
  }

  /** Takes the oldest out for which something holds. */
  take(fits: (parcel: Parcel) => boolean): Parcel | undefined {
    const [parcel] = this.#parcels.splice(this.#parcels.findIndex(fits) >>> 0, 1);
    if (parcel !== undefined) this.#count(parcel, -1);
    return parcel;
  }

  /** Takes all out, oldest first. */
  drain(): readonly Parcel[] {
    this.#bytes = 0;
    this.#records = 0;
    this.#heldRecords = 0;
    return this.#parcels.splice(0);
  }

  /** Lets the newest parcels that are on disk too go out of memory, until the bytes are few enough. */
  spill(most: number): void {
    for (let at = this.#parcels.length - 1; at >= 0 && this.#bytes > most; at--) {
      const parcel = this.#parcels[at];
      const onDisk = parcel?.spilled();
      if (parcel === undefined || onDisk === undefined) continue;
      this.#parcels[at] = onDisk;
      this.#count(parcel, -1);
      this.#count(onDisk, 1);
    }
  }

  [Symbol.iterator](): IterableIterator<Parcel> {
    return this.#parcels.values();
  }

  #count(parcel: Parcel, sign: 1 | -1): void {
    this.#bytes += sign * parcel.heldBytes;
    this.#records += sign * parcel.count;
    if (parcel.heldBytes > 0) this.#heldRecords += sign * parcel.count;
  }
}
