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

/**
 * Tells whether a name that `for in` gave is the object's own. In this form V8 makes it part of the loop, where it costs nothing;
 * `Object.hasOwn` is a call of 6 ns a name, a look at the prototype before the loop 6 to 9 (Node 22 to 26).
 */
export function isOwn(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}
