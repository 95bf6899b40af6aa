import { itemOf } from "./collections.ts";
import { putMember } from "./members.ts";
import { PlainError } from "./plain.ts";
import type { Walk } from "./walk.ts";

/** Resolves an error: its type, what every error may have, then its own fields. */
export function plainError(walk: Walk, error: Error, depth: number): PlainError {
  const plain = new PlainError();
  plain.set("type", walk.room.text(errorType(error)));
  for (const key of ["message", "stack", "code", "cause", "errors"]) {
    if (key in error) putMember(walk, plain, key, error, depth);
  }
  putOwn(walk, plain, error, depth);
  return plain;
}

/** Puts an error's own fields behind those that every error has; a field of its own named `type` stays visible. */
function putOwn(walk: Walk, plain: PlainError, error: Error, depth: number): void {
  for (const key of Object.keys(error)) {
    if (key === "type") plain.set("attr.type", itemOf(walk, error, key, depth));
    else if (!plain.has(key) && !(key === "name" && hasTextName(error))) putMember(walk, plain, key, error, depth);
  }
}

/** Names the class of an error: its `name` where somebody chose one, else its constructor's. */
export function errorType(error: Error): string {
  try {
    const name: unknown = error.name;
    if (typeof name === "string" && name !== "" && name !== "Error") return name;
    const constructor: unknown = error.constructor?.name;
    return typeof constructor === "string" && constructor !== "" ? constructor : "Error";
  } catch {
    // A getter of the error throws; that it is one is all that is known.
    return "Error";
  }
}

/** Tells that the name of an error is text, which its type stands for. */
function hasTextName(error: Error): boolean {
  try {
    return typeof error.name === "string";
  } catch {
    // The getter throws; the member will say so.
    return false;
  }
}
