import { isObjectLiteral } from "../value/classify.ts";
import { logValue } from "../value/log-value.ts";
import { Group, isPlainMap, PlainError } from "../value/plain.ts";
import { resolve, resolveGroup } from "../value/resolve.ts";
import { censoredText } from "./censor.ts";
import { RedactScan } from "./redact-scan.ts";
import { stackOf } from "./redacted-stack.ts";
import { SNAPSHOT_LIMITS, toAttrs, toValue } from "./snapshot.ts";
import { isSecret } from "../value/secret.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Plain, PlainMap } from "../value/plain.ts";
import type { CensorFunction } from "./censor.ts";
import type { RuleState } from "./redact-rules.ts";
import type { RedactTexts } from "./redact-texts.ts";

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
 * Censors values on their way out: it gives the same object where a scan sees nothing to be censored, else a copy. Literals and arrays are walked as they are; what an output would first turn into something else (an Error, a Map, a lazy value,
 * an instance) is turned into that, then walked.
 */
export class Redactor {
  readonly #texts: RedactTexts;
  readonly #scan: RedactScan;
  readonly #censor: CensorFunction;
  /** There are patterns: without any nothing is found in a text. */
  readonly anyText: boolean;
  #walk: Walk = { around: [], path: [], left: 0 };
  #isWalking = false;

  constructor(texts: RedactTexts, censor: CensorFunction) {
    this.#texts = texts;
    this.anyText = texts.any;
    this.#scan = new RedactScan(texts);
    this.#censor = censor;
  }

  /** Tells a text without anything to censor. */
  isClean(text: string): boolean {
    return this.#texts.isClean(text);
  }

  /** Tells a message without anything to censor. */
  isCleanMessage(text: string): boolean {
    return this.#texts.isCleanMessage(text);
  }

  /** Censors the parts of a message, or of a name, that a pattern finds. */
  message(text: string): string {
    return !this.#texts.any || this.#texts.isCleanMessage(text) ? text : this.text(text, []);
  }

  /** Censors the parts of a text that a pattern finds. What stands for them is not searched. */
  text(text: string, path: readonly string[] = this.#walk.path): string {
    if (!this.#texts.any || this.#texts.isClean(text)) return text;
    let shown = "";
    let at = 0;
    for (const { from, end } of this.#texts.found(text)) {
      shown += text.slice(at, from) + censoredText(this.#censor(text.slice(from, end), [...path]));
      at = end;
    }
    return shown + text.slice(at);
  }

  /** Censors attributes. @param path names the groups that they stand in. */
  attrs(attrs: Attrs, state: RuleState, path: readonly string[]): Attrs {
    return this.#isClean(attrs, state) ? attrs : this.#censored(attrs, state, path);
  }

  #isClean(attrs: Attrs, state: RuleState): boolean {
    try {
      return this.#scan.isClean(attrs, state);
    } catch {
      // A proxy threw. The walk says so in its place.
      return false;
    }
  }

  #censored(attrs: Attrs, state: RuleState, path: readonly string[]): Attrs {
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
        return this.text(value);
      case "number":
      case "bigint":
        return this.#texts.isCleanPrimitive(value) ? value : this.text(String(value));
      case "object":
        return value === null ? null : this.#object(value, state);
      case "function":
      case "symbol":
        return this.#texts.any ? this.#resolved(value, state) : value;
      default:
        return value;
    }
  }

  #object(value: object, state: RuleState): unknown {
    if (isSecret(value)) return this.#censor(value, [...this.#walk.path]);
    if (!state.alive && !this.#texts.any) return value;
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
    return this.#resolved(value, state);
  }

  /** Copies a literal, so that a getter is read once: what was looked at is what goes on. */
  #literal(attrs: Attrs, state: RuleState): object {
    const copy: [string, unknown][] = [];
    for (const key of Object.keys(attrs)) {
      const value = attrs[key];
      if (key === "") copy.push([key, this.#unnamed(value, state)]);
      else {
        const step = state.step(key);
        const next = this.#member(key, value, step.state);
        if (next !== undefined) copy.push([step.name, next]);
      }
    }
    // fromEntries defines properties, so that a key named __proto__ is one like any other.
    return Object.fromEntries(copy);
  }

  /** Members of a group without a name are inlined: they stand where it stands. Any other value without a name is a member. */
  #unnamed(value: unknown, state: RuleState): unknown {
    if (typeof value === "object" && value !== null && !isSecret(value)) {
      if (logValue in value || typeof (value as { toJSON?: unknown }).toJSON === "function") {
        const plain = resolve(value, SNAPSHOT_LIMITS);
        const shown = plain === undefined || plain instanceof Group ? plain : this.#step("", plain, state);
        return shown instanceof Group ? toAttrs(this.#map(shown, state)) : shown === undefined ? undefined : toValue(shown);
      }
      if (isObjectLiteral(value)) return this.#value(value, state);
    }
    return this.#member("", value, state.step("").state);
  }

  #member(key: string, value: unknown, state: RuleState): unknown {
    this.#walk.path.push(key);
    const result = this.#value(value, state);
    this.#walk.path.pop();
    return result;
  }

  #list(list: readonly unknown[], state: RuleState): unknown {
    const most = Math.min(list.length, MOST_VALUES);
    const copy: unknown[] = [];
    for (let i = 0; i < most; i++) {
      const value = list[i];
      copy.push(state.byPath ? this.#member(String(i), value, state.step(String(i)).state) : this.#value(value, state));
    }
    if (list.length > most) copy.push(`[+${list.length - most} items]`);
    return copy;
  }

  #resolved(value: unknown, state: RuleState): unknown {
    const plain = resolve(value, SNAPSHOT_LIMITS);
    return plain === undefined ? undefined : toValue(this.#plain(plain, state));
  }

  #plain(plain: Plain, state: RuleState): Plain {
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
