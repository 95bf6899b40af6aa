import { exceptionAttrs } from "../record/exception.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { isError, isOwn } from "../value/classify.ts";
import { logValue } from "../value/log-value.ts";
import { PlainError } from "../value/plain.ts";
import { cutString } from "../value/cut-string.ts";
import { thrown } from "../value/marker.ts";
import { resolve } from "../value/resolve.ts";
import { BlockCache } from "./block-cache.ts";
import { KeyCache } from "./key-cache.ts";
import { PlainWriter } from "./plain-writer.ts";
import { ATTRIBUTE, FULL, ITEM, MEMBER } from "./wire.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Limits } from "../value/limits.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { BoundBlock } from "./block-cache.ts";
import type { NanoClock } from "../record/nano-clock.ts";
import type { Block, Place, RecordHead, Wire } from "./wire.ts";

/** Says that a value is written in the general way: it is no primitive and no simple literal. */
const GENERAL = -1;
/** Says that an attribute leaves no trace. */
const NOTHING = -2;
const NONE: readonly string[] = [];
/** How deep literals are written without being resolved first: what is circular soon ends in the general way. */
const DIRECT_DEPTH = 4;
/** UTF-16 units of a message, so that no record comes near the 64 MiB that a receiver takes. */
const MESSAGE_LENGTH = 4_194_304;

/**
 * Writes records as OTLP, at the call. What comes out is defined by `plainAttrs()`; primitives, and simple literals of them, are written
 * without that detour, with bytes kept for keys, bound attributes, baggage, span ids and the millisecond. Whatever is odd takes the detour.
 */
export class RecordEncoder {
  readonly #wire: Wire;
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #clock: NanoClock;
  readonly #keys: KeyCache;
  readonly #plain: PlainWriter;
  readonly #blocks: BlockCache;
  readonly #head: RecordHead = { ms: 0, nanos: 0, timed: false, level: 0, message: "", eventName: undefined };
  /** UTF-16 units of a text that is within all limits. */
  readonly #mostText: number;
  /** What one attribute may still take, as `resolve()` counts it. */
  #room = 0;

  /**
   * @param now is asked only for records without a time.
   * @param clock is shared by encoders whose records are to be in one order.
   */
  constructor(wire: Wire, limits: Limits, now: () => number, clock: NanoClock) {
    this.#wire = wire;
    this.#limits = limits;
    this.#mostText = Math.min(limits.stringLength, limits.size - 8);
    this.#now = now;
    this.#clock = clock;
    this.#keys = new KeyCache(wire);
    this.#plain = new PlainWriter(wire, this.#keys);
    this.#blocks = new BlockCache(wire, limits, this.#keys, this.#plain);
  }

  /** Writes into these bytes from now on. */
  use(bytes: Uint8Array): void {
    this.#blocks.use(bytes);
  }

  /**
   * Writes a record and returns the place behind it.
   *
   * @throws the error `FULL` when the bytes are not enough; then nothing counts as written.
   */
  encode(record: LogRecord, start: number): number {
    const head = this.#stamp(record);
    try {
      const end = this.#direct(record, start, head);
      if (end >= 0) return end;
    } catch (error) {
      // A getter or a proxy's trap threw: the detour reads the attributes again and says so.
      if (error === FULL) throw error;
    }
    return this.#general(record, start, head);
  }

  #stamp({ time, level, message, eventName }: LogRecord): RecordHead {
    const head = this.#head;
    const clock = this.#clock;
    const timed = time !== undefined && clock.next(time);
    if (!timed) clock.next(this.#now());
    head.ms = clock.ms;
    head.nanos = clock.nanos;
    head.timed = timed;
    head.level = level;
    head.message = message.length > MESSAGE_LENGTH ? cutString(message, MESSAGE_LENGTH) : message;
    head.eventName = eventName;
    return head;
  }

  #direct(record: LogRecord, start: number, head: RecordHead): number {
    const { attrs, baggage, spanContext, source } = record;
    if (source !== undefined) return GENERAL;
    const wire = this.#wire;
    const blocks = this.#blocks;
    const limits = this.#limits;
    const bound = blocks.bound(record.binding);
    if (bound.bytes === undefined || bound.count > limits.attributes) return GENERAL;
    let p = wire.begin(start, head);
    if (bound.count > 0) p = wire.copy(p, bound.bytes);
    const { seen, seenKeys } = bound;
    let count = bound.count;
    // The value is read in the loop itself, where V8 reads it by its place and not by its name (6 attributes 356 to 303 ns).
    for (const name in attrs) {
      if (!isOwn(attrs, name)) continue;
      const place = count - bound.count;
      const key = place < seen.length && seen[place] === name ? seenKeys[place] : blocks.key(name, place, bound);
      // Beyond the limit attributes are not even read.
      if (key === undefined || ++count > limits.attributes) return GENERAL;
      let value: unknown;
      try {
        value = attrs[name];
      } catch (error) {
        value = thrown(error);
      }
      if (typeof value === "string" && value.length <= this.#mostText) p = wire.text(p, ATTRIBUTE, key, value);
      else if (typeof value === "number")
        p = Number.isSafeInteger(value) ? wire.int(p, ATTRIBUTE, key, value) : wire.double(p, ATTRIBUTE, key, value);
      else if (typeof value === "boolean") p = wire.bool(p, ATTRIBUTE, key, value);
      else p = this.#attribute(p, key, value);
      if (p < 0) return GENERAL;
    }
    if (baggage !== undefined) p = this.#baggage(p, baggage, bound, attrs === undefined ? NONE : Object.keys(attrs));
    return p < 0 ? GENERAL : wire.end(p, start, 0, spanContext === undefined ? undefined : blocks.trace(spanContext));
  }

  #baggage(p: number, baggage: BaggageMembers, bound: BoundBlock, names: readonly string[]): number {
    const { keys, bytes } = this.#blocks.baggage(baggage);
    if (bound.count + names.length + keys.size > this.#limits.attributes) return GENERAL;
    for (const key of keys) if (bound.keys.has(key) || names.includes(key)) return GENERAL;
    return this.#wire.copy(p, bytes);
  }

  /** Writes an attribute that stands at the root, or asks for the detour: for an Error, which gives more than one attribute. */
  #attribute(p: number, key: Block, value: unknown): number {
    this.#room = this.#limits.size;
    try {
      const end = this.#value(p, ATTRIBUTE, key, value, 0);
      if (end === NOTHING) return p;
      if (end !== GENERAL) return end;
    } catch (error) {
      if (error === FULL) throw error;
      // A getter further in threw: resolve() reads again and says so in its place.
    }
    return this.#resolved(p, key, value);
  }

  #resolved(p: number, key: Block, value: unknown): number {
    if (isError(value)) return GENERAL;
    const plain = resolve(value, this.#limits);
    if (plain instanceof PlainError) return GENERAL;
    return plain === undefined ? p : this.#plain.value(p, ATTRIBUTE, key, plain);
  }

  #value(p: number, place: Place, key: Block, value: unknown, depth: number): number {
    const wire = this.#wire;
    this.#room -= 8;
    switch (typeof value) {
      case "string": {
        const { length } = value;
        if (length > this.#limits.stringLength || length > this.#room) return GENERAL;
        this.#room -= length;
        return wire.text(p, place, key, value);
      }
      case "number":
        return Number.isSafeInteger(value) ? wire.int(p, place, key, value) : wire.double(p, place, key, value);
      case "boolean":
        return wire.bool(p, place, key, value);
      case "undefined":
        return NOTHING;
      case "bigint":
        return wire.bigint(p, place, key, value);
      case "object":
        if (value === null) return wire.empty(p, place, key);
        if (depth >= DIRECT_DEPTH || depth >= this.#limits.depth || logValue in value) return GENERAL;
        return Array.isArray(value) ? this.#list(p, place, key, value, depth) : this.#literal(p, place, key, value, depth);
      default:
        return GENERAL;
    }
  }

  #literal(start: number, place: Place, key: Block, value: object, depth: number): number {
    const prototype: unknown = Object.getPrototypeOf(value);
    // Without a prototype it may also be an Error whose prototype was taken away.
    if (prototype !== Object.prototype || (value as { toJSON?: unknown }).toJSON !== undefined) return GENERAL;
    const opened = this.#wire.openMap(start, place, key);
    let p = opened;
    for (const name of Object.keys(value)) {
      const memberKey = this.#keys.plain(name);
      if (memberKey === undefined || this.#room <= 0) return GENERAL;
      const end = this.#value(p, MEMBER, memberKey, (value as { readonly [name: string]: unknown })[name], depth + 1);
      if (end === GENERAL) return GENERAL;
      if (end === NOTHING) continue;
      this.#room -= name.length;
      p = end;
    }
    // An empty group leaves no trace, except as an item of a list.
    return p === opened && place !== ITEM ? NOTHING : this.#wire.close(p, start, place, key);
  }

  #list(start: number, place: Place, key: Block, items: readonly unknown[], depth: number): number {
    const { item } = this.#wire;
    let p = this.#wire.openList(start, place, key);
    for (let i = 0; i < items.length; i++) {
      if (this.#room <= 0) return GENERAL;
      const end = this.#value(p, ITEM, item, items[i], depth + 1);
      if (end === GENERAL) return GENERAL;
      p = end === NOTHING ? this.#wire.empty(p, ITEM, item) : end;
    }
    return this.#wire.close(p, start, place, key);
  }

  #general(record: LogRecord, start: number, head: RecordHead): number {
    const { attrs, dropped } = plainAttrs(record, this.#limits);
    const { spanContext } = record;
    let p = this.#plain.members(this.#wire.begin(start, head), ATTRIBUTE, attrs);
    p = this.#plain.members(p, ATTRIBUTE, exceptionAttrs(attrs));
    return this.#wire.end(p, start, dropped, spanContext === undefined ? undefined : this.#blocks.trace(spanContext));
  }
}
