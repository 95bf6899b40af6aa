import { levelName } from "../level/level.ts";
import { bind } from "../record/binding.ts";
import { isoTime } from "../record/line-fields.ts";
import { RESERVED } from "../record/reserved.ts";
import { errorType, cutString, resolve } from "../value/resolve.ts";
import { isPlainMap, Group } from "../value/plain.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import { logValue } from "../value/log-value.ts";
import { bytesOf, JsonBytes, NULL } from "./json-bytes.ts";
import { formatJson, jsonMembers } from "./json.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Level } from "../level/level.ts";
import type { Binding } from "../record/binding.ts";
import type { Attrs } from "../record/attrs.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { ByteBatch } from "./byte-batch.ts";

/** Says that a record is not for the fast way. No position is negative. */
const ODD = -1;
/** Room that a line needs beside its strings, per attribute. */
const ATTR_ROOM = 64;
const HEAD_ROOM = 1024;
/** Nesting that is written without looking for circles; a deeper value is resolved first. */
const PLAIN_DEPTH = 6;
const MOST_KEYS = 4096;
const MOST_SITES = 1024;
const NOTHING = new Uint8Array(0);
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Is a key as bytes, with the comma before it, and its bit among those taken. */
interface Key {
  readonly bytes: Uint8Array;
  /** One of 31 bits; two keys may share one, which costs a look at the names. */
  readonly bit: number;
  /** Is not for the fast way at the root: a field of the record's own, or the empty key. */
  readonly odd: boolean;
}

/** Is what one call site repeats: its message, and the keys in the order last seen. */
interface Site {
  readonly message: string;
  readonly bytes: Uint8Array;
  readonly keys: string[];
  readonly entries: Key[];
}

/** Is a chain of bindings ready to be copied in front of a record's own attributes. */
interface Rendered {
  /** The members up to where own attributes go, groups opened. A string: cheap for a logger of one request. */
  readonly open: string;
  /** The same members without the groups that would stay empty. */
  readonly closed: string;
  /** The bytes of `open`, once the logger turns out to live long. */
  bytes: Uint8Array | undefined;
  uses: number;
  /** How many groups are open behind `open`. */
  readonly groups: number;
  /** The keys beside which own attributes stand. */
  readonly taken: readonly string[];
  readonly bits: number;
  /** Attributes at the root, for the limit. */
  readonly count: number;
}

/** From this many uses on a chain is kept as bytes: 1.1 against 0.35 of pino's cost where a child lives for one request. */
const LONG_LIVED = 32;
const UNBOUND: Rendered = { open: "", closed: "", bytes: NOTHING, uses: 0, groups: 0, taken: [], bits: 0, count: 0 };

/**
 * Writes records as lines of JSON into a batch of bytes: no line exists as a string, and nothing is copied. Whatever is not plain
 * goes by {@link formatJson}, which defines the result; this only gets there sooner.
 *
 * Techniques and what each gained are those of the reference measurements (bench/results.md repeats them): bytes instead of strings
 * 1.6 to 2 times, the time cached per millisecond 8 to 11 times of its part, keys cached 0.63 to 0.86, strings by length class.
 */
export class JsonLineEncoder {
  readonly #batch: ByteBatch;
  readonly #limits: Limits;
  readonly #mostString: number;
  readonly #mostDepth: number;
  readonly #mostNested: number;
  readonly #json: JsonBytes;
  readonly #keys = new Map<string, Key>();
  readonly #heads = new Map<Level, Uint8Array>();
  readonly #loggers = new Map<string, Uint8Array>();
  readonly #sites: Site[] = Array.from({ length: MOST_SITES }, () => NO_SITE);
  readonly #seen: string[] = Array.from({ length: MOST_SITES }, () => "");
  readonly #traces = new WeakMap<SpanContext, Uint8Array>();
  #lastSpan: SpanContext | undefined;
  #lastTrace: Uint8Array = bytesOf("}\n");
  readonly #time: Uint8Array = bytesOf('{"time":"1970-01-01T00:00:00.000Z","level":""');
  #timeMs = Number.NaN;
  #secondMs = Number.NaN;
  #writing = false;
  #nested: string[] = [];

  constructor(batch: ByteBatch, limits: Limits = DEFAULT_LIMITS) {
    this.#batch = batch;
    this.#limits = limits;
    this.#mostString = Math.min(limits.stringLength, Math.max(limits.size - 8, 16));
    this.#mostDepth = Math.min(PLAIN_DEPTH, limits.depth);
    // A value costs 8 of the size and takes 2 bytes at least.
    this.#mostNested = limits.size >> 2;
    this.#json = new JsonBytes(batch.bytes);
  }

  /** Appends the line of a record to the batch. It never throws for a value. */
  encode(record: LogRecord): void {
    if (this.#writing) {
      // A value of the record being written logs: its line comes behind.
      this.#nested.push(formatJson(record, this.#limits));
      return;
    }
    this.#writing = true;
    let end = ODD;
    try {
      this.#json.use(this.#batch.bytes);
      end = this.#record(record, this.#batch.length);
    } catch {
      // A getter threw midway; the general way says so in the line.
    } finally {
      this.#writing = false;
    }
    if (end === ODD) this.#append(formatJson(record, this.#limits));
    else this.#take(end);
    if (this.#nested.length > 0) for (const line of this.#nested.splice(0)) this.#append(line);
  }

  #append(line: string): void {
    this.#json.use(this.#batch.bytes);
    this.#json.ensure(this.#batch.length, line.length * 3);
    this.#take(this.#json.text(this.#batch.length, line));
  }

  #take(end: number): void {
    this.#batch.bytes = this.#json.bytes;
    this.#batch.length = end;
  }

  #record(record: LogRecord, at: number): number {
    const { time, message, attrs, eventName, logger, baggage } = record;
    if (time === undefined || (eventName !== undefined && eventName !== "")) return ODD;
    const json = this.#json;
    json.ensure(at, HEAD_ROOM + message.length * 6);
    at = this.#head(at, time, record.level);
    if (at === ODD) return ODD;
    if (logger !== undefined) at = json.raw(at, this.#logger(logger));
    const site = this.#site(message);
    at = site === NO_SITE ? json.string(json.raw(at, MESSAGE_KEY), message) : json.raw(at, site.bytes);
    const bound = record.binding === undefined ? UNBOUND : this.#bound(record.binding, at);
    if (bound === undefined) return ODD;
    at = this.#members(at, bound, attrs, site);
    if (at !== ODD && baggage !== undefined) at = this.#baggage(at, baggage, bound, attrs);
    return at === ODD ? ODD : this.#end(at, record.spanContext);
  }

  #members(at: number, bound: Rendered, attrs: Attrs | undefined, site: Site): number {
    if (attrs === undefined) return this.#closed(at, bound);
    if (!isPlainLiteral(attrs)) return ODD;
    const json = this.#json;
    const start = bound === UNBOUND ? at : this.#open(at, bound);
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
    if (bound.groups === 0) return bound === UNBOUND ? at : this.#open(at, bound);
    this.#json.ensure(at, bound.closed.length * 3 + HEAD_ROOM);
    return this.#json.text(at, bound.closed);
  }

  #open(at: number, bound: Rendered): number {
    const json = this.#json;
    json.ensure(at, bound.open.length * 3 + HEAD_ROOM);
    if (bound.bytes !== undefined) return json.raw(at, bound.bytes);
    if (++bound.uses > LONG_LIVED) bound.bytes = bytesOf(bound.open);
    return json.text(at, bound.open);
  }

  /** Writes `,"key":value` for each attribute. */
  #attrs(at: number, attrs: Attrs, site: Site, bound: Rendered): number {
    const { keys, entries } = site;
    const most = this.#limits.attributes - bound.count;
    const json = this.#json;
    let i = 0;
    for (const name in attrs) {
      // Positional: a call site mostly passes the same keys in the same order, and comparing interned strings is comparing pointers.
      let key = keys[i] === name ? (entries[i] as Key) : undefined;
      if (key === undefined) {
        key = this.#key(name);
        if (site !== NO_SITE && i < 64) {
          keys[i] = name;
          entries[i] = key;
        }
      }
      if (++i > most) return ODD;
      if (key.odd && (bound.groups === 0 || name === "")) return ODD;
      if ((key.bit & bound.bits) !== 0 && bound.taken.includes(name)) return ODD;
      const value = attrs[name];
      json.ensure(at, ATTR_ROOM + key.bytes.length + HEAD_ROOM);
      const behind = json.raw(at, key.bytes);
      if (typeof value === "string") at = this.#string(behind, value);
      else if (typeof value === "number") at = json.number(behind, value);
      else {
        const end = this.#any(behind, value);
        // What resolves to nothing takes its key along.
        if (end !== ODD) at = end;
      }
    }
    return at;
  }

  #string(at: number, value: string): number {
    const text = value.length > this.#mostString ? cutString(value, this.#mostString) : value;
    this.#json.ensure(at, text.length * 6 + HEAD_ROOM);
    return this.#json.string(at, text);
  }

  /** Writes a value that is neither string nor number; ODD when nothing is left of it. */
  #any(at: number, value: unknown): number {
    if (typeof value === "boolean") return this.#json.boolean(at, value);
    if (value === null) return this.#json.raw(at, NULL);
    if (typeof value === "object") {
      const end = value instanceof Error ? this.#error(at, value) : this.#nestedValue(at, value, 0);
      if (end !== ODD) return end;
    }
    const plain = resolve(value, this.#limits);
    return plain === undefined ? ODD : this.#plain(at, plain);
  }

  /** Writes literals and arrays as they are; ODD for what must be resolved: too deep or too large, an instance, an empty group. */
  #nestedValue(at: number, value: object, depth: number): number {
    if (depth > this.#mostDepth) return ODD;
    if (Array.isArray(value)) return this.#array(at, value, depth);
    if (!isPlainLiteral(value) || logValue in value) return ODD;
    const json = this.#json;
    const start = at;
    for (const name in value) {
      if (name === "" || name === "toJSON") return ODD;
      const key = this.#key(name);
      json.ensure(at, key.bytes.length + HEAD_ROOM);
      const end = this.#member(json.raw(at, key.bytes), value[name], depth + 1);
      if (end === ODD || end > start + this.#mostNested) return ODD;
      at = end;
    }
    if (at === start) return ODD;
    json.byte(start, OPEN_BRACE);
    return json.byte(at, CLOSE_BRACE);
  }

  #array(at: number, values: readonly unknown[], depth: number): number {
    const json = this.#json;
    const start = at;
    at = json.byte(at, 91);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) at = json.byte(at, COMMA);
      json.ensure(at, HEAD_ROOM);
      at = this.#member(at, values[i], depth + 1);
      if (at === ODD || at > start + this.#mostNested) return ODD;
    }
    return json.byte(at, 93);
  }

  #member(at: number, value: unknown, depth: number): number {
    if (typeof value === "string") return this.#string(at, value);
    if (typeof value === "number") return this.#json.number(at, value);
    if (typeof value === "boolean") return this.#json.boolean(at, value);
    if (value === null) return this.#json.raw(at, NULL);
    return typeof value === "object" && !(value instanceof Error) ? this.#nestedValue(at, value, depth) : ODD;
  }

  /** Writes an error that has nothing but what every error has: no need to resolve its chain. */
  #error(at: number, error: Error): number {
    if (logValue in error || "cause" in error || "errors" in error || "code" in error) return ODD;
    for (const name in error) if (Object.hasOwn(error, name) && name !== "name") return ODD;
    const { message, stack } = error;
    if (typeof message !== "string" || typeof stack !== "string") return ODD;
    const json = this.#json;
    at = this.#string(json.raw(at, TYPE_KEY), errorType(error));
    at = this.#string(json.raw(at, ERROR_MESSAGE_KEY), message);
    at = this.#string(json.raw(at, STACK_KEY), stack);
    return json.byte(at, CLOSE_BRACE);
  }

  #plain(at: number, value: Plain): number {
    const json = this.#json;
    json.ensure(at, HEAD_ROOM);
    if (typeof value === "string") {
      json.ensure(at, value.length * 6 + HEAD_ROOM);
      return json.string(at, value);
    }
    if (typeof value === "number") return json.number(at, value);
    if (typeof value === "boolean") return json.boolean(at, value);
    if (typeof value === "bigint") {
      json.ensure(at, value.toString(16).length * 2 + HEAD_ROOM);
      return json.bigint(at, value);
    }
    if (value === null) return json.raw(at, NULL);
    if (isPlainMap(value)) return this.#map(at, value);
    return value instanceof Uint8Array ? this.#base64(at, value) : this.#list(at, value);
  }

  #map(at: number, map: PlainMap): number {
    const start = at;
    for (const [name, value] of map) {
      const { bytes } = this.#key(name);
      this.#json.ensure(at, bytes.length + HEAD_ROOM);
      at = this.#plain(this.#json.raw(at, bytes), value);
    }
    if (at === start) return this.#json.text(at, "{}");
    this.#json.byte(start, OPEN_BRACE);
    return this.#json.byte(at, CLOSE_BRACE);
  }

  #list(at: number, list: readonly Plain[]): number {
    at = this.#json.byte(at, 91);
    for (let i = 0; i < list.length; i++) {
      if (i > 0) at = this.#json.byte(at, COMMA);
      at = this.#plain(at, list[i] as Plain);
    }
    return this.#json.byte(at, 93);
  }

  #base64(at: number, bytes: Uint8Array): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
    this.#json.ensure(at, text.length + HEAD_ROOM);
    return this.#json.text(at, `"${text}"`);
  }

  #baggage(at: number, members: BaggageMembers, bound: Rendered, attrs: Attrs | undefined): number {
    const own = bound.groups === 0 ? attrs : undefined;
    if (members.length + bound.count + (own === undefined ? 1 : countOf(own)) > this.#limits.attributes) return ODD;
    for (const [name, value] of members) {
      const key = this.#key(name);
      if (key.odd || bound.groups > 0 || bound.taken.includes(name) || (own !== undefined && name in own)) return ODD;
      this.#json.ensure(at, key.bytes.length + value.length * 6 + HEAD_ROOM);
      at = this.#json.string(this.#json.raw(at, key.bytes), value);
    }
    return at;
  }

  /** Copies `{"time":"…","level":"INFO"` from the head of the level, its time brought up to date where the millisecond changed. */
  #head(at: number, time: number, level: Level): number {
    if (time !== this.#timeMs && !this.#setTime(time)) return ODD;
    let head = this.#heads.get(level);
    if (head === undefined) {
      head = bytesOf(`{"time":"1970-01-01T00:00:00.000Z","level":"${levelName(level)}"`);
      this.#heads.set(level, head);
    }
    const json = this.#json;
    const end = json.raw(at, head);
    const { bytes } = json;
    for (let i = TIME_FROM; i < TIME_TO; i++) bytes[at + i] = this.#time[i] as number;
    return end;
  }

  /** Writes the digits of a time: three while the second stays, all when it changes (197 ns against 1,587 for toISOString). */
  #setTime(time: number): boolean {
    const passed = time - this.#secondMs;
    if (!(passed >= 0 && passed < 1000) || !Number.isInteger(time)) {
      const iso = isoTime(time);
      if (iso.length !== 24 || !Number.isInteger(time)) return false;
      this.#time.set(bytesOf(iso), TIME_FROM);
      this.#secondMs = Math.floor(time / 1000) * 1000;
    } else {
      const hundreds = (passed / 100) | 0;
      const tens = ((passed - hundreds * 100) / 10) | 0;
      this.#time[TIME_TO - 4] = 48 + hundreds;
      this.#time[TIME_TO - 3] = 48 + tens;
      this.#time[TIME_TO - 2] = 48 + passed - hundreds * 100 - tens * 10;
    }
    this.#timeMs = time;
    return true;
  }

  #logger(name: string): Uint8Array {
    let bytes = this.#loggers.get(name);
    if (bytes === undefined) {
      bytes = bytesOf(`,"logger":${JSON.stringify(name.toWellFormed())}`);
      if (this.#loggers.size < MOST_KEYS) this.#loggers.set(name, bytes);
    }
    this.#json.ensure(this.#batch.length, HEAD_ROOM * 2 + bytes.length);
    return bytes;
  }

  /** Ends the line, with the ids of the span before: 13 ns for the span seen last, against 68 to 83 when they are built each time. */
  #end(at: number, span: SpanContext | undefined): number {
    this.#json.ensure(at, HEAD_ROOM);
    if (span !== this.#lastSpan) {
      this.#lastSpan = span;
      this.#lastTrace = span === undefined ? END : this.#trace(span);
    }
    return this.#json.raw(at, this.#lastTrace);
  }

  #trace(span: SpanContext): Uint8Array {
    let bytes = this.#traces.get(span);
    if (bytes === undefined) {
      const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
      bytes = bytesOf(`,"trace_id":"${span.traceId}","span_id":"${span.spanId}","trace_flags":"${flags}"}\n`);
      this.#traces.set(span, bytes);
    }
    return bytes;
  }

  #key(name: string): Key {
    let key = this.#keys.get(name);
    if (key === undefined) {
      const bytes = bytesOf(`,${JSON.stringify(name.toWellFormed())}:`);
      key = { bytes, bit: 1 << this.#keys.size % 31, odd: name === "" || RESERVED.has(name) || !name.isWellFormed() };
      if (this.#keys.size < MOST_KEYS) this.#keys.set(name, key);
    }
    return key;
  }

  /**
   * Gives the site of a message that was seen before. It is made only at the second sight in a row, so that messages with numbers in
   * them, each of its own, displace nothing (0.40 of pino's cost; a cache of all messages: 0.99).
   */
  #site(message: string): Site {
    const { length } = message;
    if (length === 0 || length > 128) return NO_SITE;
    const hash = length * 37 + message.charCodeAt(0) + message.charCodeAt(length >> 1) * 131 + message.charCodeAt(length - 1) * 7;
    const slot = hash & (MOST_SITES - 1);
    const site = this.#sites[slot] as Site;
    if (site.message === message) return site;
    if (this.#seen[slot] === message) {
      const bytes = bytesOf(`,"msg":${JSON.stringify(message.toWellFormed())}`);
      return (this.#sites[slot] = { message, bytes, keys: [], entries: [] });
    }
    this.#seen[slot] = message;
    return NO_SITE;
  }

  /** Gives a chain ready to copy; undefined when what it binds must be merged with each record anew. */
  #bound(binding: Binding, at: number): Rendered | undefined {
    let rendered = binding.kept(this) as Rendered | undefined | null;
    if (rendered === undefined) {
      rendered = this.#extend(binding, at) ?? this.#render(binding) ?? null;
      binding.keep(this, rendered);
    }
    return rendered ?? undefined;
  }

  /** Renders attributes bound at the root behind those of the parent, in the free room of the batch: what a request's logger costs. */
  #extend(binding: Binding, at: number): Rendered | undefined {
    const { attrs, parent } = binding;
    const outer = parent === undefined ? UNBOUND : this.#bound(parent, at);
    if (attrs === undefined || outer === undefined || outer.groups > 0 || !isPlainLiteral(attrs)) return undefined;
    const end = this.#attrs(at, attrs, NO_SITE, outer);
    if (end === ODD) return undefined;
    const open = outer.open + this.#json.bytes.toString("utf8", at, end);
    const names = Object.keys(attrs);
    const bits = names.reduce((all, name) => all | this.#key(name).bit, outer.bits);
    const taken = outer === UNBOUND ? names : [...outer.taken, ...names];
    return { open, closed: open, bytes: undefined, uses: 0, groups: 0, taken, bits, count: taken.length };
  }

  #render(binding: Binding): Rendered | undefined {
    const open = this.#place(bind(binding, new Group([[PLACE, null]]), this.#limits));
    if (open === undefined) return undefined;
    const closed = bind(binding, new Group(), this.#limits);
    return { ...open, closed: jsonMembers(closed), bytes: undefined, uses: 0 };
  }

  /** Writes the members before the place of own attributes; undefined when some stand behind it, or when a key is odd. */
  #place(tree: PlainMap): Pick<Rendered, "open" | "groups" | "taken" | "bits" | "count"> | undefined {
    let open = "";
    let groups = 0;
    let inner: PlainMap = tree;
    for (;;) {
      const members = [...inner];
      const [name, value] = members.pop() ?? ["", null];
      if (members.some(([, each]) => isPlace(each))) return undefined;
      if (groups === 0 && [...inner.keys()].some((key) => key !== PLACE && this.#key(key).odd)) return undefined;
      const before = jsonMembers(new Map(members));
      open += groups > 0 && before !== "" ? `{${before.slice(1)}` : before;
      if (name === PLACE) {
        const taken = members.map(([key]) => key);
        const bits = taken.reduce((all, key) => all | this.#key(key).bit, 0);
        return { open, groups, taken, bits, count: groups === 0 ? taken.length : tree.size };
      }
      if (!isPlainMap(value)) return undefined;
      open += `${groups > 0 && members.length === 0 ? "{" : ","}${JSON.stringify(name)}:`;
      inner = value;
      groups++;
    }
  }
}

/** Marks where own attributes go while a chain is rendered; no attribute can be named by it, being no well-formed text. */
const PLACE = "\ud800place";
const NO_SITE: Site = { message: "", bytes: NOTHING, keys: [], entries: [] };
const MESSAGE_KEY = bytesOf(',"msg":');
const TYPE_KEY = bytesOf('{"type":');
const ERROR_MESSAGE_KEY = bytesOf(',"message":');
const STACK_KEY = bytesOf(',"stack":');
const END = bytesOf("}\n");
const TIME_FROM = '{"time":"'.length;
const TIME_TO = TIME_FROM + "1970-01-01T00:00:00.000Z".length;

function isPlace(value: Plain): boolean {
  return isPlainMap(value) && (value.has(PLACE) || [...value.values()].some(isPlace));
}

function isPlainLiteral(value: object): value is { readonly [key: string]: unknown } {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function countOf(attrs: Attrs): number {
  let count = 0;
  for (const _ in attrs) count++;
  return count;
}
