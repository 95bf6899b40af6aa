import { jsonValue } from "../format/json.ts";
import { wordsOf } from "../format/json-bytes.ts";
import { ROOM } from "../format/json-values.ts";
import { LineField } from "./line-field.ts";
import type { JsonBytes, Words } from "../format/json-bytes.ts";
import type { Plain } from "../value/plain.ts";
import type { LineName } from "./line-names.ts";

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Is what a line has under one name for all that is not declared, or does not fit. What is bound is mostly all of it, and kept as bytes; more is
 * written behind (a line with two such attributes 593 to 320 ns; before, they were put together as a string).
 */
export class LineRest {
  /** Has what is ready, while nothing else is put. */
  readonly field: LineField;
  readonly #key: Words;
  readonly #names: LineName[] = [];
  readonly #values: Plain[] = [];
  #count = 0;
  /** Are the members that stand before. */
  #ready = "";

  constructor(name: string) {
    this.field = new LineField(name, {}, (members) => `{${String(members)}}`);
    this.#key = wordsOf(`,${JSON.stringify(name)}:`);
  }

  /** Begins with members that are ready; has nothing else then. */
  start(members: string): void {
    this.#ready = members;
    this.#count = 0;
  }

  /** Puts members that are ready. Where they are all of it, it is told at a look that they are those of the line before. */
  append(members: string): void {
    if (members === "") return;
    const before = this.text();
    this.start(before === "" ? members : `${before},${members}`);
  }

  put(name: LineName, value: Plain): void {
    this.#names[this.#count] = name;
    this.#values[this.#count++] = value;
  }

  /** Gives all members. */
  text(): string {
    let text = this.#ready;
    for (let i = 0; i < this.#count; i++) {
      text += `${text === "" ? "" : ","}${(this.#names[i] as LineName).key}${jsonValue(this.#values[i] as Plain)}`;
    }
    return text;
  }

  /** Hands what is ready to the field, which writes it, unless more was put. */
  close(): void {
    if (this.#count === 0 && this.#ready !== "") this.field.take(this.#ready);
  }

  /** Writes `,"rest":{…}` where more was put, and leaves room for a byte. */
  write(json: JsonBytes, at: number): number {
    if (this.#count === 0) return at;
    const ready = this.#ready;
    json.ensure(at, this.#key.length + ready.length * 3 + ROOM);
    const start = json.words(at, this.#key.words, this.#key.length);
    let end = ready === "" ? start : json.text(start + 1, ready);
    for (let i = 0; i < this.#count; i++) end = writeMember(json, end, this.#names[i] as LineName, this.#values[i] as Plain);
    // The first member's comma becomes the brace.
    json.byte(start, OPEN_BRACE);
    return json.byte(end, CLOSE_BRACE);
  }
}

function writeMember(json: JsonBytes, at: number, name: LineName, value: Plain): number {
  const key = (name.words ??= wordsOf(`,${name.key}`));
  json.ensure(at, key.length + ROOM);
  const behind = json.words(at, key.words, key.length);
  if (typeof value === "number") return json.number(behind, value);
  if (typeof value === "string") {
    json.ensure(behind, value.length * 6 + ROOM);
    return json.string(behind, value);
  }
  const text = jsonValue(value);
  json.ensure(behind, text.length * 3 + ROOM);
  return json.text(behind, text);
}
