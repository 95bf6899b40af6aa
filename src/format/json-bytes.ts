import { isExact } from "./json.ts";

/** Writes text into itself; of Node's own methods the fastest (no look-up of the encoding), and in Bun and Deno too. */
type Utf8Buffer = Buffer & { utf8Write(text: string, offset: number): number };

/** Since V8 13.8 JSON.stringify escapes long strings with SIMD (2 kB: 1.5 µs against 7.4 µs before). */
const NATIVE_IS_FAST = Number.parseInt(globalThis.process?.versions?.["v8"] ?? "0", 10) >= 14;
const NATIVE_FROM_LENGTH = 200;
const SHORT_STRING = 16;
const HEX = Uint8Array.from("0123456789abcdef", (char) => char.charCodeAt(0));

/** For each byte below 128: 0 as it is, 1 as `\u00xx`, else the letter behind the backslash. */
const ESCAPES = new Uint8Array(128).fill(1, 0, 32);
for (const [char, letter] of Object.entries({ '"': '"', "\\": "\\", "\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r" })) {
  ESCAPES[char.charCodeAt(0)] = letter.charCodeAt(0);
}

const TRUE = bytesOf("true");
const FALSE = bytesOf("false");
export const NULL: Uint8Array = bytesOf("null");

/** Encodes text once, for what is written often. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Writes JSON tokens as UTF-8 into a buffer of its own or a lent one. Each method takes the position to write at and returns the one
 * behind: kept in a local, it costs nothing, where a field would be stored for each byte. Room must be there, see {@link JsonBytes.ensure}.
 *
 * Against JSON.stringify and a copy: strings up to 16 units 4 to 7 times faster, 96 units 2.3, 2 kB of ASCII 3.7; integers and
 * decimals of three places twice (reference: bench/results.md).
 */
export class JsonBytes {
  #bytes: Utf8Buffer;
  #view: DataView;
  #scratch: Buffer = Buffer.allocUnsafeSlow(4096);
  #scratchView: DataView = new DataView(this.#scratch.buffer);

  constructor(bytes: Buffer) {
    this.#bytes = bytes as Utf8Buffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Writes into another buffer from now on. */
  use(bytes: Buffer): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes as Utf8Buffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  /** Makes room for some bytes at a position, by moving to a larger buffer; what lies before the position goes along. */
  ensure(at: number, room: number): void {
    if (at + room <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, at + room));
    this.#bytes.copy(larger, 0, 0, at);
    this.use(larger);
  }

  /** Copies ready bytes: a loop for the few of a key or a word, `set` above (at 170 bytes 2.5 times faster than the loop). */
  raw(at: number, ready: Uint8Array): number {
    const bytes = this.#bytes;
    const { length } = ready;
    if (length > 24) bytes.set(ready, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = ready[i] as number;
    return at + length;
  }

  /** Writes one byte. */
  byte(at: number, value: number): number {
    this.#bytes[at] = value;
    return at + 1;
  }

  /** Writes text that needs no quotes and no escapes, in any characters. */
  text(at: number, text: string): number {
    return at + this.#bytes.utf8Write(text, at);
  }

  /** Writes a number as JSON; NaN and the infinities as strings. */
  number(at: number, value: number): number {
    if ((value | 0) === value) return this.#integer(at, value);
    if (value - value !== 0) return this.text(at, `"${value}"`);
    return value < 1e9 && value > -1e9 ? this.#decimal(at, value) : this.text(at, String(value));
  }

  /** Writes a boolean. */
  boolean(at: number, value: boolean): number {
    return this.raw(at, value ? TRUE : FALSE);
  }

  /** Writes an integer of any size; as a string where a reader would round it. */
  bigint(at: number, value: bigint): number {
    return this.text(at, isExact(value) ? String(value) : `"${value}"`);
  }

  /** Writes a string with its quotes; lone surrogates become U+FFFD. Room: 6 bytes a unit and 2. */
  string(at: number, text: string): number {
    const { length } = text;
    if (length > SHORT_STRING) return this.#longString(at, text);
    const bytes = this.#bytes;
    const start = at + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 32 || code > 126 || code === 34 || code === 92) return this.#longString(at, text);
      bytes[start + i] = code;
    }
    bytes[at] = 34;
    bytes[start + length] = 34;
    return start + length + 1;
  }

  /** Copies as UTF-8 first, then looks at the bytes four at a time: one way for ASCII and all else, at memory speed. */
  #longString(at: number, text: string): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const end = at + 1 + bytes.utf8Write(text, at + 1);
    let i = at + 1;
    for (; i < end - 3; i += 4) {
      const word = view.getInt32(i, true);
      const quotes = word ^ 0x22222222;
      const slashes = word ^ 0x5c5c5c5c;
      // Some byte below 0x20, or one that is `"` or `\`: the classic test for a zero byte, three times over.
      const odd = ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
      if ((odd & 0x80808080) !== 0) return this.#escaped(at, i, end, text);
    }
    for (; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte < 32 || byte === 34 || byte === 92) return this.#escaped(at, i, end, text);
    }
    bytes[at] = 34;
    bytes[end] = 34;
    return end + 1;
  }

  #escaped(at: number, firstOdd: number, end: number, text: string): number {
    if (NATIVE_IS_FAST && text.length > NATIVE_FROM_LENGTH) {
      return at + this.#bytes.utf8Write(JSON.stringify(text.isWellFormed() ? text : text.toWellFormed()), at);
    }
    const length = end - firstOdd;
    this.#copyAside(firstOdd, end);
    this.#bytes[at] = 34;
    const behind = this.#copyEscaping(firstOdd, length);
    this.#bytes[behind] = 34;
    return behind + 1;
  }

  #copyAside(from: number, end: number): void {
    if (end - from > this.#scratch.length) {
      this.#scratch = Buffer.allocUnsafeSlow((end - from) * 2);
      this.#scratchView = new DataView(this.#scratch.buffer);
    }
    this.#bytes.copy(this.#scratch, 0, from, end);
  }

  /** Copies the scratch back, whole words where nothing is odd. */
  #copyEscaping(at: number, length: number): number {
    const scratch = this.#scratch;
    const from = this.#scratchView;
    const to = this.#view;
    let i = 0;
    while (i < length) {
      if (i + 4 <= length) {
        const word = from.getInt32(i, true);
        const quotes = word ^ 0x22222222;
        const slashes = word ^ 0x5c5c5c5c;
        const odd = ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
        if ((odd & 0x80808080) === 0) {
          to.setInt32(at, word, true);
          at += 4;
          i += 4;
          continue;
        }
      }
      const stop = Math.min(length, i + 4);
      for (; i < stop; i++) at = this.#escapedByte(at, scratch[i] as number);
    }
    return at;
  }

  #escapedByte(at: number, byte: number): number {
    const bytes = this.#bytes;
    const escape = byte < 128 ? (ESCAPES[byte] as number) : 0;
    if (escape === 0) {
      bytes[at] = byte;
      return at + 1;
    }
    bytes[at] = 92;
    if (escape !== 1) {
      bytes[at + 1] = escape;
      return at + 2;
    }
    bytes[at + 1] = 117;
    bytes[at + 2] = 48;
    bytes[at + 3] = 48;
    bytes[at + 4] = 48 + (byte >> 4);
    bytes[at + 5] = HEX[byte & 15] as number;
    return at + 6;
  }

  /** Writes the digits of a 32-bit integer. */
  #integer(at: number, value: number): number {
    const bytes = this.#bytes;
    if (value < 0) {
      // The one whose opposite is no 32-bit integer.
      if (value === -0x80000000) return this.text(at, "-2147483648");
      bytes[at++] = 45;
      value = -value;
    }
    const end = at + digits(value);
    let i = end;
    do {
      const rest = (value / 10) | 0;
      bytes[--i] = 48 + value - rest * 10;
      value = rest;
    } while (value > 0);
    return end;
  }

  /** Writes a double that has at most three decimals by hand, with the digits that Number#toString gives: durations mostly do. */
  #decimal(at: number, value: number): number {
    const thousandths = Math.round(value * 1000);
    if (thousandths / 1000 !== value || thousandths === 0) return this.text(at, String(value));
    if (thousandths < 0) this.#bytes[at++] = 45;
    const size = Math.abs(thousandths);
    const whole = Math.floor(size / 1000);
    let fraction = size - whole * 1000;
    at = this.#integer(at, whole);
    if (fraction === 0) return at;
    const bytes = this.#bytes;
    bytes[at++] = 46;
    for (let unit = 100; fraction > 0; unit = (unit / 10) | 0) {
      const digit = (fraction / unit) | 0;
      bytes[at++] = 48 + digit;
      fraction -= digit * unit;
    }
    return at;
  }
}

function digits(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2;
  if (value < 10_000) return value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}
