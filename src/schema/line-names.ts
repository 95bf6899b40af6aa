import { RESERVED } from "../record/reserved.ts";
import { isShort, ownText } from "../value/own-text.ts";
import type { Words } from "../format/json-bytes.ts";
import type { LineField } from "./line-field.ts";

/** Is the name of something in a line, and what is known of it. */
export interface LineName {
  readonly name: string;
  /** Is `"name":`. */
  readonly key: string;
  /** Are `,"name":`, once they were asked for. */
  words: Words | undefined;
  /**
   * An attribute of this name is not plain: it is one of the record's own fields, or the empty one, or no well-formed text, which may become
   * the same as another; or it is not kept.
   */
  readonly isOdd: boolean;
  /** How often the schema requires it. */
  readonly required: number;
  /** Is undefined when it is not declared. */
  readonly field: LineField | undefined;
  /** The number of the line that had it last. */
  line: number;
  /** The name that stood behind this one, last time. */
  next: LineName | undefined;
}

/** Names come from code, but some from data: of those that are not declared so many are kept, and none that is longer. */
const MOST_NAMES = 4096;

/** Keeps one object for each name. */
export class LineNames {
  readonly #names = new Map<string, LineName>();
  readonly #fields: ReadonlyMap<string, LineField>;
  readonly #required: readonly string[];

  constructor(fields: ReadonlyMap<string, LineField>, required: readonly string[]) {
    this.#fields = fields;
    this.#required = required;
  }

  of(name: string): LineName {
    return this.#names.get(name) ?? this.#add(name);
  }

  /** Gives the name that stands behind another: mostly the one that did so before, which spares a look-up. */
  behind(before: LineName, name: string): LineName {
    const { next } = before;
    if (next !== undefined && next.name === name) return next;
    const found = this.of(name);
    if (!found.isOdd) before.next = found;
    return found;
  }

  #add(given: string): LineName {
    const field = this.#fields.get(given);
    const isKept = field !== undefined || (this.#names.size < MOST_NAMES && isShort(given));
    const name = isKept ? ownText(given) : given;
    const isOdd = !isKept || name === "" || RESERVED.has(name) || !name.isWellFormed();
    const required = this.#required.filter((each) => each === name).length;
    const made = { name, key: `${JSON.stringify(name)}:`, words: undefined, isOdd, required, field, line: 0, next: undefined };
    if (isKept) this.#names.set(name, made);
    return made;
  }
}
