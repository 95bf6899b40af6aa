import { isFlat } from "../format/json-binding.ts";
import { JsonBytes } from "../format/json-bytes.ts";
import { ODD } from "../format/json-values.ts";
import { bind, boundTooMany } from "../record/binding.ts";
import { flagsText } from "../record/line-fields.ts";
import { isOwn } from "../value/classify.ts";
import { Group } from "../value/plain.ts";
import { resolve } from "../value/resolve.ts";
import { LineHeads } from "./line-heads.ts";
import { NO_PART, ShapedLine } from "./shaped-line.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { ByteBatch } from "../format/byte-batch.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { LineName } from "./line-names.ts";
import type { LineShape } from "./line-shape.ts";
import type { LinePart } from "./shaped-line.ts";

/**
 * Writes records as lines of a declared shape into a batch of bytes: each value as the serializer of its types has it, which
 * `fast-json-stringify` compiled. A record that is not plain (attributes in groups, two of one name, more than the limit) goes by
 * {@link LineShape.line}, which defines the line and what is counted; this only gets there sooner.
 */
export class ShapeEncoder {
  readonly #batch: ByteBatch;
  readonly #shape: LineShape;
  readonly #limits: Limits;
  readonly #json: JsonBytes;
  readonly #line: ShapedLine;
  readonly #heads: LineHeads;
  readonly #traceId: LineName;
  readonly #spanId: LineName;
  readonly #traceFlags: LineName;
  /** Stands before a record's first attribute. */
  readonly #first: LineName;
  /** The longest string that is not cut. */
  readonly #mostString: number;
  readonly #parts = new WeakMap<Binding, LinePart | null>();

  /** @throws TypeError when `fast-json-stringify` compiles no serializer for a field. */
  constructor(batch: ByteBatch, shape: LineShape, limits: Limits) {
    this.#batch = batch;
    this.#shape = shape;
    this.#limits = limits;
    this.#json = new JsonBytes(batch.bytes);
    this.#line = new ShapedLine(shape);
    this.#heads = new LineHeads(this.#line);
    this.#traceId = this.#line.names.of("trace_id");
    this.#spanId = this.#line.names.of("span_id");
    this.#traceFlags = this.#line.names.of("trace_flags");
    this.#first = this.#line.names.of("");
    this.#mostString = Math.min(limits.stringLength, Math.max(limits.size - 8, 16));
  }

  /**
   * Appends the line of a record to the batch, and counts it. It never throws for a value.
   *
   * @returns false when a line is being written there already, by a record one of whose values logs: the caller writes it behind.
   */
  encode(record: LogRecord): boolean {
    const batch = this.#batch;
    if (batch.writing) return false;
    let end = ODD;
    batch.writing = true;
    try {
      this.#json.use(batch.bytes);
      if (this.#read(record)) end = this.#line.write(this.#json, batch.length);
    } catch {
      // A getter threw midway, or the serializer; the general way says so.
    }
    batch.writing = false;
    if (end === ODD) this.#define(record);
    else {
      this.#line.count(this.#shape.stats);
      this.#take(end);
    }
    return true;
  }

  #define(record: LogRecord): void {
    this.#line.clear();
    const line = this.#shape.line(record);
    const { bytes, length } = this.#batch;
    this.#json.use(bytes);
    this.#json.ensure(length, line.length * 3);
    this.#take(this.#json.text(length, line));
  }

  #take(end: number): void {
    const { bytes } = this.#json;
    if (bytes !== this.#batch.bytes) this.#batch.bytes = bytes;
    this.#batch.length = end;
  }

  /** Puts a record into the line, in the order of a line's fields; false when it is not plain. */
  #read(record: LogRecord): boolean {
    const { attrs, baggage, binding, spanContext, source } = record;
    const bound = binding === undefined ? NO_PART : this.#bound(binding);
    if (bound === undefined || source !== undefined) return false;
    this.#heads.start(record, bound);
    const count = attrs === undefined ? bound.names.length : this.#attrs(attrs, bound.names.length);
    if (count === ODD || (baggage !== undefined && !this.#baggage(baggage, count))) return false;
    return spanContext === undefined || this.#ids(spanContext);
  }

  #ids(span: SpanContext): boolean {
    const { traceId, spanId } = span;
    if (!traceId.isWellFormed() || !spanId.isWellFormed()) return false;
    this.#line.put(this.#traceId, traceId);
    this.#line.put(this.#spanId, spanId);
    this.#line.put(this.#traceFlags, flagsText(span));
    return true;
  }

  /** Puts attributes behind so many others, and gives how many there are then; {@link ODD} when one is not plain. */
  #attrs(attrs: Attrs, before: number): number {
    const line = this.#line;
    const most = this.#limits.attributes;
    let count = before;
    let name = this.#first;
    for (const key in attrs) {
      if (!isOwn(attrs, key)) return ODD;
      name = line.names.behind(name, key);
      if (++count > most || name.isOdd || line.has(name)) return ODD;
      const value = attrs[key];
      if (typeof value === "number" || (typeof value === "string" && value.length <= this.#mostString)) line.put(name, value);
      else this.#any(name, value);
    }
    return count;
  }

  #any(name: LineName, value: unknown): void {
    const plain = resolve(value, this.#limits);
    if (plain !== undefined) this.#line.putAny(name, plain);
  }

  /** Puts the members that no attribute stands for. */
  #baggage(members: NonNullable<LogRecord["baggage"]>, count: number): boolean {
    const line = this.#line;
    if (members.length + count > this.#limits.attributes) return false;
    for (const [key, value] of members) {
      const name = line.names.of(key);
      if (name.isOdd || !value.isWellFormed()) return false;
      if (!line.has(name)) line.put(name, value);
    }
    return true;
  }

  /** Gives what is bound, ready to be put; undefined when it is not plain. */
  #bound(binding: Binding): LinePart | undefined {
    let part = binding.kept(this) as LinePart | null | undefined;
    if (part === undefined) {
      part = this.#extend(binding) ?? this.#resolved(binding);
      binding.keep(this, part);
    }
    return part ?? undefined;
  }

  /** Puts what a step binds behind what its parent binds, where it is the same whenever it is read: what a request's logger costs. */
  #extend({ attrs, parent }: Binding): LinePart | undefined {
    const outer = parent === undefined ? NO_PART : this.#bound(parent);
    if (outer === undefined || attrs === undefined || !isFlat(attrs)) return undefined;
    const line = this.#line;
    line.start();
    line.putPart(outer);
    if (this.#attrs(attrs, outer.names.length) === ODD) {
      line.clear();
      return undefined;
    }
    const names = Object.keys(attrs).map((key) => line.names.of(key));
    return line.takeOut([...outer.names, ...names.filter((name) => line.has(name))]);
  }

  /** Gives any chain by the definition, kept also when another output's form displaces it: a value is asked once. */
  #resolved(binding: Binding): LinePart | null {
    if (isInGroup(binding)) return null;
    let part = this.#parts.get(binding);
    if (part === undefined) {
      part = this.#partOf(bind(binding, new Group(), this.#limits), boundTooMany(binding, this.#limits));
      this.#parts.set(binding, part);
    }
    return part;
  }

  #partOf(attrs: Group, tooMany: number): LinePart | null {
    const line = this.#line;
    if (tooMany > 0 || attrs.size > this.#limits.attributes) return null;
    const names = Array.from(attrs.keys(), (key) => line.names.of(key));
    if (names.some(({ isOdd }) => isOdd)) return null;
    line.start();
    for (const [key, value] of attrs) line.putAny(line.names.of(key), value);
    return line.takeOut(names);
  }
}

function isInGroup(binding: Binding): boolean {
  for (let step: Binding | undefined = binding; step !== undefined; step = step.parent) if (step.group !== undefined) return true;
  return false;
}
