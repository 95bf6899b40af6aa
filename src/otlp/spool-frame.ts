import { envelopeWith } from "./envelope.ts";
import { allocate, concat, utf8 } from "./wire.ts";
import type { Envelope } from "./envelope.ts";

/** Opens each frame; where a frame is damaged, the next one is found by it. */
const MAGIC = 0x676f_6c63;
/** Magic, kind, count, length of the payload, checksum of all of it but the magic; 4 bytes each, little-endian. */
const FRAME_HEAD_BYTES = 20;

/** What a frame holds: the envelope, records of one scope, or that the frames between two places are delivered. */
export type FrameKind = typeof HEAD | typeof RECORDS | typeof ACK;
export const HEAD = 1;
export const RECORDS = 2;
export const ACK = 3;

/** Computes a CRC-32, on from an earlier one. */
export type Crc = (bytes: Uint8Array, from?: number) => number;

/** Is a frame that was read whole. */
export interface Frame {
  readonly kind: number;
  readonly count: number;
  /** Where it starts and ends in the file. */
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

/** Are records of one scope, as they stand in a batch. */
interface FrameRecords {
  readonly scope: string;
  /** The length of each record. */
  readonly lengths: readonly number[];
  readonly bytes: Uint8Array;
}

/** Makes a frame, in parts that are to be written one behind the other. */
export function frameOf(kind: FrameKind, count: number, payload: readonly Uint8Array[], crc: Crc): readonly Uint8Array[] {
  const head = allocate(FRAME_HEAD_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, kind, true);
  view.setUint32(8, count, true);
  view.setUint32(
    12,
    payload.reduce((sum, part) => sum + part.length, 0),
    true,
  );
  let sum = crc(head.subarray(4, 16));
  for (const part of payload) sum = crc(part, sum);
  view.setUint32(16, sum, true);
  return [head, ...payload];
}

/** Makes the payload of records. */
export function recordsPayload({ scope, lengths, bytes }: FrameRecords): readonly Uint8Array[] {
  const name = utf8(scope);
  const sizes = new Uint32Array([name.length, ...lengths]);
  return [new Uint8Array(sizes.buffer), name, bytes];
}

/** Reads the payload of records. */
export function readRecords({ payload, count }: Frame): FrameRecords {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const nameAt = 4 * (count + 1);
  const bytesAt = nameAt + view.getUint32(0, true);
  return {
    scope: new TextDecoder().decode(payload.subarray(nameAt, bytesAt)),
    lengths: Array.from({ length: count }, (_, i) => view.getUint32(4 * (i + 1), true)),
    bytes: payload.subarray(bytesAt),
  };
}

/** Makes the payload that says what the records of a file are of. */
export function headPayload({ protocol, resource }: Envelope): readonly Uint8Array[] {
  return [utf8(protocol === "http/json" ? "j" : "p"), resource];
}

/** Reads it. */
export function readHead({ payload }: Frame): Envelope {
  return envelopeWith(payload[0] === 0x6a ? "http/json" : "http/protobuf", payload.slice(1));
}

/** Makes the payload that says what is delivered. */
export function ackPayload(from: number, to: number): readonly Uint8Array[] {
  return [new Uint8Array(new Float64Array([from, to]).buffer)];
}

/** Reads it. */
export function readAck({ payload }: Frame): { readonly from: number; readonly to: number } {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return { from: view.getFloat64(0, true), to: view.getFloat64(8, true) };
}

/** Reads the frames of a file, or of a part of one that starts at `base`. What is damaged is skipped and counted. */
export function readFrames(
  bytes: Uint8Array,
  crc: Crc,
  base = 0,
): { readonly frames: readonly Frame[]; readonly skippedBytes: number } {
  const frames: Frame[] = [];
  let skippedBytes = 0;
  for (let p = 0; p < bytes.length;) {
    const frame = frameAt(bytes, p, crc, base);
    if (frame === undefined) {
      skippedBytes++;
      p++;
    } else {
      frames.push(frame);
      p = frame.to - base;
    }
  }
  return { frames, skippedBytes };
}

function frameAt(bytes: Uint8Array, p: number, crc: Crc, base: number): Frame | undefined {
  // The first byte first: over what is damaged this runs byte by byte.
  if (bytes[p] !== (MAGIC & 0xff) || p + FRAME_HEAD_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + p, FRAME_HEAD_BYTES);
  const end = p + FRAME_HEAD_BYTES + view.getUint32(12, true);
  if (view.getUint32(0, true) !== MAGIC || end > bytes.length) return undefined;
  const payload = bytes.subarray(p + FRAME_HEAD_BYTES, end);
  if (crc(payload, crc(bytes.subarray(p + 4, p + 16))) !== view.getUint32(16, true)) return undefined;
  return { kind: view.getUint32(4, true), count: view.getUint32(8, true), from: base + p, to: base + end, payload };
}

/** Puts the records of frames into the bytes of one batch. */
export function joinRecords(parts: readonly FrameRecords[]): {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly runs: readonly { readonly scope: string; readonly from: number; readonly to: number }[];
} {
  const starts: number[] = [];
  const runs: { scope: string; from: number; to: number }[] = [];
  let at = 0;
  for (const { scope, lengths, bytes } of parts) {
    const last = runs.at(-1);
    if (last?.scope === scope) last.to = at + bytes.length;
    else runs.push({ scope, from: at, to: at + bytes.length });
    for (const length of lengths) {
      starts.push(at);
      at += length;
    }
  }
  return { bytes: concat(parts.map(({ bytes }) => bytes)), starts, runs };
}
