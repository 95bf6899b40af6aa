import { wordsOf } from "../format/json-bytes.ts";
import { isShort, ownText } from "../value/own-text.ts";
import { textHash } from "../value/text-hash.ts";
import { beforeText, shownText } from "./syslog-message.ts";
import type { Words } from "../format/json-bytes.ts";

/** A power of two. */
const MOST_TEXTS = 1024;

/** Is what stands behind the element for one text, ready to copy. */
interface Kept extends Words {
  readonly text: string;
}

const NONE: Kept = { text: "", ...wordsOf("") };

/** Keeps what the texts of messages become, which call sites repeat (a message by syslog 1.25 to 1.14 of a line of JSON). */
export class MessageTexts {
  readonly #bom: boolean;
  readonly #kept: Kept[] = Array.from<Kept>({ length: MOST_TEXTS }).fill(NONE);
  /** The hash of the text that was seen last where one could be kept. */
  readonly #seen = new Int32Array(MOST_TEXTS);
  #last = NONE;

  /** @param bom says whether a BOM stands before what is not ASCII. */
  constructor(bom: boolean) {
    this.#bom = bom;
  }

  /** Gives what a text becomes, nothing for an empty one; undefined for one that is not kept. */
  of(text: string): Words | undefined {
    const last = this.#last;
    if (last.text === text) return last;
    if (text === "") return NONE;
    if (!isShort(text)) return undefined;
    const kept = this.#kept[slotOf(text)] as Kept;
    return kept.text === text ? (this.#last = kept) : undefined;
  }

  /**
   * Keeps a text that was written, if the hash of its bytes is that of the last one of its slot: one with a number in it comes once, and
   * displaces nothing. What was seen is known by the hash, since a text may be cut out of a large one.
   */
  wrote(text: string, hash: number): void {
    if (!isShort(text)) return;
    const slot = slotOf(text);
    if (this.#seen[slot] === hash) this.#kept[slot] = this.#made(text);
    else this.#seen[slot] = hash;
  }

  #made(text: string): Kept {
    const shown = shownText(text);
    return { text: ownText(text), ...wordsOf(beforeText(shown, this.#bom) + shown) };
  }
}

function slotOf(text: string): number {
  return textHash(text) & (MOST_TEXTS - 1);
}
