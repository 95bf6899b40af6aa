import { tagOf } from "./classify.ts";
import { cutString, wellFormed } from "./cut-string.ts";

/** Stands for a value that must not be seen. */
export const REDACTED = "[Redacted]";

/** Says why a value could not be read, whatever was thrown. */
export function thrown(error: unknown): string {
  let text = "[Throws]";
  try {
    text = `[Throws: ${cutString(error instanceof Error ? error.message : String(error), 200)}]`;
    return wellFormed(text);
  } catch {
    // What was thrown throws itself when it is read, or the stack is at its end: then what is known so far.
    return text;
  }
}

/** Reads a member that may be a getter's: where it throws, the marker that says why. */
export function readMember(from: { readonly [key: string]: unknown }, key: string): unknown {
  try {
    return from[key];
  } catch (error) {
    return thrown(error);
  }
}

/** Says that a function or a class stood there, by its name. It is not called. */
export function describeFunction(value: (...args: never) => unknown): string {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  return `[${isClass ? "Class" : "Function"}: ${String(value.name) || "anonymous"}]`;
}

/** Gives the text that an instance without fields makes of itself, or says its class. */
export function describeInstance(value: object): string {
  const text: unknown = (value as { toString?: unknown }).toString;
  if (typeof text === "function" && text !== Object.prototype.toString) return String(Reflect.apply(text, value, []));
  const name: unknown = value.constructor?.name;
  return `[${typeof name === "string" && name !== "" ? name : tagOf(value).slice(8, -1)}]`;
}
