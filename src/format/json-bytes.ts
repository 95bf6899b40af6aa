import { bytesHash } from "../value/text-hash.ts";
import { NOT_SHORT, writeDecimal, writeInteger } from "./json-digits.ts";
import { isExact } from "./json.ts";

const encoder = new TextEncoder();

/** Writes text into itself; of Node's own methods the fastest (no look-up of the encoding), and in Bun and Deno too. */
type Utf8Buffer = Buffer & { utf8Write(text: string, offset: number): number };

/** Up to here unit by unit is sooner than a call into Node: 21 ns against 37 for 12 units, 26 against 27 for 16. */
export const SHORT_STRING = 16;
const NO_ASCII = 0xff80;
const HEX = Uint8Array.from("0123456789abcdef", (char) => char.charCodeAt(0));

/** For each byte: 0 as it is, 1 as `\u00xx`, else the letter behind the backslash. */
const ESCAPES = new Uint8Array(256).fill(1, 0, 32);
for (const [char, letter] of Object.entries({ '"': '"', "\\": "\\", "\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r" })) {
  ESCAPES[char.charCodeAt(0)] = letter.charCodeAt(0);
}

const TRUE = bytesOf("true");
const FALSE = bytesOf("false");
export const NULL: Uint8Array = bytesOf("null");

const CONTROL = 1;
const PLAIN = 0x20202020;

/**
 * Marks in a word of four bytes those below 0x20, and those that are `"` or `\\`: the classic test for a zero byte, where flipping one
 * bit puts `"` among the control characters. Bytes from 0x80 up are part of a character, and never marked.
 */
function oddIn(word: number): number {
  return (((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & ~word & 0x80808080;
}

/**
 * Is ready UTF-8 as words of eight bytes, the last filled up. No UTF-8 has the bits of a NaN, which might change on the way: 0xf0 to 0xff
 * before 0x7f or 0xff occur in none. The words are read and written with the lowest byte first: said by a constant, because V8 folds no
 * imported one (10 attributes cost 0.97 of it).
 */
export interface Words {
  readonly words: Float64Array;
  /** Bytes. */
  readonly length: number;
}

/** Encodes text once, for what is written often. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Encodes text once, as words for {@link JsonBytes.words}. */
export function wordsOf(text: string): Words {
  const bytes = bytesOf(text);
  const words = new Float64Array((bytes.length + 7) >> 3);
  new Uint8Array(words.buffer).set(bytes);
  const view = new DataView(words.buffer);
  for (let i = 0; i < words.length; i++) words[i] = view.getFloat64(i * 8, true);
  return { words, length: bytes.length };
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
  #size: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes as Utf8Buffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#size = bytes.length;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Writes into another buffer from now on. */
  use(bytes: Buffer): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes as Utf8Buffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#size = bytes.length;
  }

  /** Makes room for some bytes at a position, by moving to a larger buffer; what lies before the position goes along. */
  ensure(at: number, room: number): void {
    if (at + room > this.#size) this.#grow(at, at + room);
  }

  #grow(at: number, size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#size * 2, size));
    this.#bytes.copy(larger, 0, 0, at);
    this.use(larger);
  }

  /** Copies ready bytes: a loop for the few of a word, `set` above, which costs 14 ns whatever the length (the loop 1.1 ns a byte). */
  raw(at: number, ready: Uint8Array): number {
    const bytes = this.#bytes;
    const { length } = ready;
    if (length > 12) bytes.set(ready, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = ready[i] as number;
    return at + length;
  }

  /** Copies ready bytes given as whole words: 6 to 9 ns up to 24 bytes. Up to seven bytes behind are overwritten. */
  words(at: number, words: Float64Array, length: number): number {
    const view = this.#view;
    const count = words.length;
    for (let i = 0, to = at; i < count; i++, to += 8) view.setFloat64(to, words[i] as number, true);
    return at + length;
  }

  /** Tells what was written between two positions from all else, see {@link bytesHash}. */
  hash(from: number, to: number): number {
    return bytesHash(this.#view, from, to);
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
    if ((value | 0) === value) return writeInteger(this.#bytes, at, value);
    if (value - value !== 0) return this.text(at, `"${value}"`);
    const end = value < 1e9 && value > -1e9 ? writeDecimal(this.#bytes, at, value) : NOT_SHORT;
    return end === NOT_SHORT ? this.text(at, String(value)) : end;
  }

  /** Writes a boolean. */
  boolean(at: number, value: boolean): number {
    return this.raw(at, value ? TRUE : FALSE);
  }

  /** Writes an integer of any size; as a string where a reader would round it. */
  bigint(at: number, value: bigint): number {
    return this.text(at, isExact(value) ? String(value) : `"${value}"`);
  }

  /** Writes a string with its quotes; lone surrogates become U+FFFD. Room: 6 bytes a unit and 18. */
  string(at: number, text: string): number {
    return text.length <= SHORT_STRING ? this.shortString(at, text) : this.#longString(at, text);
  }

  /** Writes a string of up to {@link SHORT_STRING} units. */
  shortString(at: number, text: string): number {
    const { length } = text;
    const bytes = this.#bytes;
    const view = this.#view;
    let to = at + 1;
    let i = 0;
    let odd = 0;
    // Four units for one store and one test: 16 ns for 8 units, 21 one by one.
    for (; i < length - 3; i += 4, to += 4) {
      const a = text.charCodeAt(i);
      const b = text.charCodeAt(i + 1);
      const c = text.charCodeAt(i + 2);
      const d = text.charCodeAt(i + 3);
      const word = a | (b << 8) | (c << 16) | (d << 24);
      odd |= ((a | b | c | d) & NO_ASCII) | oddIn(word);
      view.setInt32(to, word, true);
    }
    for (; i < length; i++, to++) {
      const code = text.charCodeAt(i);
      odd |= (code & NO_ASCII) | (ESCAPES[code & 0xff] as number);
      bytes[to] = code;
    }
    if (odd !== 0) return this.#longString(at, text);
    bytes[at] = 34;
    bytes[to] = 34;
    return to + 1;
  }

  /** Copies as UTF-8 first, then looks at the bytes eight at a time: one way for ASCII and all else, at memory speed. */
  #longString(at: number, text: string): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const start = at + 1;
    const end = start + bytes.utf8Write(text, start);
    bytes[at] = 34;
    let i = start;
    while (i < end - 7 && (oddIn(view.getInt32(i, true)) | oddIn(view.getInt32(i + 4, true))) === 0) i += 8;
    // The last few, with some that were looked at already.
    if (end - start < 8) while (i < end && ESCAPES[bytes[i] as number] === 0) i++;
    else if (i > end - 8 && (oddIn(view.getInt32(end - 8, true)) | oddIn(view.getInt32(end - 4, true))) === 0) i = end;
    // Only ASCII is escaped: of n units that are b bytes at most (3n - b) / 2.
    const behind = i === end ? end : this.#escape(i, end, Math.min(end - i, (3 * text.length - (end - start)) >> 1));
    bytes[behind] = 34;
    return behind + 1;
  }

  /**
   * Moves bytes out of the way, and back with their escapes, of which there are at most so many: eight bytes a step, an escape a step of
   * its own. Returns where they end then. A line with 2 kB of escapes costs 0.74 of what it does by the SIMD of JSON.stringify in Node 26,
   * one with a stack 0.69.
   */
  #escape(at: number, end: number, most: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    let from = at + 5 * most + 8;
    const stop = from + end - at;
    bytes.copyWithin(from, at, end);
    // Nothing behind them is to be taken for odd.
    view.setInt32(stop, PLAIN, true);
    view.setInt32(stop + 4, PLAIN, true);
    let to = at;
    while (from < stop) {
      const low = view.getInt32(from, true);
      const high = view.getInt32(from + 4, true);
      view.setInt32(to, low, true);
      view.setInt32(to + 4, high, true);
      const inLow = oddIn(low);
      const odd = inLow === 0 ? oddIn(high) : inLow;
      if (odd === 0) {
        from += 8;
        to += 8;
        continue;
      }
      // The lowest mark is always a true one.
      const clean = (inLow === 0 ? 7 : 3) - (Math.clz32(odd & -odd) >> 3);
      from += clean + 1;
      to = this.#escaped(to + clean, bytes[from - 1] as number);
    }
    return to - (from - stop);
  }

  #escaped(at: number, byte: number): number {
    const bytes = this.#bytes;
    const escape = ESCAPES[byte] as number;
    if (escape === CONTROL) return this.#control(at, byte);
    bytes[at] = 92;
    bytes[at + 1] = escape;
    return at + 2;
  }

  /** Writes a control character as `\u00xx`. */
  #control(at: number, byte: number): number {
    const bytes = this.#bytes;
    bytes[at] = 92;
    bytes[at + 1] = 117;
    bytes[at + 2] = 48;
    bytes[at + 3] = 48;
    bytes[at + 4] = 48 + (byte >> 4);
    bytes[at + 5] = HEX[byte & 15] as number;
    return at + 6;
  }
}
