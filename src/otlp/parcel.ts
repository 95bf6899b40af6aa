import type { Batch } from "./batch.ts";
import type { Spool, SpoolRange } from "./spool.ts";

/** Is a batch on its way, in memory or on disk. */
export interface Parcel {
  /** The number of its first record: the order of delivery. */
  readonly first: number;
  readonly count: number;
  /** What it holds of the memory, in bytes. */
  readonly heldBytes: number;
  /** When it is too old to be sent; only what is in a spool ever is. */
  readonly expiresMs: number;
  /** Tells whether it is on disk, also if it is in memory too. */
  readonly isSpooled: boolean;
  /** Tells whether the bytes of its batch are nobody else's, so that they can be used again. */
  readonly ownsBytes: boolean;
  /** Gives the batch; nothing where the disk does not give it back. */
  load(): Batch | undefined;
  /** Gives the same records as they are on disk, holding no memory; nothing where they are not on disk. */
  spilled(): Parcel | undefined;
  /** Hears once that it was delivered, or that it is given up. */
  done(): void;
}

/** Makes a parcel of a batch that is in memory only. */
export function memoryParcel(batch: Batch): Parcel {
  const { first, count, size } = batch;
  const rest = { expiresMs: Infinity, isSpooled: false, ownsBytes: true, spilled: noParcel, done: nothing };
  return { first, count, heldBytes: size, load: () => batch, ...rest };
}

/** Makes a parcel of a batch that is in memory and on disk. */
export function spooledParcel(batch: Batch, spool: Spool, range: SpoolRange): Parcel {
  const onDisk = diskParcel(batch.first, spool, range);
  return { ...onDisk, heldBytes: batch.size, ownsBytes: true, load: () => batch, spilled: () => onDisk };
}

/** Makes a parcel of records that are on disk only. */
export function diskParcel(first: number, spool: Spool, range: SpoolRange): Parcel {
  return {
    first,
    count: range.count,
    heldBytes: 0,
    expiresMs: range.segment.bornMs + spool.maxAgeMs,
    isSpooled: true,
    ownsBytes: false,
    load: () => spool.read(first, range),
    spilled: noParcel,
    done: () => spool.ack(range),
  };
}

/** Makes two parcels of the halves of one, which is done when both are. */
export function halfParcels(parcel: Parcel, batch: Batch): readonly Parcel[] {
  let left = 2;
  const done = (): void => {
    if (--left === 0) parcel.done();
  };
  const { expiresMs, isSpooled } = parcel;
  return batch.halves().map((half) => {
    const { first, count, size } = half;
    return { first, count, heldBytes: size, expiresMs, isSpooled, ownsBytes: false, load: () => half, spilled: noParcel, done };
  });
}

function noParcel(): undefined {
  return undefined;
}

function nothing(): void {
  // Nobody keeps it.
}
