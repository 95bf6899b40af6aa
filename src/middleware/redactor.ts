import { isError, isObjectLiteral } from "../value/classify.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import { logValue } from "../value/log-value.ts";
import { Group, isPlainMap, PlainError } from "../value/plain.ts";
import { errorType, resolve, resolveGroup } from "../value/resolve.ts";
import { stackOf } from "./redacted-stack.ts";
import { SNAPSHOT_LIMITS, toAttrs, toValue } from "./snapshot.ts";
import { isSecret } from "./secret.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { CensorFunction } from "./censor.ts";
import type { RuleState } from "./redact-rules.ts";

/** No output goes deeper, whatever its limits. */
const DEEPEST = 64;
/** Values of one record that are looked at; what is beyond is left out and said. Outputs stop at 32,768 of an attribute by default. */
const MOST_VALUES = 65_536;

interface Walk {
  /** What is being walked around the current value, to find circles. */
  readonly around: object[];
  readonly path: string[];
  /** How many objects may still be looked at. */
  left: number;
}

/**
 * Censors values on their way out: it gives the same object where nothing is to be censored, else a copy of what lies on the way to
 * it. Literals and arrays are walked as they are; what an output would first turn into something else (an Error, a Map, a lazy value,
 * an instance) is turned into that, then walked.
 */
export class Redactor {
  readonly #patterns: readonly RegExp[];
  readonly #censor: CensorFunction;
  readonly #hasPatterns: boolean;
  #walk: Walk = { around: [], path: [], left: 0 };
  #isWalking = false;
  /** The size of what was resolved and looked at, as limits count it. */
  #seen = 0;

  /** @param patterns are global, and none matches the empty text. */
  constructor(patterns: readonly RegExp[], censor: CensorFunction) {
    this.#patterns = patterns;
    this.#censor = censor;
    this.#hasPatterns = patterns.length > 0;
  }

  /** Censors the parts of a text that a pattern finds. */
  text(text: string): string {
    let result = text;
    for (const pattern of this.#patterns) {
      pattern.lastIndex = 0;
      // Most texts have no match, and test() is half of what replace() costs them.
      if (pattern.test(result)) result = result.replace(pattern, (found) => String(this.#censor(found, this.#walk.path) ?? ""));
    }
    return result;
  }

  /** Censors attributes. @param path names the groups that they stand in. */
  attrs(attrs: Attrs, state: RuleState, path: readonly string[]): Attrs {
    const outer = this.#walk;
    // A getter may log: its record is walked amid this one.
    if (this.#isWalking) this.#walk = { around: [], path: [], left: 0 };
    const wasWalking = this.#isWalking;
    this.#isWalking = true;
    this.#begin(path);
    try {
      return this.#literal(attrs, state) as Attrs;
    } catch {
      // A getter or a proxy threw. Resolving says so in its place, and what it says is censored as well.
      this.#begin(path);
      return toAttrs(this.#members(new Group(), resolveGroup(attrs, SNAPSHOT_LIMITS), state));
    } finally {
      this.#isWalking = wasWalking;
      this.#walk = outer;
    }
  }

  #begin(path: readonly string[]): void {
    const walk = this.#walk;
    // Setting a length costs 30 ns, also when it is that already.
    if (walk.around.length > 0) walk.around.length = 0;
    if (walk.path.length > 0) walk.path.length = 0;
    walk.left = MOST_VALUES;
    if (path.length > 0) walk.path.push(...path);
  }

  #value(value: unknown, state: RuleState): unknown {
    if (state.hit) return value === undefined || value === null ? value : this.#censor(value, [...this.#walk.path]);
    switch (typeof value) {
      case "string":
        return this.#hasPatterns ? this.text(value) : value;
      case "number":
      case "bigint":
        return this.#hasPatterns ? this.#number(value) : value;
      case "object":
        return value === null ? null : this.#object(value, state);
      case "function":
      case "symbol":
        return this.#hasPatterns ? this.#resolved(value, state) : value;
      default:
        return value;
    }
  }

  #number(value: number | bigint): number | bigint | string {
    // What must not be seen and is a number counts something out: a card, a phone, a person. Writing out a fraction costs 100 ns.
    if (typeof value === "number" && !Number.isInteger(value)) return value;
    const text = String(value);
    const censored = this.text(text);
    return censored === text ? value : censored;
  }

  #object(value: object, state: RuleState): unknown {
    if (isSecret(value)) return this.#censor(value, [...this.#walk.path]);
    if (!state.alive && !this.#hasPatterns) return value;
    const { around } = this.#walk;
    // A circle that leads out of the copy, back into the original, would not be one for the output: it would write the original.
    if (around.length > 0 && around.includes(value)) return "[Circular]";
    if (around.length > DEEPEST) return "[Depth]";
    if (--this.#walk.left < 0) return "[Size]";
    around.push(value);
    const result = this.#inside(value, state);
    around.pop();
    return result;
  }

  #inside(value: object, state: RuleState): unknown {
    if (logValue in value) return this.#resolved(value, state);
    if (Array.isArray(value)) return this.#list(value, state);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || (prototype !== null && isObjectLiteral(value))) {
      return typeof (value as { toJSON?: unknown }).toJSON === "function"
        ? this.#resolved(value, state)
        : this.#literal(value as Attrs, state);
    }
    if (isError(value) && this.#isClean(value, state)) return value;
    return this.#resolved(value, state);
  }

  #literal(attrs: Attrs, state: RuleState): object {
    let copy: [string, unknown][] | undefined;
    let seen = 0;
    for (const key in attrs) {
      const value = attrs[key];
      // Members of a group without a name are inlined: they stand where it stands.
      const step = key === "" ? undefined : state.stepAt(seen, key);
      const next = step === undefined ? this.#value(value, state) : this.#member(key, value, step.state);
      const name = step === undefined ? key : step.name;
      if (copy === undefined && (name !== key || !Object.is(next, value))) copy = Object.entries(attrs).slice(0, seen);
      if (copy !== undefined && next !== undefined) copy.push([name, next]);
      seen++;
    }
    // fromEntries defines properties, so that a key named __proto__ is one like any other.
    return copy === undefined ? attrs : Object.fromEntries(copy);
  }

  #member(key: string, value: unknown, state: RuleState): unknown {
    if (!state.hit) {
      if (typeof value === "string") return this.#hasPatterns ? this.text(value) : value;
      if (typeof value !== "object" || value === null) return this.#value(value, state);
    }
    this.#walk.path.push(key);
    const result = this.#value(value, state);
    this.#walk.path.pop();
    return result;
  }

  /** Tells that an error has nothing to censor, where that is plain to see: resolving one costs several times as much. */
  #isClean(error: Error, state: RuleState): boolean {
    if ("cause" in error || "errors" in error) return false;
    for (const field of ["message", "stack", "code", ...Object.keys(error)]) {
      if (!this.#isCleanField(error, field, state)) return false;
    }
    return !state.step("type").state.hit && (!this.#hasPatterns || this.text(errorType(error)) === errorType(error));
  }

  #isCleanField(error: Error, field: string, state: RuleState): boolean {
    const step = state.step(field);
    if (step.state.hit || step.name !== field) return false;
    // Without patterns a stack need not be read, which is what makes it.
    if (!this.#hasPatterns && (field === "message" || field === "stack")) return true;
    const value: unknown = (error as unknown as { readonly [key: string]: unknown })[field];
    if (typeof value === "string") return this.text(value) === value;
    return (
      value === undefined || value === null || typeof value === "boolean" || (typeof value === "number" && !this.#hasPatterns)
    );
  }

  #list(list: readonly unknown[], state: RuleState): unknown {
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      if (i === MOST_VALUES) return [...(copy ?? list.slice(0, i)), `[+${list.length - i} items]`];
      const value = list[i];
      const next = state.byPath ? this.#member(String(i), value, state.step(String(i)).state) : this.#value(value, state);
      if (copy === undefined && !Object.is(next, value)) copy = list.slice(0, i);
      if (copy !== undefined) copy.push(next);
    }
    return copy ?? list;
  }

  #resolved(value: unknown, state: RuleState): unknown {
    const plain = resolve(value, SNAPSHOT_LIMITS);
    if (plain === undefined) return value;
    this.#seen = 0;
    const next = this.#plain(plain, state);
    // Of what is large a part may have been cut before it was looked at; then only what was looked at goes on.
    return next === plain && this.#seen <= DEFAULT_LIMITS.size ? value : toValue(next);
  }

  #plain(plain: Plain, state: RuleState): Plain {
    this.#seen += 8 + (typeof plain === "string" || plain instanceof Uint8Array ? plain.length : 0);
    if (plain === null || plain instanceof Uint8Array) return plain;
    if (typeof plain !== "object") return this.#value(plain, state) as Plain;
    if (isPlainMap(plain)) return this.#map(plain, state);
    const list = plain.map((item, i) => (state.byPath ? this.#step(String(i), item, state) : this.#plain(item, state)));
    return list.every((item, i) => Object.is(item, plain[i])) ? plain : list.map((item) => item ?? null);
  }

  #map(map: PlainMap, state: RuleState): PlainMap {
    const copy = map instanceof PlainError ? new PlainError() : map instanceof Group ? new Group() : new Map<string, Plain>();
    this.#members(copy, map, state);
    const isSame = copy.size === map.size && [...copy].every(([key, value]) => map.has(key) && Object.is(map.get(key), value));
    return isSame ? map : copy;
  }

  #members<M extends Map<string, Plain>>(copy: M, map: PlainMap, state: RuleState): M {
    const isAnError = map instanceof PlainError;
    for (const [key, value] of map) {
      const shown = isAnError && key === "stack" ? stackOf(map, copy) : value;
      const next = this.#step(isAnError && key === "attr.type" ? "type" : key, shown, state);
      if (next !== undefined) copy.set(this.text(key), next);
    }
    return copy;
  }

  #step(key: string, value: Plain, state: RuleState): Plain | undefined {
    const { state: next } = state.step(key);
    this.#walk.path.push(key);
    const result = next.hit ? this.#hit(value) : this.#plain(value, next);
    this.#walk.path.pop();
    return result;
  }

  #hit(value: Plain): Plain | undefined {
    return value === null ? null : resolve(this.#censor(toValue(value), [...this.#walk.path]), SNAPSHOT_LIMITS);
  }
}
