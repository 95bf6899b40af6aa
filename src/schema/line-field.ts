import { SHORT_STRING, wordsOf } from "../format/json-bytes.ts";
import { ROOM } from "../format/json-values.ts";
import { wellFormed } from "../value/cut-string.ts";
import { textHash } from "../value/text-hash.ts";
import { fitOf } from "./fit.ts";
import { part } from "./part.ts";
import type { JsonBytes, Words } from "../format/json-bytes.ts";
import type { Plain } from "../value/plain.ts";
import type { Primitive } from "./fit.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Parted } from "./part.ts";
import type { Serialize } from "./serializer.ts";

/** What a value became is kept up to this length. */
const LONGEST_KEPT = 64;
/** How many values are kept for a field: a power of two. */
const MOST_KEPT = 16;
/** What was written so often is kept as bytes. */
const OFTEN = 8;

/** Is what a line has in a field. */
export interface Member {
  /** What it was made of; undefined when that is not known. */
  value: Primitive | undefined;
  /** Is JSON of the value. */
  text: string;
  times: number;
  /** Are `,"name":value`, once it was written often. */
  bytes: Words | undefined;
}

/** Is a declared field. */
export class LineField {
  /** Is what the line at hand has; undefined when that is nothing. */
  member: Member | undefined;
  readonly #keyText: string;
  readonly #key: Words;
  readonly #schema: JsonSchema;
  readonly #serialize: Serialize;
  readonly #fits: (value: Primitive) => boolean;
  readonly #kept: readonly Member[] = Array.from({ length: MOST_KEPT }, () => memberOf(""));
  #last: Member = memberOf("");

  constructor(name: string, schema: JsonSchema, serialize: Serialize) {
    this.#keyText = `,${JSON.stringify(name)}:`;
    this.#key = wordsOf(this.#keyText);
    this.#schema = schema;
    this.#serialize = serialize;
    this.#fits = fitOf(schema);
  }

  /**
   * Takes a value, lone surrogates replaced; false when it does not fit. What the serializer made of a level, a service's name or a message is
   * kept for when it comes again (a line of four messages in turn 350 to 183 ns, as one of the same message takes).
   */
  take(value: Primitive): boolean {
    let member = this.#last;
    if (member.value !== value) {
      member = this.#kept[slotOf(value)] as Member;
      if (member.value !== value) return this.#serialized(value, member);
      this.#last = member;
    }
    this.member = member;
    return true;
  }

  #serialized(value: Primitive, slot: Member): boolean {
    const plain = typeof value === "string" ? wellFormed(value) : value;
    if (!this.#fits(plain)) return false;
    const text = this.#serialize(plain);
    if (text.length > LONGEST_KEPT) {
      this.member = memberOf(text);
      return true;
    }
    slot.value = plain;
    slot.text = text;
    slot.times = 0;
    slot.bytes = undefined;
    this.#last = slot;
    this.member = slot;
    return true;
  }

  /** Takes what is declared of a value, and gives both parts. */
  takePart(value: Plain): Parted {
    const parted = part(this.#schema, value);
    if (parted.declared !== undefined) this.member = memberOf(this.#serialize(parted.declared));
    return parted;
  }

  /** Gives the bytes of a value that fits, for who writes into them. */
  bytesOf(value: Primitive): Words {
    return wordsOf(this.#keyText + this.#serialize(value));
  }

  /** Writes `,"name":value` if the line has something, which it then has not. */
  write(json: JsonBytes, at: number): number {
    const { member } = this;
    if (member === undefined) return at;
    this.member = undefined;
    const { text, bytes } = member;
    if (bytes !== undefined) {
      json.ensure(at, bytes.length + ROOM);
      return json.words(at, bytes.words, bytes.length);
    }
    if (++member.times === OFTEN) member.bytes = wordsOf(this.#keyText + text);
    const { words, length } = this.#key;
    json.ensure(at, length + text.length * 3 + ROOM);
    const behind = json.words(at, words, length);
    return text.length <= SHORT_STRING ? writeShort(json, behind, text) : json.text(behind, text);
  }
}

function memberOf(text: string): Member {
  return { value: undefined, text, times: 0, bytes: undefined };
}

function slotOf(value: Primitive): number {
  if (typeof value === "string") return value === "" ? 0 : textHash(value) & (MOST_KEPT - 1);
  return typeof value === "number" ? value & (MOST_KEPT - 1) : 0;
}

/** Writes text unit by unit while it is ASCII: for a number sooner than a call into Node (a line with a new one 291 to 258 ns). */
function writeShort(json: JsonBytes, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return json.text(at, text);
    json.byte(at + i, code);
  }
  return at + text.length;
}
