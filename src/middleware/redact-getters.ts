import { logValue } from "../value/log-value.ts";
import { FOR_GOOD } from "./redact-rules.ts";
import type { Step } from "./redact-rules.ts";

/** By what V8 reads a stack; it is written at the first time. */
const STACK = Object.getOwnPropertyDescriptor(new Error("probe"), "stack");

/** Tells that reading a member of its own runs code. */
export function isGetter(from: object, key: string | number | symbol): boolean {
  return Object.getOwnPropertyDescriptor(from, key)?.get !== undefined;
}

/** Tells that reading an error's stack runs no code but V8's. */
export function isStackData(error: Error): boolean {
  const stack = Object.getOwnPropertyDescriptor(error, "stack");
  return stack?.get === undefined || stack.get === STACK?.get;
}

/** Tells that reading an error's type runs no code. */
export function isTypeData(error: Error): boolean {
  if (hasGetter(error, "name") || hasGetter(error, "constructor")) return false;
  const { constructor } = error;
  return typeof constructor === "function" && !hasGetter(constructor, "name");
}

/** Tells that reading a member runs code, its own or one that it inherits. */
function hasGetter(value: object, key: string | symbol): boolean {
  for (let from: object | null = value; from !== null; from = Object.getPrototypeOf(from) as object | null) {
    const own = Object.getOwnPropertyDescriptor(from, key);
    if (own !== undefined) return own.get !== undefined;
  }
  return false;
}

/** Tells a Proxy, where the runtime can: its traps are code too. */
export function isProxy(value: object): boolean {
  return (askProxy ??= findProxyTest())(value);
}

/** Found once: V8 would put all of `getBuiltinModule` into the loop that asks, and then no longer the loop's own functions. */
let askProxy: ((value: unknown) => boolean) | undefined;

function findProxyTest(): (value: unknown) => boolean {
  return globalThis.process?.getBuiltinModule?.("node:util").types.isProxy ?? (() => false);
}

/** Tells a member that is data and no rule's, for as long as its place is asked. */
export function isData(members: object, key: string, step: Step): boolean {
  if (!step.isClear) return false;
  if (isGetter(members, key) || isProxy(members)) {
    step.unasked = FOR_GOOD;
    return false;
  }
  if (step.unasked !== FOR_GOOD) step.unasked--;
  return true;
}

/** Tells a list whose items are all data, for as long as its place is asked. */
export function isDataList(list: readonly unknown[], step: Step): boolean {
  if (!isProxy(list) && !hasGetter(list, logValue) && list.every((_, i) => !isGetter(list, i))) return true;
  step.unasked = FOR_GOOD;
  return false;
}

/** Tells that no class and no method of its own stands between a built-in and its value. */
export function isBare(value: object): boolean {
  return Reflect.ownKeys(value).length === 0;
}

/** Tells an error of which reading runs no code, for as long as its place is asked. */
export function isDataError(error: Error, step: Step): boolean {
  if (!isProxy(error) && !hasGetter(error, logValue) && !hasGetter(error, "message") && isStackData(error)) return true;
  step.unasked = FOR_GOOD;
  return false;
}

/** Tells that what every error has is text, as nothing makes sure. */
export function hasTexts(error: Error): boolean {
  const { message, stack }: { readonly message: unknown; readonly stack?: unknown } = error;
  return typeof message === "string" && typeof stack === "string";
}
