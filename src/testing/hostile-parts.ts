import { lazy, logValue } from "../value/log-value.ts";

/** Makes a function that throws an Error with this message. */
export function throwing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

/** Makes a function that throws what no Error is. */
export function throwingAnything(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

/** Makes an object with a getter beside a member that is well. */
export function beside(key: PropertyKey, get: () => unknown): object {
  return Object.defineProperty({ ok: "kept" }, key, { get, enumerable: true });
}

/** Names what can be done to an object, and so what a Proxy can throw at. */
export const TRAPS: readonly string[] = [
  "apply",
  "construct",
  "defineProperty",
  "deleteProperty",
  "get",
  "getOwnPropertyDescriptor",
  "getPrototypeOf",
  "has",
  "isExtensible",
  "ownKeys",
  "preventExtensions",
  "set",
  "setPrototypeOf",
];

/** Puts a Proxy before a value that throws whatever is done to it, or at what is named. */
export function throwingProxy<T extends object>(target: T, traps: readonly string[] = TRAPS): T {
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, throwing(`${trap} trap`)])));
}

/** Puts a Proxy before a value that was switched off. */
export function revokedProxy<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Makes an object that holds itself. */
export function circular(): unknown {
  const value: { ok: string; self?: unknown } = { ok: "kept" };
  value.self = value;
  return value;
}

export function circularArray(): unknown {
  const list: unknown[] = ["kept"];
  list.push(list);
  return list;
}

export function circularMap(): unknown {
  const map = new Map<string, unknown>([["k", "kept"]]);
  return map.set("self", map);
}

/** Makes a value that says it is itself. */
export function circularValue(): unknown {
  const value = { [logValue]: (): unknown => value };
  return value;
}

/** Makes an error that is the cause of its own cause. */
export function cyclicError(): Error {
  const error = new Error("round");
  error.cause = new Error("and", { cause: error });
  return error;
}

/** Makes an object whose `toJSON` gives another such, without end. */
export function endlessJson(): unknown {
  return { toJSON: endlessJson };
}

/** Makes a value that says it is another such, without end. */
export function endlessValue(): unknown {
  return lazy(endlessValue);
}

/** Nests a value in so many others, by default object literals. */
export function nest(depth: number, wrap: (inner: unknown) => unknown = (inner) => ({ n: inner })): unknown {
  let value: unknown = "innermost";
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

/** Evaluates an expression in another realm, where there is one to be had (in Node, Bun and Deno); elsewhere it gives the expression. */
export function foreign(expression: string): unknown {
  const vm = globalThis.process?.getBuiltinModule?.("node:vm");
  return vm === undefined ? expression : (vm.runInNewContext(expression) as unknown);
}
