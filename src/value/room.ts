import { cutString, wellFormed } from "./cut-string.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
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

  /**
   * Gives a text as it is written: cut at the limit of strings and at what is left, but never below 16. Without a limit of strings
   * (Infinity: for who goes on to an output with limits of its own) it is whole, and counts as what an output writes of it by default.
   */
  text(value: string): string {
    if (this.limits.stringLength === Infinity) {
      this.left -= Math.min(value.length, DEFAULT_LIMITS.stringLength);
      return wellFormed(value);
    }
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
