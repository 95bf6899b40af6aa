import { expected } from "../value/option.ts";

/** Puts a name below another: `http.client`. */
export function joinNames(outer: string, inner: string | undefined): string {
  if (inner === undefined || inner === "") return outer;
  return outer === "" ? inner : `${outer}.${inner}`;
}

/** Reads the option. @throws TypeError when it is no string. */
export function readName(name: unknown): string {
  if (typeof name === "string") return name;
  throw new TypeError(expected("name", "a string", name));
}
