import { escapeControls } from "../format/control-chars.ts";
import { textOf } from "../format/text.ts";
import { isPlainMap } from "../value/plain.ts";
import type { Plain, PlainMap } from "../value/plain.ts";

/** The names of a record's own params, at the root. */
const STAMPS: ReadonlySet<string> = new Set(["trace_id", "span_id", "trace_flags", "logger", "dropped_attributes_count", "cut"]);
/** What stands in a param as it is: a byte each. */
const PLAIN_VALUE = /^[ !#-[^-~]*$/;
const PLAIN_NAME = /^[!#-<>-\\^-~]{1,32}$/;

/** Names a member below a prefix, which is empty at the root: there a name of the record's own is moved, `attr.trace_id`. */
export function memberName(prefix: string, key: string): string {
  return prefix === "" && STAMPS.has(key) ? `attr.${key}` : prefix + key;
}

/** Writes how a param begins, up to its value: at most 32 characters of printable ASCII without `=`, space, `]` and `"` as its name. */
export function paramStart(name: string): string {
  const shown = PLAIN_NAME.test(name) ? name : name.replaceAll(/[^!-~]|[="\]]/g, "_").slice(0, 32) || "_";
  return ` ${shown}="`;
}

/** Writes the value of a param: controls are escaped, then what the standard wants escaped. */
export function paramValue(text: string): string {
  return PLAIN_VALUE.test(text) ? text : escapeControls(text.toWellFormed()).replaceAll(/["\\\]]/g, "\\$&");
}

/** Gives each param of some attributes: members of groups under dotted names. */
export function eachParam(attrs: PlainMap, prefix: string, put: (param: string) => void): void {
  for (const [key, value] of attrs) {
    const name = memberName(prefix, key);
    if (isPlainMap(value) && value.size > 0) eachParam(value, `${name}.`, put);
    else put(paramOf(name, value));
  }
}

/** Writes one param, a space before it. */
export function paramOf(name: string, value: Plain): string {
  return `${paramStart(name)}${paramValue(textOf(value))}"`;
}
