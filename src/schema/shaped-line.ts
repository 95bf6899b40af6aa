import { ROOM } from "../format/json-values.ts";
import { isoTime } from "../record/line-fields.ts";
import { LineField } from "./line-field.ts";
import { takeSteps } from "./line-frame.ts";
import { LineNames } from "./line-names.ts";
import { LineRest } from "./line-rest.ts";
import { LineTime } from "./line-time.ts";
import { part } from "./part.ts";
import { Serializers } from "./serializer.ts";
import type { JsonBytes } from "../format/json-bytes.ts";
import type { Plain } from "../value/plain.ts";
import type { Primitive } from "./fit.ts";
import type { Member } from "./line-field.ts";
import type { LineFrame, LineStep } from "./line-frame.ts";
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
  /** Tells it from all others; 0 when it is too large to be kept for a call site. */
  readonly id: number;
}

/** Is a part of nothing. */
export const NO_PART: LinePart = { names: [], members: [], rest: "", mismatches: 0, undeclared: 0, found: 0, id: 1 };

/** How large a part may be that is kept for a call site, in UTF-16 units. */
const MOST_UNITS = 1024;
/** The fields that are put before what is bound. */
const HEAD = ["time", "level", "logger", "msg", "event_name"];

/** Is the line at hand: a value is put where the schema declares it, or into the rest, and counted. No name may be put twice. */
export class ShapedLine {
  readonly names: LineNames;
  /** Are those that are declared, and the rest behind them. */
  readonly #fields: readonly LineField[];
  readonly #rest: LineRest;
  /** Are those that only the head of a record fills. */
  readonly #head: ReadonlySet<LineField>;
  /** Are the steps of a line of which nothing is ready. */
  readonly #all: readonly LineStep[];
  /** Are those of the line at hand. */
  #steps: readonly LineStep[];
  readonly #hasRest: boolean;
  readonly #time: LineName;
  /** Is undefined where not any time may stand. */
  readonly #anyTime: LineTime | undefined;
  readonly #required: number;
  /** Counts lines, so that a name knows whether it is in this one. */
  #number = 0;
  /** Is true from a line's begin to its end. */
  #isOpen = false;
  /** Counts parts. The first is none. */
  #parts = 1;
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
    this.#rest = new LineRest(String(rest));
    this.#fields = [...fields.values(), this.#rest.field];
    this.#head = new Set(HEAD.flatMap((name) => fields.get(name) ?? []));
    this.#all = this.#fields.map((field) => ({ before: undefined, field }));
    this.#steps = this.#all;
    this.#hasRest = rest !== false;
    this.#time = this.names.of("time");
    const { field } = this.#time;
    const { enum: values, const: only } = properties["time"] ?? {};
    const isAny = values === undefined && only === undefined && field?.fits(isoTime(0)) === true;
    this.#anyTime = isAny && field !== undefined ? new LineTime(field) : undefined;
    this.#required = required.length;
  }

  /** Begins a line, whatever became of the one before: a value of it may have ended the process, and what listens to that logs. */
  start(): void {
    if (this.#isOpen) this.clear();
    this.#isOpen = true;
    this.#number++;
    this.#steps = this.#all;
    this.#rest.start("");
    this.#mismatches = 0;
    this.#undeclared = 0;
    this.#found = 0;
  }

  /** Begins a line by what others like it have; false when its time is none that can stand there. */
  startAt(frame: LineFrame, ms: number): boolean {
    if (ms !== frame.timeMs && !this.#renew(frame, ms)) return false;
    if (this.#isOpen) this.clear();
    this.#isOpen = true;
    const number = ++this.#number;
    for (const name of frame.names) name.line = number;
    this.#steps = frame.steps;
    this.#rest.start(frame.rest);
    this.#mismatches = frame.mismatches;
    this.#undeclared = frame.undeclared;
    this.#found = frame.found;
    return true;
  }

  /** Brings the time in a frame up to date. */
  #renew(frame: LineFrame, ms: number): boolean {
    const time = this.#anyTime?.bytes(ms);
    if (time === undefined || time.length !== frame.time.length) return false;
    frame.time.set(time);
    frame.timeMs = ms;
    return true;
  }

  /** Gives all that was put for other lines to begin with, and has nothing then; undefined where their time cannot be written over. */
  takeFrame(timeMs: number, { names, id }: LinePart): LineFrame | undefined {
    if (this.#anyTime?.bytes(timeMs) === undefined) return undefined;
    const { steps, time } = takeSteps(this.#fields, this.#head, this.#anyTime.field);
    const counts = { mismatches: this.#mismatches, undeclared: this.#undeclared, found: this.#found };
    return { steps, time, timeMs, names, bound: id, rest: this.#rest.text(), ...counts };
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

  #putRest(name: LineName, value: Plain): void {
    if (this.#hasRest) this.#rest.put(name, value);
  }

  /** Gives all that was put, under its names, and has nothing then. */
  takeOut(names: readonly LineName[]): LinePart {
    const members: { readonly field: LineField; readonly member: Member }[] = [];
    // Copies: what a field keeps of values is written over by others.
    for (const field of this.#fields) if (field.member !== undefined) members.push({ field, member: { ...field.member } });
    const rest = this.#rest.text();
    const size = members.reduce((sum, { member }) => sum + sizeOf(member), rest.length);
    const id = size > MOST_UNITS ? 0 : ++this.#parts;
    const counts = { mismatches: this.#mismatches, undeclared: this.#undeclared, found: this.#found };
    this.clear();
    return { names, members, rest, ...counts, id };
  }

  putPart({ names, members, rest, mismatches, undeclared, found }: LinePart): void {
    for (const name of names) name.line = this.#number;
    for (const { field, member } of members) field.member = member;
    this.#rest.append(rest);
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
    this.#rest.close();
    let at = start;
    for (const { before, field } of this.#steps) {
      if (before !== undefined) {
        json.ensure(at, before.length + ROOM);
        at = json.raw(at, before);
      }
      at = field.write(json, at);
    }
    at = this.#rest.write(json, at);
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

/** Tells about how long a member is, in UTF-16 units or bytes. */
function sizeOf({ value, text, bytes }: Member): number {
  return bytes?.length ?? (text ?? String(value)).length;
}
