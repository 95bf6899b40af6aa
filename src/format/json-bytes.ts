import { isExact } from "./json.ts";

/** Writes text into itself; of Node's own methods the fastest (no look-up of the encoding), and in Bun and Deno too. */
type Utf8Buffer = Buffer & { utf8Write(text: string, offset: number): number };

/** Since V8 13.8 JSON.stringify escapes long strings with SIMD (2 kB: 1.5 µs against 7.4 µs before). */
const NATIVE_IS_FAST = Number.parseInt(globalThis.process?.versions?.["v8"] ?? "0", 10) >= 14;
const NATIVE_FROM_LENGTH = 200;
const SHORT_STRING = 16;
const HEX = Uint8Array.from("0123456789abcdef", (char) => char.charCodeAt(0));

/** For each byte: 0 as it is, 1 as `\u00xx`, else the letter behind the backslash. */
const ESCAPES = new Uint8Array(256).fill(1, 0, 32);
for (const [char, letter] of Object.entries({ '"': '"', "\\": "\\", "\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r" })) {
  ESCAPES[char.charCodeAt(0)] = letter.charCodeAt(0);
}

const TRUE = bytesOf("true");
const FALSE = bytesOf("false");
export const NULL: Uint8Array = bytesOf("null");

/** The digits of 00 to 99: a division for two of them. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => 48 + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10));
const CONTROL = 1;
const MOST_ODD = 256;

/** Tells whether JSON.stringify is the faster way from here on: always in newer versions, else where one byte in eight wants an escape. */
function isNative(text: string, odd: number, seen: number): boolean {
  if (text.length <= NATIVE_FROM_LENGTH) return false;
  return NATIVE_IS_FAST || odd > MOST_ODD - 8 || (odd > 16 && odd * 8 > seen);
}

/**
 * Marks in a word of four bytes those below 0x20, and those that are `"` or `\\`: the classic test for a zero byte, where flipping one
 * bit puts `"` among the control characters. Bytes from 0x80 up are part of a character, and never marked.
 */
function oddIn(word: number): number {
  return (((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & ~word & 0x80808080;
}

/** Encodes text once, for what is written often. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Gives bytes as little-endian words, the last filled up with zeros. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const filled = new DataView(new ArrayBuffer((bytes.length + 3) & ~3));
  bytes.forEach((byte, i) => filled.setUint8(i, byte));
  return Int32Array.from({ length: filled.byteLength >> 2 }, (_, i) => filled.getInt32(i * 4, true));
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
  /** Where the bytes are that want an escape. */
  readonly #odd = new Int32Array(MOST_ODD);

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

  /** Copies ready bytes: a loop for the few of a word, `set` above, which costs 13 ns whatever the length (the loop 1.1 ns a byte). */
  raw(at: number, ready: Uint8Array): number {
    const bytes = this.#bytes;
    const { length } = ready;
    if (length > 12) bytes.set(ready, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = ready[i] as number;
    return at + length;
  }

  /** Copies ready bytes given as whole words: 0.4 ns a byte. Up to three bytes behind are overwritten. */
  words(at: number, ready: Int32Array, length: number): number {
    const view = this.#view;
    for (let i = 0; i < ready.length; i++) view.setInt32(at + i * 4, ready[i] as number, true);
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

  /** Copies as UTF-8 first, then looks at the bytes eight at a time: one way for ASCII and all else, at memory speed. */
  #longString(at: number, text: string): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const odd = this.#odd;
    const end = at + 1 + bytes.utf8Write(text, at + 1);
    let count = 0;
    let i = at + 1;
    for (; i < end - 7; i += 8) {
      if ((oddIn(view.getInt32(i, true)) | oddIn(view.getInt32(i + 4, true))) === 0) continue;
      if (isNative(text, count, i - at)) return this.#native(at, text);
      for (let k = i; k < i + 8; k++) if (ESCAPES[bytes[k] as number] !== 0) odd[count++] = k;
    }
    for (; i < end; i++) if (ESCAPES[bytes[i] as number] !== 0) odd[count++] = i;
    bytes[at] = 34;
    const behind = count === 0 ? end : this.#escape(end, count);
    bytes[behind] = 34;
    return behind + 1;
  }

  #native(at: number, text: string): number {
    return at + this.#bytes.utf8Write(JSON.stringify(text.isWellFormed() ? text : text.toWellFormed()), at);
  }

  /** Moves what lies between the odd bytes to where it belongs, from the last to the first, and writes the escapes between. */
  #escape(end: number, count: number): number {
    const bytes = this.#bytes;
    const odd = this.#odd;
    let behind = end;
    for (let k = 0; k < count; k++) behind += ESCAPES[bytes[odd[k] as number] as number] === CONTROL ? 5 : 1;
    let to = behind;
    let stop = end;
    for (let k = count - 1; k >= 0; k--) {
      const at = odd[k] as number;
      const byte = bytes[at] as number;
      const escape = ESCAPES[byte] as number;
      const size = stop - at - 1;
      to -= size;
      // 16 ns whatever the size, against 1.1 ns a byte.
      if (size > 12) bytes.copyWithin(to, at + 1, stop);
      else for (let i = size - 1; i >= 0; i--) bytes[to + i] = bytes[at + 1 + i] as number;
      to -= escape === CONTROL ? 6 : 2;
      if (escape === CONTROL) this.#control(to, byte);
      else {
        bytes[to] = 92;
        bytes[to + 1] = escape;
      }
      stop = at;
    }
    return behind;
  }

  /** Writes a control character as `\u00xx`. */
  #control(at: number, byte: number): void {
    const bytes = this.#bytes;
    bytes[at] = 92;
    bytes[at + 1] = 117;
    bytes[at + 2] = 48;
    bytes[at + 3] = 48;
    bytes[at + 4] = 48 + (byte >> 4);
    bytes[at + 5] = HEX[byte & 15] as number;
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
    while (value > 99) {
      const rest = (value / 100) | 0;
      const pair = (value - rest * 100) * 2;
      bytes[--i] = PAIRS[pair + 1] as number;
      bytes[--i] = PAIRS[pair] as number;
      value = rest;
    }
    if (value > 9) bytes[--i] = PAIRS[value * 2 + 1] as number;
    bytes[--i] = value > 9 ? (PAIRS[value * 2] as number) : 48 + value;
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
