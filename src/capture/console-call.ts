import { isError, isObjectLiteral } from "../value/classify.ts";
import { lazy, logValue } from "../value/log-value.ts";
import { PlainError } from "../value/plain.ts";
import { resolve } from "../value/resolve.ts";
import { formatArgs, specifiedCount } from "./format-args.ts";
import type { Attrs } from "../record/attrs.ts";
import type { FormatArgs } from "./format-args.ts";

/** The keys for an Error and for what has no key of its own, as in a logger's calls. */
const ERR = "err";
const ARGS = "args";

/** Is what a console call becomes. */
export interface ConsoleCall {
  readonly message: string;
  readonly attrs: Attrs | undefined;
}

/**
 * Reads a console call's arguments, so that nothing is lost and nothing said twice. Those that specifiers take, and primitives, are the
 * message, as `util.format` writes it. Of the others an object literal gives its members as attributes, an Error is `err` (also one
 * that a specifier took, for its stack); what is left, or has a key that is taken, is in the list `args`. A call without text has the
 * message of its Error.
 *
 * @param more holds what the method itself adds, such as the stack of `trace`.
 */
export function readConsoleCall(args: readonly unknown[], more?: Attrs, format: FormatArgs = formatArgs): ConsoleCall {
  const [first] = args;
  const taken = typeof first === "string" && args.length > 1 ? 1 + specifiedCount(first) : 0;
  const rest = args.slice(taken);
  const objects = rest.filter(isObject);
  const attrs = new CallAttrs();
  for (const arg of args.slice(1, taken)) if (isSafeError(arg)) attrs.add(arg);
  for (const arg of objects) attrs.add(arg);
  if (more !== undefined) attrs.add(more);
  const words = rest.filter((arg) => !isObject(arg));
  const message = writeMessage(args.slice(0, taken), words, objects.length > 0, format) ?? fallback(args, attrs);
  return { message: message === "" ? attrs.errorMessage() : message, attrs: attrs.finish() };
}

function isObject(arg: unknown): arg is object {
  return (typeof arg === "object" && arg !== null) || typeof arg === "function";
}

/** Tells an Error; a proxy whose traps throw is none. */
function isSafeError(arg: unknown): arg is Error {
  try {
    return isError(arg);
  } catch {
    // It is resolved behind a guard, as one value.
    return false;
  }
}

function writeMessage(
  start: readonly unknown[],
  words: readonly unknown[],
  isCut: boolean,
  format: FormatArgs,
): string | undefined {
  try {
    if (start.length === 0) return words.length === 1 && typeof words[0] === "string" ? words[0] : format("", ...words).slice(1);
    // A format string that is alone is not read as one, `%%` stays: an empty word keeps company where its objects were taken out.
    const isAlone = start.length + words.length === 1 && isCut;
    return isAlone ? format(...start, "").slice(0, -1) : format(...start, ...words);
  } catch {
    // A getter, a proxy or a toJSON threw. Node's own console would throw this at the caller.
    return undefined;
  }
}

/** Gives the format string as it is, and its arguments as attributes, where a message could not be written. */
function fallback(args: readonly unknown[], attrs: CallAttrs): string {
  const [first, ...others] = args;
  for (const arg of others) if (!attrs.has(arg)) attrs.addRest(arg);
  return describe(first);
}

/** Gives any value as a word, and never throws. */
export function describe(value: unknown): string {
  const plain = resolve(value);
  return plain instanceof Map ? "[Object]" : String(plain);
}

/** Gathers the attributes of one call. */
class CallAttrs {
  readonly #attrs: { [key: string]: unknown } = {};
  readonly #seen = new Set<unknown>();
  readonly #rest: unknown[] = [];
  #error: Error | undefined;

  has(value: unknown): boolean {
    return this.#seen.has(value);
  }

  add(value: object): void {
    this.#seen.add(value);
    if (isSafeError(value)) this.#addError(value);
    else if (!this.#addMembers(value)) this.#rest.push(value);
  }

  addRest(value: unknown): void {
    this.#rest.push(value);
  }

  #addError(error: Error): void {
    this.#error ??= error;
    if (Object.hasOwn(this.#attrs, ERR)) this.#rest.push(error);
    else this.#attrs[ERR] = error;
  }

  /**
   * Takes the members of an object literal without reading them: a getter stays one, and its throwing costs only itself. A literal that
   * says itself what it is in a log is one value.
   */
  #addMembers(value: object): boolean {
    try {
      if (typeof value === "function" || !isObjectLiteral(value) || logValue in value || "toJSON" in value) return false;
      const members = Object.getOwnPropertyDescriptors(value);
      if (Object.keys(members).some((key) => Object.hasOwn(this.#attrs, key))) return false;
      Object.defineProperties(this.#attrs, members);
      return true;
    } catch {
      // A proxy whose traps throw; as one value it is resolved behind a guard.
      return false;
    }
  }

  errorMessage(): string {
    const error = resolve(this.#error);
    const message = error instanceof PlainError ? error.get("message") : undefined;
    return typeof message === "string" ? message : "";
  }

  finish(): Attrs | undefined {
    if (this.#rest.length > 0) {
      const given = Object.getOwnPropertyDescriptor(this.#attrs, ARGS);
      const first = given === undefined ? [] : [lazy(() => (given.get === undefined ? given.value : given.get()) as unknown)];
      Object.defineProperty(this.#attrs, ARGS, { value: [...first, ...this.#rest], enumerable: true });
    }
    return Object.keys(this.#attrs).length === 0 ? undefined : this.#attrs;
  }
}
