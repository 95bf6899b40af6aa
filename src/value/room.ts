import { cutString, wellFormed } from "./cut-string.ts";
import type { Limits } from "./limits.ts";

/** Is what one attribute may still take of its size, see {@link Limits}. */
export class Room {
  readonly limits: Limits;
  /** Below 0 when what was taken last was larger than what was left. */
  left: number;

  constructor(limits: Limits) {
    this.limits = limits;
    this.left = limits.size;
  }

  /** Gives a text as it is written: cut at the limit of strings and at what is left, but never below 16. */
  text(value: string): string {
    const cut = cutString(value, this.#longest());
    this.left -= cut.length;
    return wellFormed(cut);
  }

  /** Gives bytes as they are, or says how many they were: bytes are not cut. */
  bytes(bytes: Uint8Array): Uint8Array | string {
    if (bytes.length > this.#longest()) return `[Bytes: ${bytes.length}]`;
    this.left -= bytes.length;
    return bytes;
  }

  #longest(): number {
    return Math.min(this.limits.stringLength, Math.max(this.left, 16));
  }
}
