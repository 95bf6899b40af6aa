import { FULL, writeUtf8 } from "./wire.ts";
import type { Block } from "./wire.ts";

/** Up to here a loop that copies ASCII beats the call of `utf8Write` (6 chars: 35 ns against 90); above it loses. */
export const SHORT_TEXT = 24;

/** Writes protobuf's tokens. Each method takes the place to write at and returns the place behind. */
export class ProtoBytes {
  /** Never a Buffer: one shape in all stores. */
  protected out: Uint8Array = new Uint8Array(0);
  protected view: DataView = new DataView(new ArrayBuffer(0));
  /** The same bytes, as they were given. */
  #given: Uint8Array = this.out;
  #size = 0;

  use(bytes: Uint8Array): void {
    this.out = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#given = bytes;
    this.#size = bytes.length;
  }

  /** @throws the error `FULL` where there are fewer bytes than these. */
  protected need(p: number, size: number): void {
    if (p + size > this.#size) throw FULL;
  }

  /** Writes a block. Up to 7 bytes behind it are lost: they are not written yet. */
  protected block(p: number, { words, bytes, length }: Block): number {
    const { view } = this;
    const count = words.length;
    for (let i = 0, to = p; i < count; i++, to += 8) view.setFloat64(to, words[i] ?? 0, true);
    if (count === 0) this.out.set(bytes, p);
    return p + length;
  }

  protected varint(at: number, value: number): number {
    const { out } = this;
    let p = at;
    let rest = value;
    while (rest > 127) {
      out[p++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    out[p] = rest;
    return p + 1;
  }

  /** Writes 64 bits, given as an unsigned lower and a signed upper half. */
  protected varint64(at: number, lower: number, upper: number): number {
    const { out } = this;
    let p = at;
    let low = lower >>> 0;
    let high = upper >>> 0;
    while (high > 0 || low > 127) {
      out[p++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    out[p] = low;
    return p + 1;
  }

  /** Writes a length in four bytes, whatever it is. */
  protected length4(p: number, length: number): void {
    this.view.setInt32(p, spread(length) | 0x80_8080, true);
  }

  /** Writes a text; the caller made sure of 3 bytes for each UTF-16 unit. Returns how many bytes it took. */
  protected utf8(p: number, text: string): number {
    const { length } = text;
    if (length > SHORT_TEXT || this.ascii(p, text) < 0) return writeUtf8(this.#given, text, p);
    return length;
  }

  /** Writes an ASCII text, four units at a time (12 units 21 ns, 29 one by one); a negative number for any other one. */
  protected ascii(p: number, text: string): number {
    const { out, view } = this;
    const { length } = text;
    let to = p;
    let all = 0;
    let i = 0;
    for (; i < length - 3; i += 4, to += 4) {
      const a = text.charCodeAt(i);
      const b = text.charCodeAt(i + 1);
      const c = text.charCodeAt(i + 2);
      const d = text.charCodeAt(i + 3);
      all |= a | b | c | d;
      view.setInt32(to, a | (b << 8) | (c << 16) | (d << 24), true);
    }
    for (; i < length; i++, to++) {
      const code = text.charCodeAt(i);
      all |= code;
      out[to] = code;
    }
    return all > 0x7f ? -1 : to;
  }
}

/** Spreads a number of up to 28 bits over the lower seven bits of four bytes. */
export function spread(value: number): number {
  return (value & 0x7f) | ((value << 1) & 0x7f00) | ((value << 2) & 0x7f_0000) | ((value << 3) & 0x7f00_0000);
}
