import { cutString } from "../value/cut-string.ts";
import { resolve } from "../value/resolve.ts";

/** The longest, in UTF-16 code units; the whole of it is the error's, which is logged beside it. */
const LONGEST = 1000;

/** Gives the message of a record that was given an error for one; empty where the error's is no text. It never throws. */
export function errorMessage(error: Error): string {
  const plain = resolve(messageOf(error));
  return typeof plain === "string" ? cutErrorMessage(plain) : "";
}

/** Cuts what an error says to what a record has of it, 1000 UTF-16 code units and how much more there is. */
export function cutErrorMessage(text: string): string {
  return cutString(text, LONGEST);
}

/** Reads the message behind the same guard as any value: a getter of an Error may throw too. */
function messageOf(error: Error): unknown {
  try {
    return error.message;
  } catch {
    return "[Throws]";
  }
}
