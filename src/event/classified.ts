import { isSecret, secret } from "../value/secret.ts";
import { isObjectLiteral } from "../value/classify.ts";
import { logValue } from "../value/log-value.ts";
import { EACH } from "./classification.ts";
import type { Others, Path } from "./classification.ts";

/**
 * Gives a copy of attributes in which the values at these places are secrets. Where a value on the way is not what the schema says, a text in place of
 * an object, it is a secret as a whole: what cannot be looked into is not shown.
 */
export function withSecrets(attrs: object, paths: readonly Path[]): { readonly [key: string]: unknown } {
  // Descriptors, not values: a getter that throws costs its own member, when the record is written.
  const own: { [name: string]: PropertyDescriptor } = Object.getOwnPropertyDescriptors(attrs);
  // What is frozen is so in the caller's object alone.
  for (const each of Object.values(own)) each.configurable = true;
  const copy: Record<string, unknown> = Object.defineProperties({}, own);
  for (const path of paths) {
    const [step = "", ...below] = path;
    for (const name of namesAt(copy, step))
      Object.defineProperty(copy, name, { ...OWN, value: hidden(valueOf(copy, name), below) });
    if (Object.hasOwn(copy, "")) Object.defineProperty(copy, "", { ...OWN, value: hiddenInline(valueOf(copy, ""), path) });
  }
  return copy;
}

function namesAt(members: object, step: string | Others): readonly string[] {
  if (typeof step === "string") return Object.hasOwn(members, step) ? [step] : [];
  return Object.keys(members).filter((name) => !step.except.includes(name));
}

/** A key named `__proto__` is one like any other. */
const OWN = { enumerable: true, configurable: true, writable: true };

function valueOf(attrs: { readonly [key: string]: unknown }, name: string): unknown {
  try {
    return attrs[name];
  } catch (error) {
    // Hidden like any other value: what it says may be about the value.
    return secret(error);
  }
}

function hidden(value: unknown, [name, ...below]: Path): unknown {
  if (value === undefined || value === null) return value;
  if (name === undefined) return isSecret(value) ? value : secret(value);
  if (name === EACH) return Array.isArray(value) ? itemsOf(value).map((item) => hidden(item, below)) : secret(value);
  if (Array.isArray(value) && typeof name === "string" && /^\d+$/.test(name))
    return itemsOf(value).map((item, index) => (String(index) === name ? hidden(item, below) : item));
  if (typeof value !== "object" || Array.isArray(value)) return secret(value);
  return isObjectLiteral(value) && !saysItself(value) ? withSecrets(value, [[name, ...below]]) : secret(value);
}

/** Hides in a group without a name, whose members stand where it stands. Any other value without a name is a member that no schema has. */
function hiddenInline(value: unknown, path: Path): unknown {
  if (typeof value !== "object" || value === null || isSecret(value)) return value;
  if (saysItself(value)) return secret(value);
  return isObjectLiteral(value) ? withSecrets(value, [path]) : value;
}

/** Tells a value that is logged as what it says, which is not known yet. */
function saysItself(value: object): boolean {
  return logValue in value || "toJSON" in value;
}

/** Reads a list without methods of its own. */
function itemsOf(list: readonly unknown[]): unknown[] {
  return Array.from({ length: list.length }, (_, index) => list[index]);
}
