import { ACK, ackPayload, frameOf, HEAD, headPayload, readFrames, readRecords, joinRecords, RECORDS } from "./spool-frame.ts";
import { Batch } from "./batch.ts";
import { concat } from "./wire.ts";
import type fileSystem from "node:fs";
import type { Envelope } from "./envelope.ts";
import type { Crc, Frame, FrameKind } from "./spool-frame.ts";

type Fs = typeof fileSystem;

/** Is one file of the spool: it only grows, until all that it holds is delivered. */
export class Segment {
  readonly path: string;
  readonly envelope: Envelope;
  /** When its first record was written. */
  readonly bornMs: number;
  readonly #fs: Fs;
  readonly #crc: Crc;
  #fd: number | undefined;
  #size: number;
  /** Records that are not delivered. */
  #pending = 0;
  #open = true;

  private constructor(fs: Fs, crc: Crc, path: string, envelope: Envelope, bornMs: number, size: number) {
    this.#fs = fs;
    this.#crc = crc;
    this.path = path;
    this.envelope = envelope;
    this.bornMs = bornMs;
    this.#size = size;
  }

  /** Makes a new file. Throws what the file system says. */
  static create(fs: Fs, crc: Crc, path: string, envelope: Envelope, bornMs: number): Segment {
    const segment = new Segment(fs, crc, path, envelope, bornMs, 0);
    segment.#fd = fs.openSync(path, "ax", 0o600);
    segment.append(HEAD, 0, headPayload(envelope));
    return segment;
  }

  /** Takes over a file that was read; nothing is written behind what it holds but what is delivered of it. */
  static adopt(fs: Fs, crc: Crc, path: string, envelope: Envelope, bornMs: number, size: number, pending: number): Segment {
    const segment = new Segment(fs, crc, path, envelope, bornMs, size);
    segment.#pending = pending;
    segment.#open = false;
    return segment;
  }

  /** Records in it that are not delivered. */
  get pending(): number {
    return this.#pending;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Writes a frame and returns where it starts. What a full disk takes only a part of is taken back.
   *
   * @throws what the file system says.
   */
  append(kind: FrameKind, count: number, payload: readonly Uint8Array[]): number {
    const at = this.#size;
    const bytes = concat(frameOf(kind, count, payload, this.#crc));
    this.#fd ??= this.#fs.openSync(this.path, "a");
    try {
      for (let written = 0; written < bytes.length;) written += this.#fs.writeSync(this.#fd, bytes, written);
    } catch (error) {
      this.#fs.ftruncateSync(this.#fd, at);
      throw error;
    }
    this.#size += bytes.length;
    if (kind === RECORDS) this.#pending += count;
    return at;
  }

  /** Reads the records between two places back, as a batch. */
  read(first: number, from: number, to: number): Batch {
    const bytes = this.#readRange(from, to);
    const records = readFrames(bytes, this.#crc, from).frames.filter(({ kind }) => kind === RECORDS);
    const joined = joinRecords(records.map((frame: Frame) => readRecords(frame)));
    return new Batch(first, joined.bytes, joined.starts, joined.runs, this.envelope);
  }

  /** Notes that what stands between two places is delivered, or given up. The file goes with its last record. */
  ack(from: number, to: number, count: number): void {
    this.#pending -= count;
    if (this.#pending === 0 && !this.#open) this.remove();
    else this.append(ACK, 0, ackPayload(from, to));
  }

  /** Takes no more records; the file goes when all of it is delivered, at once if it is. */
  close(): void {
    this.#open = false;
    this.#closeFd();
    if (this.#pending === 0) this.remove();
  }

  remove(): void {
    this.#closeFd();
    this.#size = 0;
    this.#fs.rmSync(this.path, { force: true });
  }

  /** Says to other machines that somebody is still here. */
  touch(now: number): void {
    this.#fs.utimesSync(this.path, now / 1000, now / 1000);
  }

  #closeFd(): void {
    if (this.#fd !== undefined) this.#fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #readRange(from: number, to: number): Uint8Array {
    const fd = this.#fs.openSync(this.path, "r");
    try {
      const bytes = new Uint8Array(to - from);
      for (let at = 0; at < bytes.length;) {
        const read = this.#fs.readSync(fd, bytes, at, bytes.length - at, from + at);
        if (read === 0) break;
        at += read;
      }
      return bytes;
    } finally {
      this.#fs.closeSync(fd);
    }
  }
}
