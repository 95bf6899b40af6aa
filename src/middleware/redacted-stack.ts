import type { Plain, PlainMap } from "../value/plain.ts";

/** Takes what is censored of an error's message out of its stack, which begins with it. */
export function stackOf(error: PlainMap, copy: PlainMap): Plain {
  const message = error.get("message");
  const censored = copy.get("message");
  const stack = error.get("stack") ?? null;
  if (typeof stack !== "string" || Object.is(message, censored)) return stack;
  if (typeof message === "string" && message !== "" && stack.includes(message)) {
    return stack.replaceAll(message, () => (typeof censored === "string" ? censored : ""));
  }
  // It was changed after the stack was taken: of that only the frames are known to be harmless.
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}
