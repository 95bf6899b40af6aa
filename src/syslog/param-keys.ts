import { wordsOf } from "../format/json-bytes.ts";
import { isShort, ownText } from "../value/own-text.ts";
import { textHash } from "../value/text-hash.ts";
import { memberName, paramStart } from "./param.ts";
import type { Words } from "../format/json-bytes.ts";

/** Is how the param of one attribute begins, ready to copy: ` name="`. */
export interface ParamKey extends Words {
  /** The attribute's name, without what it is a member of. */
  readonly name: string;
  /** Whether it is never for the fast way as the name of a call's attribute: the empty name, or no well-formed text, which may become the same as another. */
  readonly isOdd: boolean;
  /** One of 30 bits, the same for a name whenever it comes, which tells quickly that it is not among others. Two names may share one. */
  readonly bit: number;
  /** The keys of its members, where it names a group; made when they are needed. */
  members: ParamKeys | undefined;
  /** The key that was written behind this one last time. */
  next: ParamKey | undefined;
}

/** Names come from code, but some from data: those beyond the bound, and long ones, are written anew each time. */
const MOST_KEYS = 4096;

/** Keeps the bytes of the names of one place: of the root, or of a group. */
export class ParamKeys {
  readonly #prefix: string;
  readonly #count: { kept: number };
  readonly #keys = new Map<string, ParamKey>();
  /** Stands before the first key, for {@link ParamKeys.behind}. */
  readonly first: ParamKey;

  /** @param count of all places together. */
  constructor(prefix = "", count: { kept: number } = { kept: 0 }) {
    this.#prefix = prefix;
    this.#count = count;
    this.first = this.#made("");
  }

  of(name: string): ParamKey {
    return this.#keys.get(name) ?? this.#add(name);
  }

  /** Gives the key that stands behind another: mostly the one that did so before, which spares a look-up. */
  behind(before: ParamKey, name: string): ParamKey {
    const { next } = before;
    if (next !== undefined && next.name === name) return next;
    const key = this.#keys.get(name);
    // What is not kept is not to be held by another either.
    if (key !== undefined) before.next = key;
    return key ?? this.#add(name);
  }

  /** Gives the keys of a group's members. */
  inside(key: ParamKey): ParamKeys {
    return (key.members ??= new ParamKeys(`${memberName(this.#prefix, key.name)}.`, this.#count));
  }

  #add(name: string): ParamKey {
    if (this.#count.kept >= MOST_KEYS || !isShort(name)) return this.#made(name);
    const key = this.#made(ownText(name));
    this.#count.kept++;
    this.#keys.set(key.name, key);
    return key;
  }

  #made(name: string): ParamKey {
    const { words, length } = wordsOf(paramStart(memberName(this.#prefix, name)));
    const isOdd = name === "" || !name.isWellFormed();
    return { words, length, name, isOdd, bit: 1 << (textHash(name) % 30), members: undefined, next: undefined };
  }
}
