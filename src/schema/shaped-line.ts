import { jsonValue } from "../format/json.ts";
import { isoTime } from "../record/line-fields.ts";
import { LineField } from "./line-field.ts";
import { LineNames } from "./line-names.ts";
import { LineTime } from "./line-time.ts";
import { part } from "./part.ts";
import { Serializers } from "./serializer.ts";
import type { JsonBytes } from "../format/json-bytes.ts";
import type { Plain } from "../value/plain.ts";
import type { Primitive } from "./fit.ts";
import type { Member } from "./line-field.ts";
import type { LineName } from "./line-names.ts";
import type { LineShape, SchemaStats } from "./line-shape.ts";

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const NEWLINE = 10;

/** Is what was put into a line, ready to be put into others. */
export interface LinePart {
  readonly names: readonly LineName[];
  readonly members: readonly { readonly field: LineField; readonly member: Member }[];
  /** Are the members of the rest. */
  readonly rest: string;
  readonly mismatches: number;
  readonly undeclared: number;
  /** How many required fields are in it. */
  readonly found: number;
}

/** Is the line at hand: a value is put where the schema declares it, or into the rest, and counted. No name may be put twice. */
export class ShapedLine {
  readonly names: LineNames;
  /** Are those that are declared, and the rest behind them. */
  readonly #fields: readonly LineField[];
  readonly #rest: LineField;
  readonly #hasRest: boolean;
  readonly #time: LineName;
  /** Is undefined where not any time may stand. */
  readonly #anyTime: LineTime | undefined;
  readonly #required: number;
  /** Counts lines, so that a name knows whether it is in this one. */
  #number = 0;
  /** Is true from a line's begin to its end. */
  #isOpen = false;
  #restMembers = "";
  #mismatches = 0;
  #undeclared = 0;
  #found = 0;

  /** @throws TypeError when `fast-json-stringify` compiles no serializer for a field. */
  constructor({ properties, required, rest }: LineShape) {
    const serializers = new Serializers();
    const fields = new Map(
      Object.entries(properties).map(([name, schema]) => [name, new LineField(name, schema, serializers.of(schema))]),
    );
    this.names = new LineNames(fields, required);
    this.#rest = new LineField(String(rest), { type: "string" }, (members) => `{${String(members)}}`);
    this.#fields = [...fields.values(), this.#rest];
    this.#hasRest = rest !== false;
    this.#time = this.names.of("time");
    const { field } = this.#time;
    const isAny = properties["time"]?.enum === undefined && properties["time"]?.const === undefined;
    this.#anyTime = field !== undefined && isAny ? new LineTime(field) : undefined;
    this.#required = required.length;
  }

  /** Begins a line, whatever became of the one before: a value of it may have ended the process, and what listens to that logs. */
  start(): void {
    if (this.#isOpen) this.clear();
    this.#isOpen = true;
    this.#number++;
    this.#restMembers = "";
    this.#mismatches = 0;
    this.#undeclared = 0;
    this.#found = 0;
  }

  has(name: LineName): boolean {
    return name.line === this.#number;
  }

  /** Puts the record's time, in milliseconds since the epoch. */
  putTime(ms: number): void {
    if (this.#anyTime?.take(ms) === true) this.#found += this.#time.required;
    else this.put(this.#time, isoTime(ms));
  }

  put(name: LineName, value: Primitive): void {
    const { field } = name;
    name.line = this.#number;
    this.#found += name.required;
    if (field !== undefined && field.take(value)) return;
    if (field === undefined) this.#undeclared++;
    else this.#mismatches++;
    this.#putRest(name, typeof value === "string" ? value.toWellFormed() : value);
  }

  /** Puts a value of any kind, its parts where they belong. */
  putAny(name: LineName, value: Plain): void {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return this.put(name, value);
    name.line = this.#number;
    this.#found += name.required;
    const { rest, misfits, isUndeclared } = name.field?.takePart(value) ?? part(undefined, value);
    this.#mismatches += misfits;
    if (isUndeclared) this.#undeclared++;
    if (rest !== undefined) this.#putRest(name, rest);
  }

  #putRest({ key }: LineName, value: Plain): void {
    if (this.#hasRest) this.#restMembers += `${this.#restMembers === "" ? "" : ","}${key}${jsonValue(value)}`;
  }

  /** Gives all that was put, under its names, and has nothing then. */
  takeOut(names: readonly LineName[]): LinePart {
    const members: { readonly field: LineField; readonly member: Member }[] = [];
    // Copies: what a field keeps of values is written over by others.
    for (const field of this.#fields) if (field.member !== undefined) members.push({ field, member: { ...field.member } });
    const counts = { mismatches: this.#mismatches, undeclared: this.#undeclared, found: this.#found };
    this.clear();
    return { names, members, rest: this.#restMembers, ...counts };
  }

  putPart({ names, members, rest, mismatches, undeclared, found }: LinePart): void {
    for (const name of names) name.line = this.#number;
    for (const { field, member } of members) field.member = member;
    // Where it is all of the rest it stays the same string, which is told at a look to be that of the line before.
    if (rest !== "") this.#restMembers = this.#restMembers === "" ? rest : `${this.#restMembers},${rest}`;
    this.#mismatches += mismatches;
    this.#undeclared += undeclared;
    this.#found += found;
  }

  /** Gives up what was put. */
  clear(): void {
    this.#isOpen = false;
    for (const field of this.#fields) field.member = undefined;
  }

  /** Writes the line with its end, and has nothing then. */
  write(json: JsonBytes, start: number): number {
    if (this.#restMembers !== "") this.#rest.take(this.#restMembers);
    let at = start;
    for (const field of this.#fields) at = field.write(json, at);
    this.#isOpen = false;
    json.ensure(at, 3);
    // The first member's comma becomes the brace.
    json.byte(start, OPEN_BRACE);
    return json.byte(json.byte(at === start ? at + 1 : at, CLOSE_BRACE), NEWLINE);
  }

  /** Adds what was counted in this line. */
  count(stats: { -readonly [name in keyof SchemaStats]: number }): void {
    stats.lines++;
    stats.mismatches += this.#mismatches + this.#required - this.#found;
    stats.undeclared += this.#undeclared;
  }
}
