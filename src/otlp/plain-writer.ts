import { isPlainMap } from "../value/plain.ts";
import { allocate, FULL, ITEM, MEMBER } from "./wire.ts";
import type { Plain } from "../value/plain.ts";
import type { KeyCache } from "./key-cache.ts";
import type { Block, Place, Wire } from "./wire.ts";

/** Are named values in their order. */
export type Members = Iterable<readonly [name: string, value: Plain]>;

/** Writes values that are plain already. */
export class PlainWriter {
  readonly #wire: Wire;
  readonly #keys: KeyCache;

  constructor(wire: Wire, keys: KeyCache) {
    this.#wire = wire;
    this.#keys = keys;
  }

  members(start: number, place: Place, members: Members): number {
    let p = start;
    for (const [name, value] of members) p = this.value(p, place, this.#keys.any(name), value);
    return p;
  }

  value(p: number, place: Place, key: Block, value: Plain): number {
    const wire = this.#wire;
    switch (typeof value) {
      case "string":
        return wire.text(p, place, key, value);
      case "number":
        return Number.isSafeInteger(value) ? wire.int(p, place, key, value) : wire.double(p, place, key, value);
      case "boolean":
        return wire.bool(p, place, key, value);
      case "bigint":
        return wire.bigint(p, place, key, value);
      default:
        if (value === null) return wire.empty(p, place, key);
        if (value instanceof Uint8Array) return wire.bytes(p, place, key, value);
        if (isPlainMap(value)) return wire.close(this.members(wire.openMap(p, place, key), MEMBER, value), p, place, key);
        return wire.close(this.#items(wire.openList(p, place, key), value), p, place, key);
    }
  }

  /** Writes members into bytes of their own. The wire is left on them: who shares it puts it back. */
  written(place: Place, members: Members): Uint8Array {
    for (let size = 1024; ; size *= 4) {
      const bytes = allocate(size);
      this.#wire.use(bytes);
      try {
        // A copy: slice() of a Buffer is none.
        return new Uint8Array(bytes.subarray(0, this.members(0, place, members)));
      } catch (error) {
        if (error !== FULL) throw error;
      }
    }
  }

  #items(start: number, items: readonly Plain[]): number {
    let p = start;
    for (const item of items) p = this.value(p, ITEM, this.#wire.item, item);
    return p;
  }
}
