import { bind, boundTooMany } from "../record/binding.ts";
import { isShort } from "../value/own-text.ts";
import { Group, PlainError } from "../value/plain.ts";
import { ATTRIBUTE } from "./wire.ts";
import type { SpanContext } from "@opentelemetry/api";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Binding } from "../record/binding.ts";
import type { Limits } from "../value/limits.ts";
import type { KeyCache } from "./key-cache.ts";
import type { Members, PlainWriter } from "./plain-writer.ts";
import type { Block, Wire } from "./wire.ts";

/** Holds what was bound to a logger, written once. */
export interface BoundBlock {
  /** Is not there where the record's own attributes cannot simply come behind: below an open group, or with a bound Error. */
  readonly bytes: Uint8Array | undefined;
  readonly keys: ReadonlySet<string>;
  readonly count: number;
  /** The keys that calls over this binding had last, place by place, none of them bound: one comparison instead of two look-ups (60 ns a record of 6). */
  readonly seen: string[];
  readonly seenKeys: Block[];
}

/** Holds a context's baggage, written once. */
interface BaggageBlock {
  readonly bytes: Uint8Array;
  readonly keys: ReadonlySet<string>;
}

const MOST_SEEN = 64;

/** Keeps bytes that are the same from record to record. Those of bindings, baggage and spans live as long as these do. */
export class BlockCache {
  readonly #wire: Wire;
  readonly #limits: Limits;
  readonly #keys: KeyCache;
  readonly #writer: PlainWriter;
  readonly #unbound: BoundBlock;
  readonly #bound = new WeakMap<Binding, BoundBlock>();
  #lastBinding: Binding | undefined;
  #lastBound: BoundBlock;
  readonly #baggage = new WeakMap<BaggageMembers, BaggageBlock>();
  readonly #traces = new WeakMap<SpanContext, Block>();
  #lastSpan: SpanContext | undefined;
  #lastTrace: Block | undefined;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(wire: Wire, limits: Limits, keys: KeyCache, writer: PlainWriter) {
    this.#wire = wire;
    this.#limits = limits;
    this.#keys = keys;
    this.#writer = writer;
    this.#unbound = boundBlock(new Uint8Array(0), []);
    this.#lastBound = this.#unbound;
  }

  /** Uses other bytes from now on; what is written into the cache goes through bytes of its own. */
  use(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#wire.use(bytes);
  }

  /** Gives the bytes of the key of a call's attribute, and keeps it as seen; nothing where it cannot simply come behind what is bound. */
  key(name: string, place: number, bound: BoundBlock): Block | undefined {
    const key = this.#keys.plain(name);
    if (key === undefined || bound.keys.has(name)) return undefined;
    if (place < MOST_SEEN && isShort(name)) {
      bound.seen[place] = name;
      bound.seenKeys[place] = key;
    }
    return key;
  }

  bound(binding: Binding | undefined): BoundBlock {
    if (binding === undefined) return this.#unbound;
    if (binding === this.#lastBinding) return this.#lastBound;
    let block = this.#bound.get(binding);
    if (block === undefined) this.#bound.set(binding, (block = this.#writeBound(binding)));
    this.#lastBinding = binding;
    this.#lastBound = block;
    return block;
  }

  baggage(members: BaggageMembers): BaggageBlock {
    let block = this.#baggage.get(members);
    if (block === undefined) {
      const unique = new Map<string, string>();
      for (const [key, value] of members) if (!unique.has(key)) unique.set(key, value);
      this.#baggage.set(members, (block = { bytes: this.#written(unique), keys: new Set(unique.keys()) }));
    }
    return block;
  }

  trace(span: SpanContext): Block {
    if (span === this.#lastSpan && this.#lastTrace !== undefined) return this.#lastTrace;
    let block = this.#traces.get(span);
    if (block === undefined) this.#traces.set(span, (block = this.#wire.trace(span.traceId, span.spanId, span.traceFlags)));
    this.#lastSpan = span;
    this.#lastTrace = block;
    return block;
  }

  #writeBound(binding: Binding): BoundBlock {
    for (let step: Binding | undefined = binding; step !== undefined; step = step.parent) {
      if (step.group !== undefined) return boundBlock(undefined, []);
    }
    if (boundTooMany(binding, this.#limits) > 0) return boundBlock(undefined, []);
    const attrs = bind(binding, new Group(), this.#limits);
    for (const value of attrs.values()) if (value instanceof PlainError) return boundBlock(undefined, []);
    return boundBlock(this.#written(attrs), [...attrs.keys()]);
  }

  #written(members: Members): Uint8Array {
    try {
      return this.#writer.written(ATTRIBUTE, members);
    } finally {
      this.#wire.use(this.#bytes);
    }
  }
}

function boundBlock(bytes: Uint8Array | undefined, keys: readonly string[]): BoundBlock {
  return { bytes, keys: new Set(keys), count: keys.length, seen: [], seenKeys: [] };
}
