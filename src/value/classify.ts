/** Tells an object literal, also one without a prototype or of another realm, from an instance of a class. */
export function isObjectLiteral(value: object): boolean {
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    // One step above an Object.prototype, of whichever realm, there is nothing.
    return (
      prototype === null || prototype === Object.prototype || (Object.getPrototypeOf(prototype) === null && !Array.isArray(value))
    );
  } catch {
    // A Proxy may throw at any question. It is then no literal, and `resolve` says what it threw.
    return false;
  }
}

/** Tells an Error, also of another realm (a `vm` context, an iframe). */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || (typeof value === "object" && value !== null && tagOf(value) === "[object Error]");
  } catch {
    // As above.
    return false;
  }
}

/** Names the built-in class of an object in the way that holds across realms: `[object Map]`. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}
