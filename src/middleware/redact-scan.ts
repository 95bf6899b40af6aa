import { logValue } from "../value/log-value.ts";
import { errorType } from "../value/error-members.ts";
import { isSecret } from "../value/secret.ts";
import {
  hasTexts,
  isBare,
  isData,
  isDataError,
  isDataList,
  isGetter,
  isProxy,
  isStackData,
  isTypeData,
} from "./redact-getters.ts";
import { FOR_GOOD, NO_STEP } from "./redact-rules.ts";
import type { RedactTexts } from "./redact-texts.ts";
import type { RuleState, Step } from "./redact-rules.ts";

/** Deeper, and larger, is for the walk that counts. A circle ends here too. */
const DEEPEST = 8;
const MOST_VALUES = 4096;

/**
 * Tells values in which nothing is to be censored, and which read the same a second time: nothing is made and nothing copied on the
 * way. It answers false for whatever is not plain to see, and runs no code of the caller's: a getter, a `toJSON()`, a lazy value and
 * an instance of a class are read once, by the walk that copies.
 */
export class RedactScan {
  readonly #texts: RedactTexts;
  readonly #anyText: boolean;
  readonly #leastLength: number;
  /** A number nearer to 0 has fewer digits than any pattern finds, its sign included: one comparison instead of two. */
  readonly #mostNumber: number;
  #left = 0;
  /** Was an error's place last, and what every error has is no rule's there. */
  #lastOfErrors: RuleState | undefined;

  constructor(texts: RedactTexts) {
    this.#texts = texts;
    this.#anyText = texts.any;
    this.#leastLength = texts.leastLength;
    this.#mostNumber = Math.min(texts.mostNumber, -texts.leastNumber);
  }

  /** Tells attributes that may go on as they are. It throws what a proxy throws. */
  isClean(attrs: object, state: RuleState): boolean {
    if (state.hit) return false;
    this.#left = MOST_VALUES;
    return this.#attrs(attrs as Members, state, 0);
  }

  /**
   * Looks at a record's members, and at every other depth: the two loops call one another. With one that calls itself, which V8 puts into
   * itself, a record with two groups costs 66 ns instead of 60.
   */
  #attrs(members: Members, state: RuleState, depth: number): boolean {
    const any = this.#anyText;
    let step = state.start;
    for (const key in members) {
      // Not `const { next } = step`: that asks each step whether it is null, 3 ns for three keys.
      const next = step.next;
      if (next.key === key) step = next;
      else {
        step = this.#follow(members, state, step, key);
        if (step === NO_STEP) return false;
      }
      const value = members[key];
      if (typeof value === "object") {
        if (value !== null && !this.#group(value, step, depth)) return false;
      } else if (any && !this.#primitive(value, step)) return false;
    }
    return step.isClear || isEmptyLiteral(members, step);
  }

  #members(members: Members, state: RuleState, depth: number): boolean {
    const any = this.#anyText;
    let step = state.start;
    for (const key in members) {
      const next = step.next;
      if (next.key === key) step = next;
      else {
        step = this.#follow(members, state, step, key);
        if (step === NO_STEP) return false;
      }
      const value = members[key];
      if (typeof value === "object") {
        if (value !== null && !this.#object(value, step, depth)) return false;
      } else if (any && !this.#primitive(value, step)) return false;
    }
    return step.isClear || isEmptyLiteral(members, step);
  }

  /** Goes on with a member that is not the one that followed last; none where it is a rule's, or not plain to see. */
  #follow(members: Members, state: RuleState, last: Step, key: string): Step {
    const step = state.step(key);
    if (last === NO_STEP || (step.unasked !== 0 && !isData(members, key, step))) return NO_STEP;
    if (step.unasked === 0) last.next = step;
    return step;
  }

  /** Most need no more than a bound. */
  #primitive(value: unknown, step: Step): boolean {
    if (typeof value === "number") return Math.abs(value) < this.#mostNumber || this.#texts.isCleanPrimitive(value);
    if (typeof value !== "string") return this.#texts.isCleanPrimitive(value);
    return value.length < this.#leastLength || value === step.clean || this.#text(value, step);
  }

  /** Patterns keep no state: in what had nothing to find there is nothing the next time. A place where texts vary soon keeps none. */
  #text(text: string, step: Step): boolean {
    if (!this.#texts.isClean(text)) return false;
    if (step.unkept > 0 && text.length <= LONGEST_KEPT) step.clean = --step.unkept > 0 ? text : "";
    return true;
  }

  /** Tells most groups of a record: literals at a place that is asked no more. */
  #group(value: object, step: Step, depth: number): boolean {
    const traits = value as Traits;
    // One condition: with a boolean of its own, or a function, it costs 5 ns more.
    if (
      traits.constructor !== Object ||
      traits.toJSON !== undefined ||
      traits[logValue] !== undefined ||
      step.unasked !== 0 ||
      --this.#left < 0
    ) {
      return this.#object(value, step, depth);
    }
    const { state } = step;
    return (!state.alive && !this.#anyText) || this.#members(value as Members, state, depth + 1);
  }

  #object(value: object, step: Step, depth: number): boolean {
    if (!isLiteral(value, step)) return this.#other(value, step, depth + 1);
    if (!step.state.alive && !this.#anyText) return true;
    return depth < DEEPEST && --this.#left >= 0 && this.#attrs(value, step.state, depth + 1);
  }

  #other(value: object, step: Step, depth: number): boolean {
    const { state } = step;
    if (!state.alive && !this.#texts.any) return !isSecret(value);
    if (depth > DEEPEST || --this.#left < 0 || (value as Traits)[logValue] !== undefined) return false;
    if (Array.isArray(value)) return this.#list(value, step, depth);
    return value instanceof Error ? this.#error(value, step, depth) : this.#builtIn(value, step, depth);
  }

  #list(list: readonly unknown[], step: Step, depth: number): boolean {
    if (list.length > MOST_VALUES || (step.unasked > 0 && !isDataList(list, step))) return false;
    const { byPath } = step.state;
    for (let i = 0; i < list.length; i++) {
      const next = byPath ? step.state.step(String(i)) : step;
      if (!next.isClear || !this.#value(list[i], next, depth)) return false;
    }
    return true;
  }

  #value(value: unknown, step: Step, depth: number): boolean {
    if (typeof value === "object") return value === null || this.#object(value, step, depth);
    return this.#texts.isCleanPrimitive(value);
  }

  #builtIn(value: object, step: Step, depth: number): boolean {
    // Bytes are not searched.
    if (value instanceof Uint8Array && ArrayBuffer.isView(value)) return true;
    const prototype: unknown = Object.getPrototypeOf(value);
    const isKnown = prototype === Map.prototype || prototype === Set.prototype || prototype === Date.prototype;
    if (!isKnown || !isBare(value)) return false;
    if (prototype === Map.prototype) return this.#map(value as Map<unknown, unknown>, step.state, depth);
    if (prototype === Set.prototype) return this.#list([...(value as Set<unknown>)], step, depth);
    const date = value as Date;
    return !this.#texts.any || Number.isNaN(date.getTime()) || this.#texts.isClean(date.toISOString());
  }

  #map(map: Map<unknown, unknown>, state: RuleState, depth: number): boolean {
    for (const [key, value] of map) {
      if (typeof key !== "string") return false;
      const step = state.step(key);
      if (!step.isClear || !this.#value(value, step, depth)) return false;
    }
    return true;
  }

  /** Resolving an error costs several times as much as seeing that it has nothing but what every error has. */
  #error(error: Error, step: Step, depth: number): boolean {
    const { state } = step;
    if (step.unasked > 0 && !isDataError(error, step)) return false;
    if (state !== this.#lastOfErrors && !ALWAYS.every((name) => state.step(name).isClear)) return false;
    this.#lastOfErrors = state;
    if (this.#anyText ? !this.#hasCleanTexts(error) : !hasTexts(error)) return false;
    for (const name of AT_TIMES) {
      if (name in error && !this.#field(error, name, state, depth)) return false;
    }
    for (const name of Object.keys(error)) if (!this.#field(error, name, state, depth)) return false;
    return true;
  }

  #hasCleanTexts(error: Error): boolean {
    const message: unknown = Object.getOwnPropertyDescriptor(error, "message")?.value;
    if (typeof message !== "string" || !this.#texts.isClean(message) || !isTypeData(error)) return false;
    if (!this.#texts.isClean(errorType(error)) || !isStackData(error)) return false;
    const text: unknown = error.stack;
    return typeof text === "string" && this.#texts.isClean(text);
  }

  /** Looks at a field of an error; one that is not its own, or a getter's, is not plain to see. */
  #field(error: Error, name: string, state: RuleState, depth: number): boolean {
    const own = Object.getOwnPropertyDescriptor(error, name);
    const step = state.step(name);
    return own !== undefined && "value" in own && step.isClear && this.#value(own.value, step, depth);
  }
}

/** Are what tells a literal, and a value that says itself what it is. */
interface Traits {
  readonly constructor?: unknown;
  readonly toJSON?: unknown;
  readonly [logValue]?: unknown;
}

type Members = { readonly [key: string]: unknown };

/** The longest text that a place keeps, in UTF-16 code units. */
const LONGEST_KEPT = 128;
const ALWAYS = ["type", "message", "stack"];
const AT_TIMES = ["code", "cause", "errors"];

/**
 * Tells a literal that does not say itself what it is. Asking for the prototype costs 10 ns of 15: a place that was asked often enough
 * is trusted to hold what says that it is one.
 */
function isLiteral(value: object, step: Step): value is Members {
  const traits = value as Traits;
  if (traits.constructor !== Object || traits.toJSON !== undefined || traits[logValue] !== undefined) return false;
  return step.unasked === 0 || isDataLiteral(value, step);
}

/** A proxy that has no members now may have some the next time, and an instance that has none is its `toString()`. */
function isEmptyLiteral(members: object, last: Step): boolean {
  return last !== NO_STEP && !isProxy(members) && Object.getPrototypeOf(members) === Object.prototype;
}

function isDataLiteral(value: object, step: Step): boolean {
  if (!isGetter(value, "toJSON") && !isGetter(value, logValue)) return Object.getPrototypeOf(value) === Object.prototype;
  step.unasked = FOR_GOOD;
  return false;
}
