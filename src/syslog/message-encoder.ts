import { bytesOf, JsonBytes } from "../format/json-bytes.ts";
import { textOf } from "../format/text.ts";
import { bind } from "../record/binding.ts";
import { isOwn } from "../value/classify.ts";
import { Group, isPlainMap } from "../value/plain.ts";
import { resolve } from "../value/resolve.ts";
import { boundBehind, boundGroup, unbound } from "./bound-params.ts";
import { MessageHeads } from "./message-heads.ts";
import { MessageStamps } from "./message-stamps.ts";
import { MessageTexts } from "./message-texts.ts";
import { ParamKeys } from "./param-keys.ts";
import { paramValue } from "./param.ts";
import { NOT_PLAIN, PlainText } from "./plain-text.ts";
import { beforeText, shownText, SPARE_BYTES, syslogMessage } from "./syslog-message.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { BoundParams } from "./bound-params.ts";
import type { ParamKey } from "./param-keys.ts";
import type { SyslogForm } from "./syslog-message.ts";

/** Says that a record is left to the definition. No position is negative. */
const ODD = -1;
const SPACE = 32;
const QUOTE = 34;
const DASH = 45;
const BRACKET = 93;
const TRUE = bytesOf("true");
const FALSE = bytesOf("false");
const NONE = new Group();
const NO_PAGE = bytesOf("");
const PAGE_BYTES = 65_536;
/** What is written before it is looked at whether there was room: a name, a number, a short text. */
const SLACK_BYTES = 256;

/**
 * Writes records as messages into pages of memory, one behind the other: no message exists as a string, and nothing is copied. Whatever is not plain goes
 * by {@link syslogMessage}, which defines the result; this only gets there sooner: a call with three attributes costs 1.13 to 1.16 of a line of JSON, by the
 * definition 8.8 (Node 24).
 */
export class MessageEncoder {
  readonly #form: SyslogForm;
  readonly #heads: MessageHeads;
  readonly #stamps = new MessageStamps();
  readonly #texts: MessageTexts;
  readonly #unbound: BoundParams;
  /** The longest string that is not cut. */
  readonly #mostString: number;
  readonly #pageBytes: number;
  #bytes: JsonBytes;
  #plain: PlainText;
  /** Where the page is free. */
  #free = 0;
  /** Is where the last message stands, from {@link MessageEncoder.start} to {@link MessageEncoder.end}. */
  page: Uint8Array = NO_PAGE;
  start = 0;
  end = 0;
  /** How far a message may go that is never cut. */
  #most = 0;
  #writing = false;
  /** How many attributes were written last. */
  #written = 0;

  constructor(form: SyslogForm) {
    const { limits, maxBytes } = form;
    this.#form = form;
    this.#heads = new MessageHeads(form);
    this.#texts = new MessageTexts(form.bom);
    this.#unbound = unbound(new ParamKeys());
    this.#mostString = Math.min(limits.stringLength, Math.max(limits.size - 8, 16));
    // So that the last of a page, which has no room for one more of the largest, is a quarter at most.
    this.#pageBytes = Math.max(PAGE_BYTES, maxBytes * 4);
    this.#bytes = new JsonBytes(Buffer.alloc(0));
    this.#plain = new PlainText(this.#bytes.bytes);
  }

  /**
   * Writes the message of a record, into memory that is written again only after {@link MessageEncoder.takeBack}. It never throws for a value.
   * Where the message stands is said by numbers: a view of it costs 0.14 of a line of JSON, and mostly nobody needs one within the call.
   */
  encode(record: LogRecord): void {
    // By a record one of whose values logs.
    if (this.#writing) return this.#define(record);
    const start = this.#start();
    let end = ODD;
    this.#writing = true;
    try {
      end = this.#record(record, start);
    } catch {
      // A getter threw midway; the definition says so in the message.
    }
    this.#writing = false;
    if (end === ODD) return this.#copy(syslogMessage(record, this.#form));
    this.#place(start, end);
  }

  /** Gives a message a memory of its own, where another one is half written on the page. */
  #define(record: LogRecord): void {
    const message = syslogMessage(record, this.#form);
    this.page = message;
    this.start = 0;
    this.end = message.length;
  }

  /** Puts a message on the page like any other: one with a memory of its own costs the queue 3.5 times its bytes. */
  #copy(message: Uint8Array): void {
    // Not before: a value of the record's may have logged.
    const start = this.#start();
    this.#bytes.bytes.set(message, start);
    this.#place(start, start + message.length);
  }

  #place(start: number, end: number): void {
    this.#free = end;
    this.page = this.#bytes.bytes;
    this.start = start;
    this.end = end;
  }

  /** Takes back the memory of a message that nobody keeps, if none came behind it: while the queue is full, calls use up none. */
  takeBack(page: Uint8Array, start: number, end: number): void {
    if (page === this.#bytes.bytes && end === this.#free) this.#free = start;
  }

  #start(): number {
    const { maxBytes } = this.#form;
    if (this.#free + maxBytes + SLACK_BYTES > this.#bytes.bytes.length) {
      const page = Buffer.allocUnsafeSlow(this.#pageBytes);
      this.#bytes = new JsonBytes(page);
      this.#plain = new PlainText(page);
      this.#free = 0;
    }
    this.#most = this.#free + maxBytes - SPARE_BYTES;
    return this.#free;
  }

  #record(record: LogRecord, start: number): number {
    const { attrs, baggage, binding, message } = record;
    if (record.source !== undefined) return ODD;
    const bound = binding === undefined ? this.#unbound : this.#bound(binding, start);
    const head = this.#heads.of(record);
    if (bound === undefined || head === undefined) return ODD;
    const bytes = this.#bytes;
    const span = this.#stamps.span(record.spanContext);
    const logger = this.#stamps.logger(record.logger);
    const first = start + head.length;
    if (first + span.length + logger.length + bound.bytes.length > this.#most) return ODD;
    let at = bytes.raw(bytes.raw(bytes.raw(bytes.raw(start, head), span), logger), bound.bytes);
    if (attrs !== undefined) at = this.#attrs(at, attrs, bound);
    if (at !== ODD && baggage !== undefined) at = this.#baggage(at, baggage, bound, attrs);
    if (at === ODD) return ODD;
    // Without params there is no element.
    at = at === first ? bytes.byte(first - 1 - this.#form.sdId.length, DASH) : bytes.byte(at, BRACKET);
    const text = this.#texts.of(message);
    if (text === undefined) at = this.#newText(at, message);
    else if (at + text.length > this.#most) return ODD;
    else at = bytes.words(at, text.words, text.length);
    return at > this.#most ? ODD : at;
  }

  #attrs(start: number, attrs: Attrs, { keys, taken, mask, count }: BoundParams): number {
    const most = this.#form.limits.attributes - count;
    const bytes = this.#bytes;
    let at = start;
    let key = keys.first;
    let i = 0;
    for (const name in attrs) {
      if (!isOwn(attrs, name)) return ODD;
      key = keys.behind(key, name);
      if (++i > most || at > this.#most || key.isOdd || ((key.bit & mask) !== 0 && taken.includes(name))) return ODD;
      const value = attrs[name];
      if (typeof value === "string" && value.length <= this.#mostString) at = this.#string(at, key, value);
      else if (typeof value === "number" && value - value === 0) {
        at = bytes.byte(bytes.number(bytes.words(at, key.words, key.length), value), QUOTE);
      } else if (typeof value === "boolean") {
        at = bytes.byte(bytes.raw(bytes.words(at, key.words, key.length), value ? TRUE : FALSE), QUOTE);
      } else {
        const plain = resolve(value, this.#form.limits);
        // What resolves to nothing takes its key along.
        if (plain !== undefined) at = this.#resolved(at, keys, key, plain);
      }
      if (at === ODD) return ODD;
    }
    this.#written = i;
    return at;
  }

  /** Writes the params of a value that was resolved. */
  #resolved(start: number, keys: ParamKeys, key: ParamKey, value: Plain): number {
    if (!isPlainMap(value) || value.size === 0) return this.#string(start, key, textOf(value));
    const inside = keys.inside(key);
    let at = start;
    let member = inside.first;
    for (const [name, each] of value) {
      if (at > this.#most) return ODD;
      member = inside.behind(member, name);
      at = this.#resolved(at, inside, member, each);
      if (at === ODD) return ODD;
    }
    return at;
  }

  #string(at: number, key: ParamKey, text: string): number {
    const bytes = this.#bytes;
    const from = bytes.words(at, key.words, key.length);
    if (from + text.length > this.#most) return ODD;
    const end = this.#plain.write(from, text);
    return bytes.byte(end === NOT_PLAIN ? bytes.text(from, paramValue(text)) : end, QUOTE);
  }

  /** Writes the members that come at the root behind all else, if no attribute stands for one. */
  #baggage(start: number, members: BaggageMembers, bound: BoundParams, attrs: Attrs | undefined): number {
    const { keys, taken, mask, count, isAtRoot } = bound;
    const own = attrs === undefined ? 0 : this.#written;
    if (!isAtRoot || count + own + members.length > this.#form.limits.attributes) return ODD;
    let at = start;
    for (const [name, value] of members) {
      const key = keys.of(name);
      if (at > this.#most || key.isOdd || ((key.bit & mask) !== 0 && taken.includes(name))) return ODD;
      if (attrs !== undefined && Object.hasOwn(attrs, name)) return ODD;
      at = this.#string(at, key, value);
      if (at === ODD) return ODD;
    }
    return at;
  }

  #newText(at: number, message: string): number {
    const end = this.#text(at, message);
    if (end !== ODD) this.#texts.wrote(message, this.#bytes.hash(at, end));
    return end;
  }

  /** Writes the text of a message, which is not empty. */
  #text(at: number, message: string): number {
    if (at + message.length > this.#most) return ODD;
    const bytes = this.#bytes;
    const end = this.#plain.write(bytes.byte(at, SPACE), message);
    if (end !== NOT_PLAIN) return end;
    const text = shownText(message);
    return bytes.text(at, beforeText(text, this.#form.bom) + text);
  }

  /** Gives a chain ready to copy; undefined when what it binds must be merged with each record anew. */
  #bound(binding: Binding, at: number): BoundParams | undefined {
    let bound = binding.kept(this) as BoundParams | undefined | null;
    if (bound === undefined) {
      bound = this.#rendered(binding, at) ?? null;
      binding.keep(this, bound);
    }
    return bound ?? undefined;
  }

  /** Writes what a step binds where the message begins, and takes it from there. */
  #rendered(binding: Binding, at: number): BoundParams | undefined {
    const { group, parent } = binding;
    const outer = parent === undefined ? this.#unbound : this.#bound(parent, at);
    if (group !== undefined) return outer && boundGroup(outer, group);
    const { limits } = this.#form;
    const own = binding.own(limits);
    if (outer === undefined || own.dropped > 0) return undefined;
    const bound = this.#behind(outer, own.attrs, at);
    return bound === undefined && outer.isAtRoot ? this.#behind(this.#unbound, bind(binding, NONE, limits), at) : bound;
  }

  /** Puts attributes behind what is bound; undefined when one must be merged with it, or has no room. */
  #behind(outer: BoundParams, attrs: PlainMap, at: number): BoundParams | undefined {
    const { keys, taken, count } = outer;
    if (count + attrs.size > this.#form.limits.attributes) return undefined;
    let end = at;
    for (const [name, value] of attrs) {
      const key = keys.of(name);
      if (end > this.#most || taken.includes(name)) return undefined;
      end = this.#resolved(end, keys, key, value);
      if (end === ODD) return undefined;
    }
    return end > this.#most ? undefined : boundBehind(outer, attrs.keys(), this.#bytes.bytes.subarray(at, end));
  }
}
