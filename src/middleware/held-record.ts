import { RECORD_BYTES, sizeOf, sizeOfBinding, VALUE_BYTES } from "./record-size.ts";
import { isPrimitive, snapshotAttrs, snapshotBinding } from "./snapshot.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { LogRecord } from "../record/log-record.ts";

/** Is a record that waits, with nothing in it that is the caller's, and what it takes. */
export interface HeldRecord {
  readonly record: LogRecord;
  /** Bytes of its own, estimated. */
  readonly bytes: number;
  /** When it was taken, by the clock of ages. */
  readonly since: number;
  readonly binding: Shared<Binding> | undefined;
  readonly baggage: Shared<BaggageMembers> | undefined;
}

/** Is what several records have in common, and counts once: what is bound to a logger, the baggage of a context. */
interface Shared<T> {
  readonly value: T;
  readonly bytes: number;
  /** How many records that are held have it. */
  uses: number;
}

/** Takes records to be held: a copy of their attributes, one level deep where that is all, and resolved where not. */
export class RecordTaker {
  readonly #bindings = new WeakMap<Binding, Shared<Binding>>();
  readonly #baggages = new WeakMap<BaggageMembers, Shared<BaggageMembers>>();
  #lastBinding: Binding | undefined;
  #lastBound: Shared<Binding> | undefined;

  take(record: LogRecord, since: number): HeldRecord {
    const { attrs, time, level, message, eventName, logger, spanContext, source } = record;
    let bytes = RECORD_BYTES + 2 * (message.length + lengthOf(logger) + (eventName === message ? 0 : lengthOf(eventName)));
    let own: Attrs | undefined;
    if (attrs !== undefined) {
      const flat = sizeOfFlat(attrs);
      own = flat === NOT_FLAT ? snapshotAttrs(attrs) : copyOf(attrs);
      bytes += flat === NOT_FLAT ? sizeOf(own) : flat;
    }
    const bound = record.binding === undefined ? undefined : this.#bound(record.binding);
    const carried = record.baggage === undefined ? undefined : this.#carried(record.baggage);
    return {
      record: {
        time,
        level,
        message,
        eventName,
        logger,
        attrs: own,
        binding: bound?.value,
        spanContext,
        baggage: carried?.value,
        source,
      },
      bytes,
      since,
      binding: bound,
      baggage: carried,
    };
  }

  #bound(binding: Binding): Shared<Binding> {
    if (binding === this.#lastBinding && this.#lastBound !== undefined) return this.#lastBound;
    let bound = this.#bindings.get(binding);
    if (bound === undefined) {
      const value = snapshotBinding(binding);
      this.#bindings.set(binding, (bound = { value, bytes: sizeOfBinding(value), uses: 0 }));
    }
    this.#lastBinding = binding;
    return (this.#lastBound = bound);
  }

  #carried(members: BaggageMembers): Shared<BaggageMembers> {
    let carried = this.#baggages.get(members);
    if (carried === undefined) {
      this.#baggages.set(members, (carried = { value: members, bytes: sizeOf(Object.fromEntries(members)), uses: 0 }));
    }
    return carried;
  }
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : text.length;
}

/** Counts a record as held. @returns the bytes that are held more. */
export function keep({ bytes, binding, baggage }: HeldRecord): number {
  return bytes + use(binding) + use(baggage);
}

/** Counts a record as no longer held. @returns the bytes that are held less. */
export function letGo({ bytes, binding, baggage }: HeldRecord): number {
  return bytes + unuse(binding) + unuse(baggage);
}

function use(shared: Shared<unknown> | undefined): number {
  return shared !== undefined && shared.uses++ === 0 ? shared.bytes : 0;
}

function unuse(shared: Shared<unknown> | undefined): number {
  return shared !== undefined && --shared.uses === 0 ? shared.bytes : 0;
}

/** Says in place of a size that a value can change, or throws when it is read. */
const NOT_FLAT = -1;

/** Counts attributes that {@link snapshotAttrs} copies as they are, in one look at them. */
function sizeOfFlat(attrs: Attrs): number {
  let bytes = 0;
  try {
    for (const key in attrs) {
      const value = attrs[key];
      bytes += VALUE_BYTES + key.length;
      if (typeof value === "string") bytes += value.length * 2;
      else if (!isPrimitive(value)) return NOT_FLAT;
    }
  } catch {
    // A getter or a proxy threw: resolving says so in its place.
    return NOT_FLAT;
  }
  return bytes;
}

function copyOf(attrs: Attrs): Attrs {
  try {
    return { ...attrs };
  } catch {
    // A getter that throws only when it is read again.
    return snapshotAttrs(attrs);
  }
}
