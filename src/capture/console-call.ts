import { isError, isObjectLiteral } from "../value/classify.ts";
import { resolve } from "../value/resolve.ts";
import { formatArgs, specifiedCount } from "./format-args.ts";
import type { Attrs } from "../record/log-record.ts";
import type { FormatArgs } from "./format-args.ts";

/** Is what a console call becomes. */
export interface ConsoleCall {
  readonly message: string;
  readonly attrs: Attrs | undefined;
}

/**
 * Reads a console call's arguments, so that nothing is lost and nothing said twice. Those that specifiers take, and primitives, are the
 * message, as `util.format` writes it. Of the others an object literal gives its members as attributes, an Error is `err` (also one
 * that a specifier took, for its stack); what is left, or has a key that is taken, is in the list `args`. A message without text is
 * that of the Error.
 */
export function readConsoleCall(args: readonly unknown[], format: FormatArgs = formatArgs): ConsoleCall {
  const [first] = args;
  const taken = typeof first === "string" && args.length > 1 ? 1 + specifiedCount(first) : 0;
  const rest = args.slice(taken);
  const words = rest.filter((arg) => !isObject(arg));
  const objects = rest.filter(isObject);
  const attrs = new CallAttrs();
  for (const arg of args.slice(1, taken)) if (isError(arg)) attrs.add(arg);
  for (const arg of objects) attrs.add(arg);
  const message = writeMessage(args.slice(0, taken), words, objects.length > 0, format);
  return { message: message ?? fallback(args, attrs), attrs: attrs.finish() };
}

function isObject(arg: unknown): arg is object {
  return (typeof arg === "object" && arg !== null) || typeof arg === "function";
}

function writeMessage(start: readonly unknown[], words: readonly unknown[], isCut: boolean, format: FormatArgs): string | undefined {
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
  return String(resolve(first));
}

/** Gathers the attributes of one call. */
class CallAttrs {
  readonly #attrs: { [key: string]: unknown } = {};
  readonly #seen = new Set<unknown>();
  readonly #rest: unknown[] = [];

  has(value: unknown): boolean {
    return this.#seen.has(value);
  }

  add(value: object): void {
    this.#seen.add(value);
    if (isError(value)) this.#addError(value);
    else if (!this.#addMembers(value)) this.#rest.push(value);
  }

  addRest(value: unknown): void {
    this.#rest.push(value);
  }

  #addError(error: Error): void {
    if (Object.hasOwn(this.#attrs, "err")) this.#rest.push(error);
    else this.#attrs["err"] = error;
  }

  /** Takes the members of an object literal without reading them: a getter stays one, and its throwing costs only itself. */
  #addMembers(value: object): boolean {
    try {
      if (typeof value === "function" || !isObjectLiteral(value)) return false;
      const members = Object.getOwnPropertyDescriptors(value);
      if (Object.keys(members).some((key) => key === "args" || Object.hasOwn(this.#attrs, key))) return false;
      Object.defineProperties(this.#attrs, members);
      return true;
    } catch {
      // A proxy whose traps throw; as one value it is resolved behind a guard.
      return false;
    }
  }

  finish(): Attrs | undefined {
    if (this.#rest.length > 0) this.#attrs["args"] = this.#rest;
    return Object.keys(this.#attrs).length === 0 ? undefined : this.#attrs;
  }
}
