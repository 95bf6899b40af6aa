import { Batch } from "./batch.ts";
import { allocate, FULL } from "./wire.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Envelope, Run } from "./envelope.ts";
import type { RecordEncoder } from "./record-encoder.ts";

/** What a receiver has to take at most, and so the size of the largest record. */
const MOST_REQUEST_BYTES = 67_108_864;
/** What the last record of a batch may stick out, before it goes into a batch of its own. */
const MARGIN = 65_536;
const MOST_SPARE = 4;

interface IntakeOptions {
  readonly envelope: Envelope;
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  /** Makes an encoder; one more is made when a record's value logs while it is encoded. */
  readonly encoder: () => RecordEncoder;
  /** Takes each batch that is cut. */
  readonly cut: (batch: Batch) => void;
}

interface Aside {
  readonly scope: string;
  readonly bytes: Uint8Array;
}

/** Encodes records into one open batch, and cuts it when it is full. The bytes of batches that are done are used again. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #encoder: RecordEncoder;
  readonly #size: number;
  readonly #spare: Uint8Array[] = [];
  #bytes: Uint8Array;
  #at = 0;
  /** Where each record of the open batch starts: the first `#count`. The rest is room, so that no batch lets a list grow anew. */
  readonly #starts: number[] = [];
  #count = 0;
  #runs: Run[] = [];
  #scope = "";
  #scopeFrom = 0;
  /** The number of the open batch's first record. */
  #first = 0;
  /** A record is being encoded. */
  #busy = false;
  #asides: Aside[] = [];

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#encoder = options.encoder();
    this.#size = options.maxBatchBytes + MARGIN;
    this.#bytes = new Uint8Array(0);
  }

  /** How many records were taken, since the beginning. */
  get taken(): number {
    return this.#first + this.#count;
  }

  /** How many records the open batch holds. */
  get count(): number {
    return this.#count;
  }

  /** The size of the open batch, in bytes. */
  get size(): number {
    return this.#at;
  }

  /** What the open batch holds so far. What is written later comes behind it. */
  get open(): {
    readonly bytes: Uint8Array;
    readonly starts: readonly number[];
    readonly runs: readonly Run[];
    readonly first: number;
  } {
    const last = { scope: this.#scope, from: this.#scopeFrom, to: this.#at };
    return { bytes: this.#bytes, starts: this.#starts.slice(0, this.#count), runs: [...this.#runs, last], first: this.#first };
  }

  /**
   * Encodes a record; it is done with the caller's values then.
   *
   * @throws RangeError when the record alone is more than a request may be.
   */
  add(record: LogRecord): void {
    if (this.#busy) {
      this.#asides.push(this.#encodeAside(record));
      return;
    }
    try {
      this.#encode(record);
    } catch (error) {
      // What was taken for a record that is too large is not kept.
      if (this.#at === 0) this.#use(new Uint8Array(0));
      throw error;
    } finally {
      if (this.#asides.length > 0) this.#addAsides();
    }
  }

  /** Closes the open batch, if it holds anything; not while a value that is being encoded asks for it. */
  cut(): void {
    const count = this.#count;
    if (count === 0 || this.#busy) return;
    const { runs, starts, first } = this.open;
    let bytes = this.#bytes;
    // Less than half full, it is copied: a batch must not hold much more than the bytes it is counted with.
    if (this.#at * 2 < bytes.length) bytes = new Uint8Array(bytes.subarray(0, this.#at));
    else this.#use(new Uint8Array(0));
    this.#at = 0;
    this.#count = 0;
    this.#runs = [];
    this.#scopeFrom = 0;
    this.#first += count;
    this.#options.cut(new Batch(first, bytes, starts, runs, this.#options.envelope));
  }

  /** Gives up the record that is being encoded, where a value of it ended the process; what that value logged is kept. False for none. */
  abandon(): boolean {
    if (!this.#busy) return false;
    this.#busy = false;
    this.#addAsides();
    return true;
  }

  /** Takes the bytes of a batch back that nobody reads any more. */
  reuse(bytes: Uint8Array): void {
    if (bytes.length === this.#size && this.#spare.length < MOST_SPARE && bytes !== this.#bytes) this.#spare.push(bytes);
  }

  #encode(record: LogRecord): void {
    if (this.#bytes.length === 0) this.#use(this.#spare.pop() ?? allocate(this.#size));
    let end: number;
    this.#busy = true;
    try {
      end = this.#encoder.encode(record, this.#at);
    } catch (error) {
      if (error !== FULL) throw error;
      this.#busy = false;
      this.cut();
      this.#busy = true;
      end = encodeLarge(this.#encoder, record, this.#size, (bytes) => this.#use(bytes));
    } finally {
      this.#busy = false;
    }
    this.#commit(record.logger ?? "", end);
  }

  #commit(scope: string, end: number): void {
    if (scope !== this.#scope) {
      if (this.#at > this.#scopeFrom) this.#runs.push({ scope: this.#scope, from: this.#scopeFrom, to: this.#at });
      this.#scope = scope;
      this.#scopeFrom = this.#at;
    }
    this.#starts[this.#count++] = this.#at;
    this.#at = end;
    if (end >= this.#options.maxBatchBytes || this.#count >= this.#options.maxBatchRecords) this.cut();
  }

  #encodeAside(record: LogRecord): Aside {
    let bytes = new Uint8Array(0);
    const encoder = this.#options.encoder();
    const end = encodeLarge(encoder, record, 4096, (larger) => {
      bytes = larger as Uint8Array<ArrayBuffer>;
      encoder.use(larger);
    });
    return { scope: record.logger ?? "", bytes: bytes.subarray(0, end) };
  }

  #addAsides(): void {
    const asides = this.#asides;
    this.#asides = [];
    for (const { scope, bytes } of asides) {
      if (this.#at + bytes.length > this.#bytes.length) {
        this.cut();
        this.#use(allocate(Math.max(this.#size, bytes.length)));
      }
      this.#bytes.set(bytes, this.#at);
      this.#commit(scope, this.#at + bytes.length);
    }
  }

  #use(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#encoder.use(bytes);
  }
}

function encodeLarge(encoder: RecordEncoder, record: LogRecord, least: number, use: (bytes: Uint8Array) => void): number {
  for (let size = least; size <= MOST_REQUEST_BYTES; size *= 2) {
    use(allocate(size));
    try {
      return encoder.encode(record, 0);
    } catch (error) {
      if (error !== FULL) throw error;
    }
  }
  throw new RangeError(`a record is more than the ${MOST_REQUEST_BYTES} bytes of a request`);
}
