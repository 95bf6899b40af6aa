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

/** Bytes that a record is counted for beside its text: measured, 10 members and the copy of a few attributes. */
const RECORD_BYTES = 256;
const VALUE_BYTES = 16;

/** Takes records to be held: a copy of their attributes, one level deep where that is all, and resolved where not. */
export class RecordTaker {
  readonly #bindings = new WeakMap<Binding, Shared<Binding>>();
  readonly #baggages = new WeakMap<BaggageMembers, Shared<BaggageMembers>>();
  #lastBinding: Binding | undefined;
  #lastBound: Shared<Binding> | undefined;

  take(record: LogRecord): HeldRecord {
    const { attrs, time, level, message, eventName, logger, spanContext, source } = record;
    let own = attrs;
    let bytes = RECORD_BYTES + message.length * 2;
    if (attrs !== undefined) {
      own = snapshotAttrs(attrs);
      bytes += sizeOf(own);
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

function sizeOfBinding(binding: Binding): number {
  let bytes = 0;
  for (let step: Binding | undefined = binding; step !== undefined; step = step.parent) {
    bytes += RECORD_BYTES + (step.group?.length ?? 0) * 2 + (step.attrs === undefined ? 0 : sizeOf(step.attrs));
  }
  return bytes;
}

function sizeOf(attrs: Attrs): number {
  let bytes = 0;
  for (const key in attrs) {
    const value = attrs[key];
    bytes += VALUE_BYTES + key.length;
    if (typeof value === "string") bytes += value.length * 2;
    else if (!isPrimitive(value)) bytes += sizeOfObject(value as object);
  }
  return bytes;
}

/** Estimates a snapshot: literals, lists, maps, errors and bytes; it has no circles. */
function sizeOfObject(value: object): number {
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return sizeOf(Object.fromEntries(value as Map<string, unknown>));
  const text = value instanceof Error ? 2 * (String(value.stack).length + String(value.message).length) : 0;
  return VALUE_BYTES + text + sizeOf(value as Attrs);
}
