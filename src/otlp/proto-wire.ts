import { varintOf, varintSize } from "./varint.ts";
import { levelBlock, ProtoHeads, TIMES } from "./proto-heads.ts";
import { blockOf, FULL, ITEM, utf8, writeUtf8 } from "./wire.ts";
import type { Block, Place, RecordHead, Wire } from "./wire.ts";

/** Up to here a loop that copies ASCII beats the call of `utf8Write` (6 chars: 35 ns against 90); above it loses. */
const SHORT_TEXT = 24;
/** What an attribute takes besides its key and its text, at most. */
const OVERHEAD = 32;
/** A key up to here and a short text or a number behind it have lengths of one byte each. */
const SHORT_KEY = 96;
const LAST_LEVEL = 24;
const BODY = blockOf(Uint8Array.of(0x2a));

/**
 * Writes a record's parts in protobuf. Lengths that are not known before what they measure are written in four bytes, with leading
 * zeros, which every decoder takes: it spares a second walk. Texts have their shortest form.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.5.0/opentelemetry/proto/logs/v1/logs.proto
 */
export class ProtoWire implements Wire {
  readonly item: Block = blockOf(Uint8Array.of(0x0a));
  /** The same bytes as `#text`, never a Buffer: one shape in all stores. */
  #bytes: Uint8Array = new Uint8Array(0);
  #text: Uint8Array = this.#bytes;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** `severity_number` and `severity_text`, ready. */
  readonly #levels: readonly Block[] = Array.from({ length: LAST_LEVEL + 1 }, (_, level) => levelBlock(level));
  readonly #heads = new ProtoHeads();
  #ms = -1;
  #msLow = 0;
  #msHigh = 0;

  use(bytes: Uint8Array): void {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#text = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  key(name: string): Block {
    const text = utf8(name);
    // KeyValue.key, then the tag of KeyValue.value.
    return blockOf(Uint8Array.of(0x0a, ...varintOf(text.length), ...text, 0x12));
  }

  trace(traceId: string, spanId: string, flags: number): Block {
    const block = [0x4a, 16, ...hexBytes(traceId), 0x52, 8, ...hexBytes(spanId)];
    // A fixed32 of zero is a default, which protobuf leaves out.
    return blockOf(Uint8Array.from((flags & 0xff) === 0 ? block : [0x45, flags & 0xff, 0, 0, 0, ...block]));
  }

  begin(start: number, head: RecordHead): number {
    const ready = this.#heads.find(head);
    if (ready === undefined) return this.#begin(start, head);
    this.#need(start, ready.length + 64);
    const p = this.#block(start, ready);
    this.#times(start + TIMES, head);
    return p;
  }

  #begin(start: number, head: RecordHead): number {
    const bytes = this.#bytes;
    const { message, eventName, level } = head;
    this.#need(start, 64);
    bytes[start] = 0x12;
    let p = start + 5;
    if (head.timeMs !== undefined) p = this.#time(p, 0x09, head.timeMs, head.nanos);
    p = this.#time(p, 0x59, head.observedMs, head.nanos);
    p = this.#block(p, this.#levels[level] ?? levelBlock(level));
    // LogRecord.body: like an item, a tag and an AnyValue.
    p = this.text(p, ITEM, BODY, message);
    if (eventName !== undefined && eventName !== "") p = this.#lengthAndText(p, 0x62, eventName);
    return p;
  }

  end(at: number, start: number, dropped: number, trace: Block | undefined): number {
    let p = at;
    this.#need(p, 64);
    if (dropped > 0) {
      this.#bytes[p] = 0x38;
      p = this.#varint(p + 1, dropped);
    }
    if (trace !== undefined) p = this.#block(p, trace);
    this.#length4(start + 1, p - start - 5);
    return p;
  }

  text(p: number, place: Place, key: Block, text: string): number {
    const bytes = this.#bytes;
    const { length } = text;
    if (length <= SHORT_TEXT && place !== ITEM) {
      const end = this.#shortText(p, place, key, text);
      if (end > 0) return end;
    }
    if (p + length * 3 + key.length + OVERHEAD > bytes.length) throw FULL;
    // Lengths as they are if the text is ASCII; where it is not, they are put right and the text is moved.
    let value = 1 + varintSize(length) + length;
    let size = key.length + varintSize(value) + value;
    const textAt = this.#textHead(p, place, key, size, value, length);
    const written = this.#utf8(textAt, text);
    if (written === length) return textAt + length;
    value = 1 + varintSize(written) + written;
    size = key.length + varintSize(value) + value;
    const moved = p + (place === ITEM ? 0 : 1 + varintSize(size)) + size - written;
    // Words are written beyond a key's end: 4 bytes to spare, and back.
    bytes.copyWithin(moved + 4, textAt, textAt + written);
    this.#textHead(p, place, key, size, value, written);
    bytes.copyWithin(moved, moved + 4, moved + 4 + written);
    return moved + written;
  }

  /** Writes an ASCII text whose lengths take one byte each: three letters 61 to 50 ns. 0 for every other one. */
  #shortText(p: number, place: Place, key: Block, text: string): number {
    const { length } = text;
    if (key.length > SHORT_KEY) return 0;
    this.#need(p, key.length + OVERHEAD * 2);
    const bytes = this.#bytes;
    bytes[p] = place;
    bytes[p + 1] = key.length + 3 + length;
    const q = this.#block(p + 2, key);
    this.#view.setInt32(q, (length + 2) | 0x0a00 | (length << 16), true);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return 0;
      bytes[q + 3 + i] = code;
    }
    return q + 3 + length;
  }

  int(p: number, place: Place, key: Block, value: number): number {
    if (value >= 0 && value < 0x4000 && place !== ITEM && key.length <= SHORT_KEY) return this.#shortInt(p, place, key, value);
    const bytes = this.#bytes;
    const q = this.#scalar(p, place, key);
    bytes[q] = 0x18;
    let end: number;
    if (value >= 0 && value <= 0x7fffffff) end = this.#varint(q + 1, value);
    else {
      const high = Math.floor(value / 0x1_0000_0000);
      end = this.#varint64(q + 1, value - high * 0x1_0000_0000, high);
    }
    return this.#endScalar(end, q, p, place, key);
  }

  /** Writes a number of at most 14 bits: its length, tag and digits are one word (58 to 41 ns). */
  #shortInt(p: number, place: Place, key: Block, value: number): number {
    this.#need(p, key.length + OVERHEAD);
    const size = value > 127 ? 4 : 3;
    this.#bytes[p] = place;
    this.#bytes[p + 1] = key.length + size;
    const q = this.#block(p + 2, key);
    const digits = size === 3 ? value : (value & 127) | 128 | ((value >> 7) << 8);
    this.#view.setInt32(q, (size - 1) | 0x1800 | (digits << 16), true);
    return q + size;
  }

  double(p: number, place: Place, key: Block, value: number): number {
    const q = this.#scalar(p, place, key);
    this.#bytes[q] = 0x21;
    this.#view.setFloat64(q + 1, value, true);
    return this.#endScalar(q + 9, q, p, place, key);
  }

  bool(p: number, place: Place, key: Block, value: boolean): number {
    const q = this.#scalar(p, place, key);
    this.#bytes[q] = 0x10;
    this.#bytes[q + 1] = value ? 1 : 0;
    return this.#endScalar(q + 2, q, p, place, key);
  }

  bigint(p: number, place: Place, key: Block, value: bigint): number {
    if (BigInt.asIntN(64, value) !== value) return this.text(p, place, key, String(value));
    const q = this.#scalar(p, place, key);
    this.#bytes[q] = 0x18;
    const end = this.#varint64(q + 1, Number(BigInt.asUintN(32, value)), Number(value >> 32n));
    return this.#endScalar(end, q, p, place, key);
  }

  empty(p: number, place: Place, key: Block): number {
    const q = this.#scalar(p, place, key);
    return this.#endScalar(q, q, p, place, key);
  }

  bytes(p: number, place: Place, key: Block, value: Uint8Array): number {
    this.#need(p, value.length + key.length + OVERHEAD);
    const q = this.#open(p, place, key, 0x3a);
    this.#bytes.set(value, q);
    return this.close(q + value.length, p, place, key);
  }

  openMap(p: number, place: Place, key: Block): number {
    return this.#open(p, place, key, 0x32);
  }

  openList(p: number, place: Place, key: Block): number {
    return this.#open(p, place, key, 0x2a);
  }

  close(p: number, start: number, place: Place, key: Block): number {
    const value = start + (place === ITEM ? 0 : 5) + key.length;
    if (place !== ITEM) this.#length4(start + 1, p - start - 5);
    this.#length4(value, p - value - 4);
    this.#length4(value + 5, p - value - 9);
    return p;
  }

  copy(p: number, source: Uint8Array): number {
    const bytes = this.#bytes;
    const { length } = source;
    if (p + length > bytes.length) throw FULL;
    if (length > 32) bytes.set(source, p);
    else for (let i = 0; i < length; i++) bytes[p + i] = source[i] ?? 0;
    return p + length;
  }

  /** Writes what stands before a text, and returns where the text comes. */
  #textHead(p: number, place: Place, key: Block, size: number, value: number, length: number): number {
    const bytes = this.#bytes;
    let q = p;
    if (place !== ITEM) {
      bytes[q] = place;
      q = this.#varint(q + 1, size);
    }
    q = this.#block(q, key);
    q = this.#varint(q, value);
    bytes[q] = 0x0a;
    return this.#varint(q + 1, length);
  }

  /** Writes a block. Up to 3 bytes behind it are lost: they are not written yet. */
  #block(p: number, { words, length }: Block): number {
    const view = this.#view;
    for (let i = 0; i < words.length; i++) view.setInt32(p + i * 4, words[i] ?? 0, true);
    return p + length;
  }

  #open(p: number, place: Place, key: Block, tag: number): number {
    this.#need(p, key.length + OVERHEAD);
    this.#bytes[p] = place;
    const q = this.#block(place === ITEM ? p : p + 5, key);
    this.#bytes[q + 4] = tag;
    return q + 9;
  }

  /** Leaves room for the lengths of a value of at most 11 bytes, and writes the key. */
  #scalar(p: number, place: Place, key: Block): number {
    this.#need(p, key.length + OVERHEAD);
    if (place === ITEM) return this.#block(p, key) + 1;
    this.#bytes[p] = place;
    return this.#block(key.length < 116 ? p + 2 : p + 5, key) + 1;
  }

  #endScalar(end: number, value: number, p: number, place: Place, key: Block): number {
    this.#bytes[value - 1] = end - value;
    if (place === ITEM) return end;
    if (key.length < 116) this.#bytes[p + 1] = end - p - 2;
    else this.#length4(p + 1, end - p - 5);
    return end;
  }

  #lengthAndText(p: number, tag: number, text: string): number {
    const bytes = this.#bytes;
    const { length } = text;
    this.#need(p, length * 3 + OVERHEAD);
    const textAt = p + 1 + varintSize(length);
    const written = this.#utf8(textAt, text);
    const moved = p + 1 + varintSize(written);
    if (moved !== textAt) bytes.copyWithin(moved, textAt, textAt + written);
    bytes[p] = tag;
    return this.#varint(p + 1, written) + written;
  }

  #utf8(p: number, text: string): number {
    const bytes = this.#bytes;
    const { length } = text;
    if (length > SHORT_TEXT) return writeUtf8(this.#text, text, p);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return writeUtf8(this.#text, text, p);
      bytes[p + i] = code;
    }
    return length;
  }

  /** Writes both times, which are the same, into a ready head. */
  #times(p: number, { observedMs, nanos }: RecordHead): void {
    if (observedMs !== this.#ms) this.#setMs(observedMs);
    const view = this.#view;
    const low = this.#msLow + nanos;
    const high = low > 0xffff_ffff ? this.#msHigh + Math.floor(low / 0x1_0000_0000) : this.#msHigh;
    view.setUint32(p + 1, low, true);
    view.setUint32(p + 5, high, true);
    view.setUint32(p + 10, low, true);
    view.setUint32(p + 14, high, true);
  }

  /** Writes a fixed64 of nanoseconds. */
  #time(p: number, tag: number, ms: number, nanos: number): number {
    if (ms !== this.#ms) this.#setMs(ms);
    const low = this.#msLow + nanos;
    this.#bytes[p] = tag;
    this.#view.setUint32(p + 1, low, true);
    this.#view.setUint32(p + 5, low > 0xffff_ffff ? this.#msHigh + Math.floor(low / 0x1_0000_0000) : this.#msHigh, true);
    return p + 9;
  }

  /** Keeps the halves of a millisecond for the next record: 90 ns of BigInt once a millisecond. */
  #setMs(ms: number): void {
    const base = BigInt(ms) * 1_000_000n;
    this.#ms = ms;
    this.#msLow = Number(base & 0xffff_ffffn);
    this.#msHigh = Number(base >> 32n);
  }

  #varint(at: number, value: number): number {
    const bytes = this.#bytes;
    let p = at;
    let rest = value;
    while (rest > 127) {
      bytes[p++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[p] = rest;
    return p + 1;
  }

  /** Writes 64 bits, given as an unsigned lower and a signed upper half. */
  #varint64(at: number, lower: number, upper: number): number {
    const bytes = this.#bytes;
    let p = at;
    let low = lower >>> 0;
    let high = upper >>> 0;
    while (high > 0 || low > 127) {
      bytes[p++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    bytes[p] = low;
    return p + 1;
  }

  #length4(p: number, length: number): void {
    const bytes = this.#bytes;
    bytes[p] = (length & 127) | 128;
    bytes[p + 1] = ((length >> 7) & 127) | 128;
    bytes[p + 2] = ((length >> 14) & 127) | 128;
    bytes[p + 3] = length >> 21;
  }

  #need(p: number, size: number): void {
    if (p + size > this.#bytes.length) throw FULL;
  }
}

function hexBytes(hex: string): number[] {
  return Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}
