import { exceptionAttrs } from "../record/exception.ts";
import { plainAttrs } from "../record/record-attrs.ts";
import { isError } from "../value/classify.ts";
import { logValue } from "../value/log-value.ts";
import { isPlainMap, PlainError } from "../value/plain.ts";
import { cutString, resolve } from "../value/resolve.ts";
import { BlockCache } from "./block-cache.ts";
import { NanoClock } from "./nano-clock.ts";
import { ATTRIBUTE, FULL, ITEM, MEMBER } from "./wire.ts";
import type { Limits } from "../value/limits.ts";
import type { Plain } from "../value/plain.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Place, RecordHead, Wire } from "./wire.ts";

/** Says that a value is written in the general way: it is no primitive and no simple literal. */
const GENERAL = -1;
/** Says that an attribute leaves no trace. */
const NOTHING = -2;
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
  readonly #clock = new NanoClock();
  readonly #blocks: BlockCache;
  readonly #head: RecordHead = { timeMs: 0, observedMs: 0, nanos: 0, level: 0, message: "", eventName: undefined };
  /** What one attribute may still take, as `resolve()` counts it. */
  #room = 0;

  /** @param now is asked only for records without a time. */
  constructor(wire: Wire, limits: Limits, now: () => number) {
    this.#wire = wire;
    this.#limits = limits;
    this.#now = now;
    this.#blocks = new BlockCache(wire, limits, (p, attrs) => this.#plainMembers(p, ATTRIBUTE, attrs));
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
      // A getter threw: the detour reads the attributes again and says so in the place of that one.
      if (error === FULL) throw error;
    }
    return this.#general(record, start, head);
  }

  #stamp({ time, level, message, eventName }: LogRecord): RecordHead {
    const head = this.#head;
    const clock = this.#clock;
    const timed = time !== undefined && clock.next(time);
    if (!timed) clock.next(this.#now());
    head.timeMs = timed ? clock.ms : undefined;
    head.observedMs = clock.ms;
    head.nanos = clock.nanos;
    head.level = level;
    head.message = message.length > MESSAGE_LENGTH ? cutString(message, MESSAGE_LENGTH) : message;
    head.eventName = eventName;
    return head;
  }

  #direct(record: LogRecord, start: number, head: RecordHead): number {
    const { attrs, baggage, spanContext } = record;
    const wire = this.#wire;
    const bound = this.#blocks.bound(record.binding);
    if (bound.bytes === undefined) return GENERAL;
    let p = wire.begin(start, head);
    if (bound.count > 0) p = wire.copy(p, bound.bytes);
    let { count } = bound;
    if (attrs !== undefined) {
      const keys = Object.keys(attrs);
      count += keys.length;
      for (let i = 0; i < keys.length; i++) {
        const name = keys[i] ?? "";
        const key = this.#blocks.key(name, i, bound);
        if (key === undefined) return GENERAL;
        p = this.#attribute(p, key, attrs[name]);
        if (p < 0) return GENERAL;
      }
    }
    if (baggage !== undefined) {
      const block = this.#blocks.baggage(baggage);
      for (const key of block.keys) if (bound.keys.has(key) || (attrs !== undefined && Object.hasOwn(attrs, key))) return GENERAL;
      count += block.keys.size;
      p = wire.copy(p, block.bytes);
    }
    if (count > this.#limits.attributes) return GENERAL;
    return wire.end(p, start, 0, spanContext === undefined ? undefined : this.#blocks.trace(spanContext));
  }

  /** Writes an attribute that stands at the root, or asks for the detour: for an Error, which gives more than one attribute. */
  #attribute(p: number, key: Uint8Array, value: unknown): number {
    this.#room = this.#limits.size;
    const end = this.#value(p, ATTRIBUTE, key, value, 0);
    if (end === NOTHING) return p;
    if (end !== GENERAL) return end;
    if (isError(value)) return GENERAL;
    const plain = resolve(value, this.#limits);
    if (plain instanceof PlainError) return GENERAL;
    return plain === undefined ? p : this.#plain(p, ATTRIBUTE, key, plain);
  }

  #value(p: number, place: Place, key: Uint8Array, value: unknown, depth: number): number {
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

  #literal(start: number, place: Place, key: Uint8Array, value: object, depth: number): number {
    const prototype: unknown = Object.getPrototypeOf(value);
    if ((prototype !== Object.prototype && prototype !== null) || (value as { toJSON?: unknown }).toJSON !== undefined) return GENERAL;
    const opened = this.#wire.openMap(start, place, key);
    let p = opened;
    for (const name of Object.keys(value)) {
      const memberKey = this.#blocks.memberKey(name);
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

  #list(start: number, place: Place, key: Uint8Array, items: readonly unknown[], depth: number): number {
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
    let p = this.#plainMembers(this.#wire.begin(start, head), ATTRIBUTE, attrs);
    p = this.#plainMembers(p, ATTRIBUTE, exceptionAttrs(attrs));
    return this.#wire.end(p, start, dropped, spanContext === undefined ? undefined : this.#blocks.trace(spanContext));
  }

  #plainMembers(start: number, place: Place, members: Iterable<readonly [string, Plain]>): number {
    let p = start;
    for (const [name, value] of members) p = this.#plain(p, place, this.#blocks.anyKey(name), value);
    return p;
  }

  #plain(p: number, place: Place, key: Uint8Array, value: Plain): number {
    const wire = this.#wire;
    switch (typeof value) {
      case "string":
        return wire.text(p, place, key, value);
      case "number":
        return Number.isSafeInteger(value) ? wire.int(p, place, key, value) : wire.double(p, place, key, value);
      case "boolean":
        return wire.bool(p, place, key, value);
      case "bigint":
        return wire.bigint(p, place, key, value);
      case "object":
        if (value === null) return wire.empty(p, place, key);
        if (value instanceof Uint8Array) return wire.bytes(p, place, key, value);
        if (isPlainMap(value)) return wire.close(this.#plainMembers(wire.openMap(p, place, key), MEMBER, value), p, place, key);
        return wire.close(this.#plainItems(wire.openList(p, place, key), value), p, place, key);
    }
  }

  #plainItems(start: number, items: readonly Plain[]): number {
    let p = start;
    for (const item of items) p = this.#plain(p, ITEM, this.#wire.item, item);
    return p;
  }
}
