import { cutErrorMessage, errorMessage } from "../record/error-message.ts";
import { isError } from "../value/classify.ts";
import { delegate } from "./delegate.ts";
import { censoredText, toCensor } from "./censor.ts";
import { expected, knownOptions } from "./option.ts";
import { ALL_HIT, RedactRules } from "./redact-rules.ts";
import { RedactTexts } from "./redact-texts.ts";
import { Redactor } from "./redactor.ts";
import { isPrimitive, rebind, snapshotValue } from "./snapshot.ts";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Middleware } from "../handler/handler.ts";
import type { Attrs } from "../record/attrs.ts";
import type { Binding } from "../record/binding.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Source } from "../record/source.ts";
import type { Censor } from "./censor.ts";
import type { RuleState } from "./redact-rules.ts";

/** Configures {@link redact}. */
export interface RedactOptions {
  /**
   * Paths from the root of the record, keys joined by dots: `req.headers.authorization`. `*` stands for one key or index, `**` for
   * any number. Groups, bound attributes, Map entries, baggage and the fields of errors (`err.message`, `err.cause.config`) are on
   * paths like all others, and a key that has dots itself counts as a path.
   */
  readonly paths?: readonly string[];
  /** Keys wherever they stand, in any case; or patterns for them. A key with dots matches by each of its parts too. */
  readonly keys?: readonly (string | RegExp)[];
  /**
   * Patterns of what must not be seen: the parts that they find are censored in every string, in the digits of whole numbers, in keys, in
   * the message, in the names of the event and the logger, in the source and in baggage; parts that overlap as one. Each is run over the whole of
   * every text that is long enough for it, and has the characters that it asks for: one whose time grows with the square of a text's
   * length holds up the call.
   */
  readonly patterns?: readonly RegExp[];
  /** What stands in its place. Default: `[Redacted]`. */
  readonly censor?: Censor;
}

/**
 * Takes out what must not be seen, by path, by key, by pattern and by type ({@link secret}), before any output sees it: put it
 * before a fan-out once, or on one branch. A record in which nothing is found passes as it is; bound attributes are looked through
 * once for each logger. Where an error's message is censored it is taken out of its stack as well, and out of the record's message
 * where that is the error's.
 *
 * What was looked at is what goes on: values that run code when they are read (getters, proxies, `toJSON()`, instances) are read once,
 * and copied. To ask each member whether it is a getter's would cost as much as the line; a key is asked at its first 64 records at a
 * place, and for good where one was found. Bytes are not searched; keys and paths do not look into what is text already (JSON, a URL, what
 * `console.log("%o")` made of an object).
 * A text of up to 128 characters in which no pattern found anything is kept where it stood, until another stands there, and is not
 * searched again; a place where texts vary soon keeps none.
 *
 * @throws TypeError or RangeError when an option is not what is expected, or when there is none of `paths`, `keys` and `patterns`.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { redact } from "correlog/middleware";
 *
 * const clean = redact({
 *   paths: ["req.headers.authorization", "users.*.email"],
 *   keys: ["password", /token$/i],
 *   patterns: [/\b\d{4}(?:[ -]?\d{4}){3}\b/],
 * });
 * new Logger(clean(jsonHandler())).info("card 4111 1111 1111 1111 declined", { user: { password: "hunter2" } });
 * ```
 */
export function redact(options: RedactOptions): Middleware {
  knownOptions("redact", options, ["paths", "keys", "patterns", "censor"]);
  const paths = toList("paths", options.paths);
  const keys = toList("keys", options.keys);
  const patterns = toList("patterns", options.patterns).map(toPattern);
  if (paths.length + keys.length + patterns.length === 0) {
    throw new RangeError(expected("redact", "at least one of paths, keys and patterns", "none"));
  }
  const censor = toCensor(options.censor);
  const texts = new RedactTexts(patterns);
  const names = new Redactor(texts, censor);
  const rules = new RedactRules(paths, keys, (key) => names.text(key));
  return (next) => {
    const records = new RecordRedactor(new Redactor(texts, censor), rules.root);
    return delegate(next, { handle: (record, ctx) => next.handle(records.redact(record), ctx) });
  };
}

function toList<T>(option: string, list: readonly T[] | undefined): readonly T[] {
  if (list === undefined) return [];
  const given: unknown = list;
  if (Array.isArray(given)) return list;
  throw new TypeError(expected(option, "a list", list));
}

function toPattern(pattern: unknown, place: number): RegExp {
  const option = `patterns: place ${place}`;
  if (!(pattern instanceof RegExp)) throw new TypeError(expected(option, "a regular expression", pattern));
  const global = new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gy]/g, "")}g`);
  if (global.test("")) throw new RangeError(expected(option, "a pattern that does not match the empty text", pattern.source));
  return global;
}

/** Is what a chain of bindings becomes, and where the attributes inside of it stand. */
interface Bound {
  readonly binding: Binding | undefined;
  readonly state: RuleState;
  readonly path: readonly string[];
}

class RecordRedactor {
  readonly #redactor: Redactor;
  readonly #unbound: Bound;
  readonly #bound = new WeakMap<Binding, Bound>();
  #lastBinding: Binding | undefined;
  #lastBound: Bound;
  #lastMembers: BaggageMembers | undefined;
  #lastBaggage: BaggageMembers = [];

  constructor(redactor: Redactor, root: RuleState) {
    this.#redactor = redactor;
    this.#unbound = { binding: undefined, state: root, path: [] };
    this.#lastBound = this.#unbound;
  }

  redact(record: LogRecord): LogRecord {
    const { binding, baggage } = record;
    const bound = binding === undefined ? this.#unbound : this.#of(binding);
    const attrs = record.attrs === undefined ? undefined : this.#redactor.attrs(record.attrs, bound.state, bound.path);
    const isSame = attrs === record.attrs && bound.binding === binding && baggage === undefined;
    if (isSame && (!this.#redactor.anyText || this.#hasCleanTexts(record))) return record;
    return this.#texts(record, bound, attrs);
  }

  /** Tells most records that have no other text than a message. */
  #hasCleanTexts({ message, eventName, logger, source }: LogRecord): boolean {
    if (eventName !== undefined || logger !== undefined || source !== undefined) return false;
    return this.#redactor.isCleanMessage(message);
  }

  /** Goes on with what is text, and baggage. */
  #texts(record: LogRecord, { binding, state }: Bound, attrs: Attrs | undefined): LogRecord {
    const baggage = record.baggage === undefined ? undefined : this.#baggage(record.baggage);
    const ofError = attrs === record.attrs ? undefined : messageOfError(record, attrs, state);
    const message = ofError ?? this.#redactor.message(record.message);
    const eventName = record.eventName === undefined ? undefined : this.#redactor.message(record.eventName);
    const logger = record.logger === undefined ? undefined : this.#redactor.message(record.logger);
    const source = record.source === undefined ? undefined : this.#source(record.source);
    const isSame =
      attrs === record.attrs && binding === record.binding && message === record.message && baggage === record.baggage;
    if (isSame && eventName === record.eventName && logger === record.logger && source === record.source) return record;
    const shown = { ...record, attrs, binding, message, baggage, eventName, logger };
    return source === undefined ? shown : { ...shown, source };
  }

  #source(source: Source): Source {
    const file = this.#redactor.message(source.file);
    const name = source.function === undefined ? undefined : this.#redactor.message(source.function);
    return file === source.file && name === source.function ? source : { ...source, file, function: name };
  }

  #of(binding: Binding): Bound {
    if (binding === this.#lastBinding) return this.#lastBound;
    let bound = this.#bound.get(binding);
    if (bound === undefined) this.#bound.set(binding, (bound = this.#make(binding)));
    this.#lastBinding = binding;
    this.#lastBound = bound;
    return bound;
  }

  #make(step: Binding): Bound {
    const outer = step.parent === undefined ? this.#unbound : this.#of(step.parent);
    if (step.group === undefined) {
      const attrs = frozen(this.#redactor.attrs(step.attrs ?? {}, outer.state, outer.path));
      return { ...outer, binding: rebind(step, outer.binding, step.attrs === undefined ? undefined : attrs) };
    }
    const { state, name } = outer.state.step(step.group);
    const binding = rebind(step, outer.binding, undefined, name);
    return { binding, state: state.hit ? ALL_HIT : state, path: [...outer.path, step.group] };
  }

  /** A context has the same members at each of its records. */
  #baggage(members: BaggageMembers): BaggageMembers {
    if (members === this.#lastMembers) return this.#lastBaggage;
    const baggage = this.#isCleanBaggage(members) ? members : this.#censoredBaggage(members);
    this.#lastMembers = members;
    this.#lastBaggage = baggage;
    return baggage;
  }

  /** All are texts: no object need be made of them to see that nothing is to be censored. */
  #isCleanBaggage(members: BaggageMembers): boolean {
    const { state } = this.#unbound;
    return members.every(([key, value]) => state.step(key).isClear && this.#redactor.isClean(value));
  }

  #censoredBaggage(members: BaggageMembers): BaggageMembers {
    const attrs = this.#redactor.attrs(Object.fromEntries(members), this.#unbound.state, []);
    return Object.entries(attrs).map(([key, value]) => [key, censoredText(value)]);
  }
}

/** Gives the message of a record whose error it was taken from, where that was censored. */
function messageOfError({ attrs: given, message }: LogRecord, attrs: Attrs | undefined, state: RuleState): string | undefined {
  const error = dataAt(given, "err");
  if (message === "" || !isError(error) || errorMessage(error) !== message) return undefined;
  const shown: unknown = attrs?.["err"];
  // An error may say itself what it is logged as: that is no message.
  if (!isError(shown) && !state.step("err").state.hit) return undefined;
  const text = cutErrorMessage(censoredText(isError(shown) ? shown.message : shown));
  return text === message ? undefined : text;
}

function dataAt(attrs: Attrs | undefined, key: string): unknown {
  try {
    return attrs === undefined ? undefined : Object.getOwnPropertyDescriptor(attrs, key)?.value;
  } catch {
    // A proxy threw. What a call was given for a message is in an object of the logger's own.
    return undefined;
  }
}

/** Gives attributes whose values no later change reaches, since they are looked through only once. */
function frozen(attrs: Attrs): Attrs {
  const entries = Object.entries(attrs);
  if (entries.every(([, value]) => isPrimitive(value))) return attrs;
  return Object.fromEntries(entries.map(([key, value]) => [key, snapshotValue(value)]));
}
