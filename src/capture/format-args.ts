import { resolve } from "../value/resolve.ts";
import { isPlainMap } from "../value/plain.ts";
import type { Plain } from "../value/plain.ts";

/** Writes a console call's arguments as text, as `util.format` does. It throws where a value throws. */
export type FormatArgs = (...args: readonly unknown[]) => string;

/** Gives `util.format` where there is one, else {@link formatPortable}. */
export function formatArgs(...args: readonly unknown[]): string {
  const util = globalThis.process?.getBuiltinModule?.("node:util");
  return util === undefined ? formatPortable(...args) : util.format(...args);
}

/**
 * Does what `util.format` does, in any runtime: the same text for every specifier and primitive; an object that is written into the
 * text is JSON-like instead of `util.inspect`'s.
 *
 * @see https://nodejs.org/api/util.html#utilformatformat-args
 */
export function formatPortable(...args: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== "string") return args.map(word).join(" ");
  if (rest.length === 0) return first;
  let used = 0;
  const text = first.replaceAll(SPECIFIERS, (specifier) => {
    if (specifier === "%%") return "%";
    return used < rest.length ? specified(specifier, rest[used++]) : specifier;
  });
  return [text, ...rest.slice(used).map(word)].join(" ");
}

function word(arg: unknown): string {
  return typeof arg === "string" ? arg : inspect(arg);
}

const SPECIFIERS = /%[%sdifjoOc]/g;

/** Counts the arguments behind a format string that its specifiers take. */
export function specifiedCount(format: string): number {
  return format.match(SPECIFIERS)?.filter((specifier) => specifier !== "%%").length ?? 0;
}

function specified(specifier: string, arg: unknown): string {
  switch (specifier) {
    case "%s":
      return asString(arg);
    case "%d":
      return typeof arg === "bigint" ? `${arg}n` : typeof arg === "symbol" ? "NaN" : number(Number(arg));
    case "%i":
      return typeof arg === "bigint" ? `${arg}n` : typeof arg === "symbol" ? "NaN" : number(Number.parseInt(String(arg), 10));
    case "%f":
      return typeof arg === "symbol" ? "NaN" : number(Number.parseFloat(String(arg)));
    case "%j":
      return asJson(arg);
    case "%c":
      return "";
    default:
      return inspect(arg);
  }
}

function asString(arg: unknown): string {
  if (typeof arg === "number" || typeof arg === "bigint") return inspect(arg);
  if (typeof arg !== "object" || arg === null) return String(arg);
  const own: unknown = (arg as { toString?: unknown }).toString;
  const isOwn = typeof own === "function" && !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(own));
  return isOwn ? String(arg) : inspect(arg);
}

function asJson(arg: unknown): string {
  try {
    return String(JSON.stringify(arg));
  } catch (error) {
    if (error instanceof TypeError && /circular|cyclic/i.test(error.message)) return "[Circular]";
    throw error;
  }
}

function number(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function inspect(arg: unknown): string {
  if (typeof arg === "string") return quoted(arg);
  if (typeof arg === "number") return number(arg);
  if (typeof arg === "bigint") return `${arg}n`;
  if (arg === null || typeof arg !== "object") return typeof arg === "function" ? String(resolve(arg)) : String(arg);
  const plain = resolve(arg) ?? new Map();
  // A date, a URL or a marker, which `util.inspect` does not quote either.
  return typeof plain === "string" ? plain : inspectPlain(plain);
}

function inspectPlain(plain: Plain): string {
  if (plain instanceof Uint8Array) return `<${plain.length} bytes>`;
  if (isPlainMap(plain))
    return plain.size === 0 ? "{}" : `{ ${Array.from(plain, ([key, value]) => `${key}: ${inspectPlain(value)}`).join(", ")} }`;
  if (Array.isArray(plain)) return plain.length === 0 ? "[]" : `[ ${(plain as readonly Plain[]).map(inspectPlain).join(", ")} ]`;
  return inspect(plain);
}

/** Quotes as `util.inspect` does: with the first of `'`, `"` and `` ` `` that does not stand in the text. */
function quoted(text: string): string {
  const mark = ["'", '"', "`"].find((each) => !text.includes(each) && !(each === "`" && text.includes("${"))) ?? "'";
  const escaped = text.toWellFormed().replaceAll(mark === "'" ? /['\\]/g : /\\/g, "\\$&");
  return `${mark}${escaped.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, escapeControl)}${mark}`;
}

function escapeControl(char: string): string {
  const short = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" }[char];
  return short ?? `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
