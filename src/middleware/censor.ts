import { report } from "../report/report.ts";
import { isPlainMap } from "../value/plain.ts";
import { REDACTED } from "../value/marker.ts";
import { resolve } from "../value/resolve.ts";
import { expected, knownOptions } from "./option.ts";
import { isSecret } from "../value/secret.ts";
import type { Plain } from "../value/plain.ts";

/**
 * Says what stands for what must not be seen: a text; what a function makes of it (`undefined` leaves the attribute out); or a keyed
 * hash, by which equal values can still be told to be equal, and which cannot be found by trying without the key.
 */
export type Censor = string | ((value: unknown, path: readonly string[]) => unknown) | { readonly hmacKey: string | Uint8Array };

/** Gives what stands for a value. It never throws. */
export type CensorFunction = (value: unknown, path: readonly string[]) => unknown;

/** How much of a hash is shown: 64 bits, in hexadecimal digits. */
const HASH_DIGITS = 16;

/** Reads a censor. @throws TypeError or RangeError when it is none. */
export function toCensor(censor: Censor | undefined = REDACTED): CensorFunction {
  if (typeof censor === "string") return () => censor;
  if (typeof censor === "function") return guarded(censor);
  knownOptions("censor", censor, ["hmacKey"]);
  return guarded(hashBy(censor.hmacKey));
}

function guarded(censor: CensorFunction): CensorFunction {
  return (value, path) => {
    try {
      return censor(isSecret(value) ? value.reveal() : value, path);
    } catch (error) {
      report("redact", error);
      return REDACTED;
    }
  };
}

function hashBy(key: unknown): CensorFunction {
  const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (crypto === undefined) throw new TypeError("censor.hmacKey: expected a runtime with node:crypto");
  if (!(typeof key === "string" || key instanceof Uint8Array) || key.length < 16) {
    throw new RangeError(
      expected("censor.hmacKey", "a string or bytes of at least 16", typeof key === "string" ? "a shorter one" : typeof key),
    );
  }
  // A caller may reuse, or wipe, its bytes.
  const own = typeof key === "string" ? key : key.slice();
  return (value) => `hmac:${crypto.createHmac("sha256", own).update(textOf(value)).digest("hex").slice(0, HASH_DIGITS)}`;
}

/** Gives what a censor said as a part of a text; nothing where it said `undefined` or `null`. */
export function censoredText(said: unknown): string {
  if (typeof said === "string") return said;
  const plain = resolve(said) ?? "";
  return typeof plain === "object" ? textOf(said) : String(plain);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(resolve(value) ?? null, (_, each: unknown) => toJson(each as Plain));
}

function toJson(value: Plain): unknown {
  if (typeof value === "bigint") return String(value);
  return isPlainMap(value) ? Object.fromEntries(value) : value;
}
