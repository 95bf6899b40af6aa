import { report } from "../report/report.ts";
import { Segment } from "./spool-segment.ts";
import { ACK, HEAD, readAck, readFrames, readHead, RECORDS, recordsPayload } from "./spool-frame.ts";
import { ownerOf } from "./spool-owner.ts";
import type { Batch } from "./batch.ts";
import type { Clock } from "./clock.ts";
import type { Envelope, Run } from "./envelope.ts";
import type { SpoolOptions } from "./options.ts";
import type { Crc, Frame } from "./spool-frame.ts";
import type { Owner } from "./spool-owner.ts";

/** Are records on disk: a range of frames in one file. */
export interface SpoolRange {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Are the records of a batch that is still being filled. */
interface OpenBatch {
  readonly first: number;
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly runs: readonly Run[];
}

/** A file takes no more than this, so that disk space comes back piece by piece. */
const SEGMENT_BYTES = 8_388_608;
/** From this size on a file whose records are all delivered is not written on. */
const WORN_BYTES = 1_048_576;
const SUFFIX = ".otlp";
/** How long a disk is left alone after it refused to write. */
const PAUSE_MS = 30_000;

/**
 * Keeps records in files of a folder until they are delivered. Each process writes files of its own name, so that a folder may be shared
 * without locks; the files of one that ended are taken over by renaming them, which only one can do.
 */
export class Spool {
  readonly #options: Required<SpoolOptions>;
  readonly #envelope: Envelope;
  readonly #clock: Clock;
  readonly #fs = process.getBuiltinModule("node:fs");
  readonly #crc: Crc = process.getBuiltinModule("node:zlib").crc32;
  readonly #owner: Owner;
  readonly #segments = new Set<Segment>();
  #current: Segment | undefined;
  #number = 0;
  /** What of the open batch is written: how many records, and from where to where. */
  #first = -1;
  #written = 0;
  #from = 0;
  #to = 0;
  /** A part of the open batch could not be written. */
  #broken = false;
  #pausedUntil = 0;

  constructor(options: Required<SpoolOptions>, envelope: Envelope, clock: Clock, random: () => number) {
    this.#options = options;
    this.#envelope = envelope;
    this.#clock = clock;
    this.#owner = ownerOf(clock.now(), random);
    this.#attempt(() => this.#fs.mkdirSync(options.dir, { recursive: true, mode: 0o700 }));
  }

  /** What is on disk, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const { size } of this.#segments) bytes += size;
    return bytes;
  }

  get maxAgeMs(): number {
    return this.#options.maxAgeMs;
  }

  /** Tells whether more is on disk than may be. */
  get full(): boolean {
    return this.bytes > this.#options.maxBytes;
  }

  /** Writes what an open batch holds beyond what was written of it. */
  write(open: OpenBatch): void {
    if (open.first !== this.#first) {
      this.#first = open.first;
      this.#written = 0;
      this.#broken = false;
    }
    const now = this.#clock.now();
    if (this.#written === open.starts.length || this.#broken) return;
    if (now < this.#pausedUntil) this.#broken = true;
    else if (!this.#attempt(() => this.#writeRuns(open, now))) {
      this.#broken = true;
      this.#pausedUntil = now + PAUSE_MS;
    }
  }

  /** Writes the rest of a batch that was cut and says where it is; nothing where the disk did not take all of it. */
  cut(batch: Batch): SpoolRange | undefined {
    this.write({ first: batch.first, bytes: batch.bytes, starts: batch.starts, runs: batch.runs });
    const segment = this.#current;
    if (segment === undefined || this.#written === 0) return undefined;
    const range = { segment, from: this.#from, to: this.#to, count: this.#written };
    if (segment.size > SEGMENT_BYTES) this.#retire();
    if (!this.#broken) return range;
    this.ack(range);
    return undefined;
  }

  /** Notes that records are delivered or given up. */
  ack({ segment, from, to, count }: SpoolRange): void {
    this.#attempt(() => segment.ack(from, to, count));
    if (segment.pending > 0) return;
    if (segment === this.#current && segment.size > WORN_BYTES) this.#retire();
    if (segment !== this.#current) this.#segments.delete(segment);
  }

  /** Reads records back. */
  read(first: number, { segment, from, to, count }: SpoolRange): Batch | undefined {
    let batch: Batch | undefined;
    this.#attempt(() => void (batch = segment.read(first, from, to)));
    return batch?.count === count ? batch : undefined;
  }

  /** Takes over what ended processes left, oldest first, in ranges of about a batch's size. */
  adopt(maxBytes: number): readonly SpoolRange[] {
    const ranges: SpoolRange[] = [];
    this.#attempt(() => {
      for (const name of this.#fs.readdirSync(this.#options.dir).toSorted()) {
        if (name.endsWith(SUFFIX)) this.#attempt(() => ranges.push(...this.#adoptFile(name, maxBytes)));
      }
    });
    for (const segment of this.#segments) this.#attempt(() => segment.touch(this.#clock.now()));
    return ranges;
  }

  /** Leaves the files; those with nothing undelivered are removed. */
  close(): void {
    for (const segment of this.#segments) this.#attempt(() => segment.close());
    this.#segments.clear();
    this.#current = undefined;
  }

  #writeRuns({ starts, runs, bytes }: OpenBatch, now: number): void {
    const segment = (this.#current ??= this.#create(now));
    let index = this.#written;
    for (const { scope, to } of runs) {
      const from = starts[index];
      if (from === undefined || from >= to) continue;
      const lengths: number[] = [];
      for (let start = from; start < to; index++) {
        const end = Math.min(starts[index + 1] ?? to, to);
        lengths.push(end - start);
        start = end;
      }
      const at = segment.append(RECORDS, lengths.length, recordsPayload({ scope, lengths, bytes: bytes.subarray(from, to) }));
      if (this.#written === 0) this.#from = at;
      this.#written = index;
      this.#to = segment.size;
    }
  }

  #create(now: number): Segment {
    const segment = Segment.create(this.#fs, this.#crc, this.#nextPath(), this.#envelope, now);
    this.#segments.add(segment);
    return segment;
  }

  #retire(): void {
    const segment = this.#current;
    this.#current = undefined;
    if (segment === undefined) return;
    this.#attempt(() => segment.close());
    if (segment.pending === 0) this.#segments.delete(segment);
  }

  #nextPath(): string {
    return `${this.#options.dir}/${this.#owner.token}.${String(++this.#number).padStart(9, "0")}${SUFFIX}`;
  }

  #adoptFile(name: string, maxBytes: number): readonly SpoolRange[] {
    const [token = ""] = name.split(".");
    const path = `${this.#options.dir}/${name}`;
    const { mtimeMs } = this.#fs.statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs === undefined || token === this.#owner.token) return [];
    if (this.#owner.isAlive(token, mtimeMs, this.#clock.now())) return [];
    const mine = this.#nextPath();
    if (!this.#takeOver(path, mine)) return [];
    const { frames, skippedBytes } = readFrames(this.#fs.readFileSync(mine), this.#crc);
    if (skippedBytes > 0) report("otlp spool", `${name}: ${skippedBytes} bytes are damaged, as by a last write that was torn`);
    const head = frames.find(({ kind }) => kind === HEAD);
    const pending = pendingOf(frames);
    if (head === undefined || pending.length === 0) {
      this.#fs.rmSync(mine, { force: true });
      return [];
    }
    const count = pending.reduce((sum, frame) => sum + frame.count, 0);
    const size = frames.at(-1)?.to ?? 0;
    const segment = Segment.adopt(this.#fs, this.#crc, mine, readHead(head), mtimeMs, size + skippedBytes, count);
    this.#segments.add(segment);
    return group(segment, frames, maxBytes);
  }

  #takeOver(path: string, mine: string): boolean {
    try {
      this.#fs.renameSync(path, mine);
      return true;
    } catch (error) {
      // Another process was first.
      if ((error as { code?: string }).code === "ENOENT") return false;
      throw error;
    }
  }

  /** The one place where what the file system says is taken: records stay in memory, and that is said. */
  #attempt(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      report("otlp spool", error);
      return false;
    }
  }
}

/** Gives the frames of records that are not delivered. */
function pendingOf(frames: readonly Frame[]): readonly Frame[] {
  const acks = frames.filter(({ kind }) => kind === ACK).map(readAck);
  return frames.filter(({ kind, from }) => kind === RECORDS && !acks.some((ack) => from >= ack.from && from < ack.to));
}

/** Puts neighbouring frames together that are not delivered; what says that others are may stand between them. */
function group(segment: Segment, frames: readonly Frame[], maxBytes: number): readonly SpoolRange[] {
  const pending = new Set(pendingOf(frames));
  const ranges: SpoolRange[] = [];
  let open: { segment: Segment; from: number; to: number; count: number } | undefined;
  for (const frame of frames) {
    const { from, to, count, kind } = frame;
    if (!pending.has(frame)) {
      if (kind === RECORDS) open = undefined;
    } else if (open !== undefined && to - open.from <= maxBytes) {
      open.to = to;
      open.count += count;
    } else ranges.push((open = { segment, from, to, count }));
  }
  return ranges;
}
