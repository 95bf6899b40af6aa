import { isOwn } from "../value/classify.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import { extend, isFlat, render, UNBOUND } from "./json-binding.ts";
import { JsonBaggages } from "./json-baggage.ts";
import { bytesOf, JsonBytes, SHORT_STRING } from "./json-bytes.ts";
import { JsonEnds } from "./json-end.ts";
import { JsonHeads, NO_SITE } from "./json-head.ts";
import { JsonKeys, MALFORMED_KEY, RESERVED_KEY } from "./json-keys.ts";
import { JSON_LAYOUT } from "./json-layout.ts";
import { isPlainLiteral, isPrimitive, JsonValues, ODD, RECORD_ODD, ROOM } from "./json-values.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { ByteBatch } from "./byte-batch.ts";
import type { Rendered } from "./json-binding.ts";
import type { Site } from "./json-head.ts";
import type { JsonKey } from "./json-keys.ts";
import type { JsonLayout } from "./json-layout.ts";

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** From this many uses on a chain is kept as bytes: 1.1 against 0.35 of pino's cost where a child lives for one request. */
const LONG_LIVED = 32;

/**
 * Writes records as lines of JSON into a batch of bytes: no line exists as a string, and nothing is copied. Whatever is not plain
 * goes by {@link JsonLayout.format}, which defines the result; this only gets there sooner.
 *
 * Techniques and what each gained are those of the reference measurements (bench/results.md repeats them): bytes instead of strings
 * 1.6 to 2 times, the time cached per millisecond 8 to 11 times of its part, keys cached 0.63 to 0.86, strings by length class.
 */
export class JsonLineEncoder {
  readonly #batch: ByteBatch;
  readonly #limits: Limits;
  readonly #layout: JsonLayout;
  readonly #json: JsonBytes;
  readonly #keys: JsonKeys;
  readonly #values: JsonValues;
  /** Strings up to this length are written without looking at limits or room. */
  readonly #short: number;
  readonly #heads: JsonHeads;
  readonly #ends: JsonEnds;
  readonly #baggages: JsonBaggages;
  /** The chain that was just written where the line goes on, and where it ends. */
  #fresh: Rendered | undefined;
  #freshEnd = 0;
  /** How many attributes were written last. */
  #written = 0;

  constructor(batch: ByteBatch, limits: Limits = DEFAULT_LIMITS, layout: JsonLayout = JSON_LAYOUT) {
    this.#batch = batch;
    this.#limits = limits;
    this.#layout = layout;
    this.#json = new JsonBytes(batch.bytes);
    this.#keys = new JsonKeys(layout.reserved);
    this.#heads = new JsonHeads(this.#json, layout);
    this.#ends = new JsonEnds(layout);
    this.#baggages = new JsonBaggages(this.#keys);
    this.#values = new JsonValues(this.#json, this.#keys, limits, layout);
    this.#short = Math.min(SHORT_STRING, this.#values.mostString);
  }

  /**
   * Appends the line of a record to the batch. It never throws for a value.
   *
   * @returns false when a line is being written there already, by a record one of whose values logs: the caller writes it behind.
   */
  encode(record: LogRecord): boolean {
    if (this.#batch.writing) return false;
    let end = ODD;
    this.#batch.writing = true;
    try {
      this.#json.use(this.#batch.bytes);
      end = this.#record(record, this.#batch.length);
    } catch {
      // A getter threw midway; the general way says so in the line.
    }
    this.#batch.writing = false;
    if (end === ODD) this.#append(this.#layout.format(record, this.#limits));
    else this.#take(end);
    return true;
  }

  #append(line: string): void {
    this.#json.use(this.#batch.bytes);
    this.#json.ensure(this.#batch.length, line.length * 3);
    this.#take(this.#json.text(this.#batch.length, line));
  }

  #take(end: number): void {
    const { bytes } = this.#json;
    if (bytes !== this.#batch.bytes) this.#batch.bytes = bytes;
    this.#batch.length = end;
  }

  #record(record: LogRecord, at: number): number {
    const { attrs, baggage } = record;
    if (record.source !== undefined) return ODD;
    at = this.#heads.write(at, record);
    if (at === ODD) return ODD;
    const { site } = this.#heads;
    this.#fresh = undefined;
    const bound = record.binding === undefined ? UNBOUND : this.#bound(record.binding, at);
    if (bound === undefined || bound.count > this.#limits.attributes) return ODD;
    if (bound !== UNBOUND) at = this.#inside(at, bound, attrs, site);
    else if (attrs !== undefined) at = this.#attrs(at, attrs, site, bound);
    if (at !== ODD && baggage !== undefined) at = this.#baggage(at, baggage, bound, attrs);
    if (at === ODD) return ODD;
    this.#json.ensure(at, ROOM);
    return this.#json.raw(at, this.#ends.of(record.spanContext));
  }

  /** Writes what is bound, and own attributes in its groups. */
  #inside(at: number, bound: Rendered, attrs: Attrs | undefined, site: Site): number {
    if (attrs === undefined) return this.#closed(at, bound);
    const json = this.#json;
    const start = this.#open(at, bound);
    let end = this.#attrs(start, attrs, site, bound);
    if (end === ODD) return ODD;
    if (bound.groups === 0) return end;
    if (end === start) return this.#closed(at, bound);
    // The first member of a group that was empty so far: its comma becomes the brace.
    if (bound.taken.length === 0) json.byte(start, OPEN_BRACE);
    for (let i = 0; i < bound.groups; i++) end = json.byte(end, CLOSE_BRACE);
    return end;
  }

  /** Copies what is bound when there is nothing to put into its groups. */
  #closed(at: number, bound: Rendered): number {
    if (bound.groups === 0) return this.#open(at, bound);
    this.#json.ensure(at, bound.closed.length * 3 + ROOM);
    return this.#json.text(at, bound.closed);
  }

  #open(at: number, bound: Rendered): number {
    const json = this.#json;
    if (bound === this.#fresh) {
      this.#fresh = undefined;
      return this.#freshEnd;
    }
    if (bound.bytes !== undefined) {
      json.ensure(at, bound.bytes.length + ROOM);
      return json.raw(at, bound.bytes);
    }
    const open = (bound.open ??= this.#text(at, bound));
    json.ensure(at, open.length * 3 + ROOM);
    if (++bound.uses > LONG_LIVED) bound.bytes = bytesOf(open);
    return json.text(at, open);
  }

  /** Gives the text of a chain that was only written so far: at its second use it is worth a string. */
  #text(at: number, { source }: Rendered): string {
    if (source === undefined) return "";
    const end = this.#attrs(this.#open(at, source.outer), source.attrs, NO_SITE, source.outer);
    return this.#json.bytes.toString("utf8", at, end);
  }

  /** Writes `,"key":value` for each attribute. */
  #attrs(at: number, attrs: Attrs, site: Site, bound: Rendered): number {
    const { keys, entries } = site;
    const { mask } = bound;
    const most = this.#limits.attributes - bound.count;
    const json = this.#json;
    const short = this.#short;
    let i = 0;
    for (const name in attrs) {
      if (!isOwn(attrs, name)) return ODD;
      // Positional: a call site mostly passes the same keys in the same order, and comparing interned strings is comparing pointers.
      const key = i < keys.length && keys[i] === name ? (entries[i] as JsonKey) : this.#key(name, i, site);
      const value = attrs[name];
      if (++i > most || ((key.bits & mask) !== 0 && isOdd(key, bound) && !this.#stays(key, value, bound))) return ODD;
      json.ensure(at, key.length + ROOM);
      const behind = json.words(at, key.words, key.length);
      if (typeof value === "string")
        at = value.length <= short ? json.shortString(behind, value) : this.#values.string(behind, value);
      else if (typeof value === "number") at = json.number(behind, value);
      else {
        const end = this.#values.any(behind, value);
        if (end === RECORD_ODD) return ODD;
        // What resolves to nothing takes its key along.
        if (end !== ODD) at = end;
      }
    }
    this.#written = i;
    return at;
  }

  #stays({ bits, name }: JsonKey, value: unknown, { taken }: Rendered): boolean {
    return (bits & MALFORMED_KEY) === 0 && !taken.includes(name) && this.#layout.stays?.(name, value) === true;
  }

  #key(name: string, i: number, { keys, entries }: Site): JsonKey {
    const key = this.#keys.of(name);
    if (keys !== NO_SITE.keys && i < 64) {
      // A name that is not kept is found at no place.
      keys[i] = key.isKept ? key.name : "";
      entries[i] = key.isKept ? key : this.#keys.of("");
    }
    return key;
  }

  #baggage(at: number, members: BaggageMembers, bound: Rendered, attrs: Attrs | undefined): number {
    const own = bound.groups === 0 ? attrs : undefined;
    if (members.length + bound.count + (own === undefined ? 1 : this.#written) > this.#limits.attributes) return ODD;
    const { bytes, names, bits } = this.#baggages.of(members);
    if (bound.groups > 0) {
      if ((bits & (RESERVED_KEY | MALFORMED_KEY)) !== 0 || names.some((name) => bound.root.includes(name))) return ODD;
    } else if ((bits & bound.mask) !== 0 && names.some((name) => isOdd(this.#keys.of(name), bound))) return ODD;
    if (own !== undefined && hasAny(own, names)) return this.#otherMembers(at, members, own);
    this.#json.ensure(at, bytes.length + ROOM);
    return this.#json.raw(at, bytes);
  }

  /** Writes the members that no attribute of the call stands for. */
  #otherMembers(at: number, members: BaggageMembers, own: Attrs): number {
    for (const [name, value] of members) {
      const key = this.#keys.of(name);
      if (isShown(own, name)) {
        // Of another value nothing may be left: the member then stays.
        if (!isPrimitive(own[name])) return ODD;
        continue;
      }
      this.#json.ensure(at, key.length + value.length * 6 + ROOM);
      at = this.#json.string(this.#json.words(at, key.words, key.length), value);
    }
    return at;
  }

  /** Gives a chain ready to copy; undefined when what it binds must be merged with each record anew. */
  #bound(binding: Binding, at: number): Rendered | undefined {
    let rendered = binding.kept(this) as Rendered | undefined | null;
    if (rendered === undefined) {
      rendered = this.#extend(binding, at) ?? render(binding, this.#keys, this.#limits, this.#layout) ?? null;
      binding.keep(this, rendered);
    }
    return rendered ?? undefined;
  }

  /** Writes what a step binds at the root behind what its parent binds. Plain values need not be kept before they are used again. */
  #extend(binding: Binding, at: number): Rendered | undefined {
    const { attrs, parent } = binding;
    const outer = parent === undefined ? UNBOUND : this.#bound(parent, at);
    if (attrs === undefined || outer === undefined || outer.groups > 0 || !isPlainLiteral(attrs)) return undefined;
    const end = this.#attrs(this.#open(at, outer), attrs, NO_SITE, outer);
    if (end === ODD) return undefined;
    const rendered = extend(outer, attrs, isFlat(attrs) ? undefined : this.#json.bytes.toString("utf8", at, end), this.#keys);
    this.#fresh = rendered;
    this.#freshEnd = end;
    return rendered;
  }
}

/** Tells a key that the fast way must not write beside what is bound. */
function isOdd({ bits, name }: JsonKey, { mask, taken }: Rendered): boolean {
  return (bits & mask & (RESERVED_KEY | MALFORMED_KEY)) !== 0 || taken.includes(name);
}

function hasAny(attrs: Attrs, names: readonly string[]): boolean {
  for (const name of names) if (isShown(attrs, name)) return true;
  return false;
}

/** Tells an attribute from a property that is not enumerable, as the length of a list is. */
function isShown(attrs: Attrs, name: string): boolean {
  return Object.hasOwn(attrs, name) && Object.prototype.propertyIsEnumerable.call(attrs, name);
}
