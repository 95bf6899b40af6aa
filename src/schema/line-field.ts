import { SHORT_STRING, wordsOf } from "../format/json-bytes.ts";
import { ROOM } from "../format/json-values.ts";
import { wellFormed } from "../value/cut-string.ts";
import { textHash } from "../value/text-hash.ts";
import { fitOf } from "./fit.ts";
import { part } from "./part.ts";
import type { JsonBytes, Words } from "../format/json-bytes.ts";
import type { Plain } from "../value/plain.ts";
import type { Primitive } from "./fit.ts";
import type { JsonSchema, JsonType } from "./json-schema.ts";
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
  /** Is JSON of the value; undefined for one that is written as it stands. */
  text: string | undefined;
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
  /** Any text fits, and nothing else: it is written without the serializer. So it is with numbers. */
  readonly #isText: boolean;
  readonly #isNumber: boolean;
  readonly #isInteger: boolean;
  readonly #kept: readonly Member[] = Array.from({ length: MOST_KEPT }, () => memberOf(undefined));
  #last: Member = memberOf(undefined);
  /** Has what is not kept. */
  #fresh: Member = memberOf(undefined);

  constructor(name: string, schema: JsonSchema, serialize: Serialize) {
    this.#keyText = `,${JSON.stringify(name)}:`;
    this.#key = wordsOf(this.#keyText);
    this.#schema = schema;
    this.#serialize = serialize;
    this.#fits = fitOf(schema);
    const type = onlyType(schema);
    this.#isText = type === "string";
    this.#isInteger = type === "integer";
    this.#isNumber = type === "number" || type === "integer";
  }

  /**
   * Takes a value; false when it does not fit. What a level, a service's name or a message is as bytes is kept for when it comes again, which a
   * number that is never the same does without (lines of three attributes that vary 566 to 365 ns).
   */
  take(value: Primitive): boolean {
    const last = this.#last;
    if (last.value === value) {
      this.member = last;
      return true;
    }
    if (typeof value === "number" && this.#isNumber) return this.#number(value);
    const slot = this.#kept[slotOf(value)] as Member;
    if (slot.value !== value)
      return typeof value === "string" && this.#isText ? this.#text(value, slot) : this.#serialized(value, slot);
    this.#last = slot;
    this.member = slot;
    return true;
  }

  #number(value: number): boolean {
    if (this.#isInteger ? !Number.isInteger(value) : !Number.isFinite(value)) return false;
    const fresh = this.#fresh;
    this.member = fresh;
    if (fresh.value !== value) renew(fresh, value, undefined);
    else {
      // Twice in a row: it may go on so.
      this.#fresh = this.#last;
      this.#last = fresh;
    }
    return true;
  }

  #text(value: string, slot: Member): boolean {
    const member = value.length > LONGEST_KEPT ? this.#fresh : slot;
    renew(member, value, undefined);
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
    renew(slot, plain, text);
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

  /** Gives `,"name":value` of a value that fits. */
  bytesOf(value: Primitive): Words {
    return wordsOf(this.#keyText + this.#serialize(typeof value === "string" ? wellFormed(value) : value));
  }

  /** Tells whether a value, without lone surrogates, fits. */
  fits(value: Primitive): boolean {
    return this.#fits(value);
  }

  /** Writes `,"name":value` if the line has something, which it then has not. */
  write(json: JsonBytes, at: number): number {
    const { member } = this;
    if (member === undefined) return at;
    this.member = undefined;
    const { bytes } = member;
    if (bytes === undefined) return this.#writeNew(json, at, member);
    json.ensure(at, bytes.length + ROOM);
    return json.words(at, bytes.words, bytes.length);
  }

  #writeNew(json: JsonBytes, at: number, member: Member): number {
    const { value, text } = member;
    if (++member.times === OFTEN) member.bytes = this.#bytesOf(member);
    const { words, length } = this.#key;
    json.ensure(at, length + ROOM);
    const behind = json.words(at, words, length);
    if (text !== undefined) return writeText(json, behind, text);
    if (typeof value === "number") return json.number(behind, value);
    const string = String(value);
    json.ensure(behind, string.length * 6 + ROOM);
    return json.string(behind, string);
  }

  #bytesOf({ value = null, text }: Member): Words {
    return text === undefined ? this.bytesOf(value) : wordsOf(this.#keyText + text);
  }
}

/** Gives the type where a schema names one, and nothing more that counts. */
function onlyType({ type, enum: values, const: only }: JsonSchema): JsonType | undefined {
  if (values !== undefined || only !== undefined) return undefined;
  if (typeof type !== "object") return type;
  return type.length === 1 ? type[0] : undefined;
}

function memberOf(text: string | undefined): Member {
  return { value: undefined, text, times: 0, bytes: undefined };
}

/** Makes a member one of another value. */
function renew(member: Member, value: Primitive, text: string | undefined): void {
  member.value = value;
  member.text = text;
  member.times = 0;
  member.bytes = undefined;
}

function slotOf(value: Primitive): number {
  if (typeof value === "string") return value === "" ? 0 : textHash(value) & (MOST_KEPT - 1);
  return typeof value === "number" ? value & (MOST_KEPT - 1) : 0;
}

/** Writes short text unit by unit while it is ASCII: sooner than a call into Node (a line with a new one 291 to 258 ns). */
function writeText(json: JsonBytes, at: number, text: string): number {
  json.ensure(at, text.length * 3 + ROOM);
  if (text.length > SHORT_STRING) return json.text(at, text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return json.text(at, text);
    json.byte(at + i, code);
  }
  return at + text.length;
}
