import { levelName } from "../level/level.ts";
import { isShort, ownText } from "../value/own-text.ts";
import { bytesHash, textHash } from "../value/text-hash.ts";
import { varintOf } from "./varint.ts";
import { blockOf, concat, utf8 } from "./wire.ts";
import type { Level } from "../level/level.ts";
import type { Block, RecordHead } from "./wire.ts";

const MOST_SITES = 1024;

interface Site {
  readonly message: string;
  readonly level: Level;
  readonly ready: Block;
}

const NO_SITE: Site = { message: "", level: -1, ready: blockOf(new Uint8Array(0)) };

/**
 * Keeps what stands between a record's times and its attributes by call site: severity and body are one piece. A record without
 * attributes takes 65 ns with it against 84.
 */
export class ProtoHeads {
  readonly #sites: Site[] = Array.from<Site>({ length: MOST_SITES }).fill(NO_SITE);
  /** The hash of what was written last where a site could be. */
  readonly #seen = new Int32Array(MOST_SITES);

  /** Gives a head that is kept: of no message that is long. */
  find({ message, level, eventName }: RecordHead): Block | undefined {
    if (eventName !== undefined && eventName !== "") return undefined;
    const site = this.#sites[slotOf(message)] as Site;
    return site.message === message && site.level === level ? site.ready : undefined;
  }

  /**
   * Keeps the head that was written there, when it was the last one of its slot, too: messages with numbers in them displace nothing. What was
   * seen is known by its hash, since a message may be cut out of a large text.
   */
  wrote({ message, level, eventName }: RecordHead, view: DataView, from: number, to: number): void {
    if (message === "" || !isShort(message) || (eventName !== undefined && eventName !== "")) return;
    const slot = slotOf(message);
    const hash = bytesHash(view, from, to);
    if (this.#seen[slot] === hash) this.#sites[slot] = { message: ownText(message), level, ready: headOf(level, message) };
    else this.#seen[slot] = hash;
  }
}

function slotOf(message: string): number {
  return textHash(message) & (MOST_SITES - 1);
}

function headOf(level: Level, message: string): Block {
  const text = utf8(message);
  const value = Uint8Array.of(0x0a, ...varintOf(text.length), ...text);
  return blockOf(concat([levelBlock(level).bytes, Uint8Array.of(0x2a, ...varintOf(value.length)), value]));
}

/** Makes `severity_number` and `severity_text`. */
export function levelBlock(level: number): Block {
  const name = utf8(levelName(level));
  const number = level > 0 ? [0x10, ...varintOf(level)] : [];
  return blockOf(Uint8Array.of(...number, 0x1a, name.length, ...name));
}
