import { wordsOf } from "../format/json-bytes.ts";
import { ownText } from "../value/own-text.ts";
import { textHash } from "../value/text-hash.ts";
import { beforeText, shownText } from "./syslog-message.ts";
import type { Words } from "../format/json-bytes.ts";

/** A power of two. */
const MOST_TEXTS = 1024;
/** UTF-16 units of a text that is kept: longer ones come from data. */
const LONGEST = 128;

/** Is what stands behind the element for one text, ready to copy. */
interface Kept extends Words {
  readonly text: string;
}

const NONE: Kept = { text: "", ...wordsOf("") };

/** Keeps what the texts of messages become, which call sites repeat (a message by syslog 1.25 to 1.14 of a line of JSON). */
export class MessageTexts {
  readonly #bom: boolean;
  readonly #kept: Kept[] = Array.from<Kept>({ length: MOST_TEXTS }).fill(NONE);
  readonly #seen: string[] = Array.from<string>({ length: MOST_TEXTS }).fill("");
  #last = NONE;

  /** @param bom says whether a BOM stands before what is not ASCII. */
  constructor(bom: boolean) {
    this.#bom = bom;
  }

  /** Gives what a text becomes, nothing for an empty one; undefined for one that did not come twice in a row so far, or is long. */
  of(text: string): Words | undefined {
    const last = this.#last;
    if (last.text === text) return last;
    const { length } = text;
    if (length === 0) return NONE;
    if (length > LONGEST) return undefined;
    const slot = textHash(text) & (MOST_TEXTS - 1);
    const kept = this.#kept[slot] as Kept;
    if (kept.text === text) return (this.#last = kept);
    if (this.#seen[slot] === text) return (this.#kept[slot] = this.#last = this.#made(text));
    // What has a number in it comes once, and displaces nothing.
    this.#seen[slot] = text;
    return undefined;
  }

  #made(text: string): Kept {
    const shown = shownText(text);
    return { text: ownText(text), ...wordsOf(beforeText(shown, this.#bom) + shown) };
  }
}
