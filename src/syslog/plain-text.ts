import { SHORT_STRING } from "../format/json-bytes.ts";

/** Says that text does not stand in a message as it is. No position is negative. */
export const NOT_PLAIN = -1;
const NO_ASCII = 0xff80;
/** Three spaces above a byte. */
const SPACES = 0x20202000;

/** Writes text into itself, see {@link SHORT_STRING}. */
type Utf8Buffer = Buffer & { utf8Write(text: string, offset: number): number };

/**
 * Marks in a word of four ASCII bytes those that do not stand as they are: below 0x20 or `"` (one bit flipped puts it among them), `\` or `]` (one bit
 * apart), and 0x7f. A mark above the lowest one may be wrong.
 */
function oddIn(word: number): number {
  return (
    (((word ^ 0x02020202) - 0x21212121) | (((word & 0x7e7e7e7e) ^ 0x5c5c5c5c) - 0x01010101) | (word + 0x01010101)) & 0x80808080
  );
}

/** Writes text that stands as it is both in a param and behind all: printable ASCII without `"`, `\` and `]`. */
export class PlainText {
  #bytes: Utf8Buffer;
  #view: DataView;

  constructor(bytes: Buffer) {
    this.#bytes = bytes as Utf8Buffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  /** Writes text and gives the position behind it, or {@link NOT_PLAIN}. Room: as many bytes as units; what is more is not written. */
  write(at: number, text: string): number {
    return text.length <= SHORT_STRING ? this.#short(at, text) : this.#long(at, text);
  }

  /** Four units for one store and one test, as `JsonBytes` writes them. */
  #short(at: number, text: string): number {
    const { length } = text;
    const view = this.#view;
    let i = 0;
    let odd = 0;
    for (; i < length - 3; i += 4) {
      const a = text.charCodeAt(i);
      const b = text.charCodeAt(i + 1);
      const c = text.charCodeAt(i + 2);
      const d = text.charCodeAt(i + 3);
      const word = a | (b << 8) | (c << 16) | (d << 24);
      odd |= ((a | b | c | d) & NO_ASCII) | oddIn(word);
      view.setInt32(at + i, word, true);
    }
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      odd |= (code & NO_ASCII) | oddIn(code | SPACES);
      this.#bytes[at + i] = code;
    }
    return odd === 0 ? at + length : NOT_PLAIN;
  }

  #long(at: number, text: string): number {
    const { length } = text;
    // What is not ASCII has more bytes than units.
    if (this.#bytes.utf8Write(text, at) !== length) return NOT_PLAIN;
    const view = this.#view;
    // The last few, with some that are looked at again.
    const last = at + length - 4;
    let odd = oddIn(view.getInt32(last, true));
    for (let i = at; i < last && odd === 0; i += 4) odd = oddIn(view.getInt32(i, true));
    return odd === 0 ? at + length : NOT_PLAIN;
  }
}
