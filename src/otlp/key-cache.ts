import { isShort, ownText } from "../value/own-text.ts";
import type { Block, Wire } from "./wire.ts";

/** Keys may come from data; so many are kept and no more. */
const MOST_KEYS = 4096;

/** Keeps the bytes of keys. */
export class KeyCache {
  readonly #wire: Wire;
  readonly #keys = new Map<string, Block>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Gives the bytes of a key. */
  any(name: string): Block {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = this.#wire.key(name);
    // The odd ones are written and never kept, so that what is found here is no odd one.
    if (this.#keys.size < MOST_KEYS && isShort(name) && !isOdd(name)) this.#keys.set(ownText(name), key);
    return key;
  }

  /** Gives the bytes of a key that is what it seems; nothing for an empty one, which inlines a group, or one with lone surrogates. */
  plain(name: string): Block | undefined {
    return this.#keys.get(name) ?? (isOdd(name) ? undefined : this.any(name));
  }
}

function isOdd(name: string): boolean {
  return name === "" || !name.isWellFormed();
}
