/**
 * Writes the parts of a log record in one of OTLP's two encodings. Every method takes the place to write at and returns the place
 * behind; what is not between a record's start and its returned end does not count, so that going back is to forget.
 */
export interface Wire {
  /** Writes into these bytes from now on. */
  use(bytes: Uint8Array): void;
  /** Makes the bytes that stand before the value of a member of this name; a caller keeps them. */
  key(name: string): Block;
  /** Stands in place of a key before an item of a list. */
  readonly item: Block;
  /** Starts a record; its attributes come next. */
  begin(p: number, head: RecordHead): number;
  /** Ends the record that began at `start`. */
  end(p: number, start: number, dropped: number, trace: Block | undefined): number;
  /** Makes what {@link Wire.end} writes of a span's ids; a caller keeps it by the span. */
  trace(traceId: string, spanId: string, flags: number): Block;
  text(p: number, place: Place, key: Block, text: string): number;
  int(p: number, place: Place, key: Block, value: number): number;
  double(p: number, place: Place, key: Block, value: number): number;
  bool(p: number, place: Place, key: Block, value: boolean): number;
  bigint(p: number, place: Place, key: Block, value: bigint): number;
  bytes(p: number, place: Place, key: Block, value: Uint8Array): number;
  /** Writes the empty value: null. */
  empty(p: number, place: Place, key: Block): number;
  openMap(p: number, place: Place, key: Block): number;
  openList(p: number, place: Place, key: Block): number;
  /** Ends the map or list that was opened at `start`. */
  close(p: number, start: number, place: Place, key: Block): number;
  copy(p: number, source: Uint8Array): number;
}

/** Are bytes that are written often: the short ones also as words, because eight bytes at a time are written at the cost of one. */
export interface Block {
  readonly bytes: Uint8Array;
  /** The same in words, the lowest byte first, the last one filled up; none where they are long, or have the bits of a NaN. */
  readonly words: Float64Array;
  readonly length: number;
}

/** From here `set` is as fast, which costs 14 ns whatever the length. */
const MOST_WORDS = 8;

/** Makes a block. */
export function blockOf(bytes: Uint8Array): Block {
  const { length } = bytes;
  const words = new Float64Array((length + 7) >> 3);
  new Uint8Array(words.buffer).set(bytes);
  const view = new DataView(words.buffer);
  for (let i = 0; i < words.length; i++) words[i] = view.getFloat64(i * 8, true);
  // A NaN may have other bits after it was read and written; ids may look like one.
  const isCopied = words.length > MOST_WORDS || words.some(Number.isNaN);
  return { bytes, words: isCopied ? new Float64Array(0) : words, length };
}

/** Is where a value stands: an item of a list, a member of a map, or an attribute of the record. The numbers are protobuf's tags. */
export type Place = typeof ITEM | typeof MEMBER | typeof ATTRIBUTE;
export const ITEM = 0;
/** `KeyValueList.values`, field 1. */
export const MEMBER = 0x0a;
/** `LogRecord.attributes`, field 6. */
export const ATTRIBUTE = 0x32;

/** Are the fields of a record that stand before its attributes. One object that is reused. */
export interface RecordHead {
  /** The milliseconds of `observedTimeUnixNano`, and of `timeUnixNano` too. */
  ms: number;
  /** Nanoseconds behind the millisecond. */
  nanos: number;
  /** Tells whether the record has a time: without one `timeUnixNano` is left out. */
  timed: boolean;
  level: number;
  message: string;
  eventName: string | undefined;
}

/** Is thrown where the bytes end before the record does: the caller takes more bytes and starts the record again. */
export const FULL: Error = new RangeError("the buffer is full");

/** Makes bytes to write into: a Buffer where there are Buffers, not zeroed, not of a shared pool. */
export function allocate(size: number): Uint8Array {
  return typeof Buffer === "function" ? Buffer.allocUnsafeSlow(size) : new Uint8Array(size);
}

type Utf8Write = (this: Uint8Array, text: string, at: number) => number;

// Buffer.prototype.write finds the encoding out first: 25 ns more a string than what it then calls.
const utf8Write: Utf8Write | undefined =
  typeof Buffer === "function" ? (Buffer.prototype as unknown as { utf8Write?: Utf8Write }).utf8Write : undefined;
const textEncoder = new TextEncoder();

/** Writes a text in UTF-8, lone surrogates as U+FFFD; the caller made sure of 3 bytes for each UTF-16 unit. Returns how many bytes it took. */
export function writeUtf8(bytes: Uint8Array, text: string, at: number): number {
  if (utf8Write !== undefined && bytes instanceof Buffer) return utf8Write.call(bytes, text, at);
  return textEncoder.encodeInto(text, bytes.subarray(at)).written;
}

/** Gives a text's UTF-8 in bytes of its own. */
export function utf8(text: string): Uint8Array {
  return textEncoder.encode(text);
}

/** Puts bytes one behind the other into bytes of their own. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = allocate(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
