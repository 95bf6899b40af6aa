import { textHash } from "../value/text-hash.ts";
import { levelName } from "../level/level.ts";
import { varintOf } from "./varint.ts";
import { blockOf, concat, utf8 } from "./wire.ts";
import type { Level } from "../level/level.ts";
import type { Block, RecordHead } from "./wire.ts";

/** Where a ready head's times begin: behind the record's tag and its length of four bytes. */
export const TIMES = 5;
const MOST_SITES = 1024;
const LONGEST = 128;

interface Site {
  readonly message: string;
  readonly level: Level;
  /** Is the record up to and with its body; its length and its times are still to be written. */
  readonly ready: Uint8Array;
}

const NO_SITE: Site = { message: "", level: -1, ready: new Uint8Array(0) };

/**
 * Keeps the heads of records by call site: a record's tag, times, severity and body are one piece. A record without
 * attributes takes 65 ns with it against 84.
 */
export class ProtoHeads {
  readonly #sites: Site[] = Array.from({ length: MOST_SITES }, () => NO_SITE);
  readonly #seen: string[] = Array.from({ length: MOST_SITES }, () => "");

  /** Gives a head that was seen before: made at the second sight in a row, so that messages with numbers in them displace nothing. */
  find({ timeMs, message, level, eventName }: RecordHead): Uint8Array | undefined {
    const { length } = message;
    if (length === 0 || length > LONGEST || timeMs === undefined) return undefined;
    if (eventName !== undefined && eventName !== "") return undefined;
    const slot = textHash(message) & (MOST_SITES - 1);
    const site = this.#sites[slot] ?? NO_SITE;
    if (site.message === message && site.level === level) return site.ready;
    if (this.#seen[slot] === message) {
      const ready = headOf(level, message);
      this.#sites[slot] = { message, level, ready };
      return ready;
    }
    this.#seen[slot] = message;
    return undefined;
  }
}

function headOf(level: Level, message: string): Uint8Array {
  const text = utf8(message);
  const value = Uint8Array.of(0x0a, ...varintOf(text.length), ...text);
  const times = Uint8Array.of(0x12, 0, 0, 0, 0, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x59, 0, 0, 0, 0, 0, 0, 0, 0);
  return concat([times, levelBlock(level).bytes, Uint8Array.of(0x2a, ...varintOf(value.length)), value]);
}

/** Makes `severity_number` and `severity_text`. */
export function levelBlock(level: number): Block {
  const name = utf8(levelName(level));
  const number = level > 0 ? [0x10, ...varintOf(level)] : [];
  return blockOf(Uint8Array.of(...number, 0x1a, name.length, ...name));
}
