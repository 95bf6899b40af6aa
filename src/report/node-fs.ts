import type fs from "node:fs";

/** Gives Node's own module, also of Bun and Deno; undefined where there are no files. */
export function nodeFs(): typeof fs | undefined {
  try {
    return globalThis.process?.getBuiltinModule?.("node:fs");
  } catch {
    // Next's edge runtime has the function, which throws there.
    return undefined;
  }
}
