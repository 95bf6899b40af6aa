import { OFF, parseLevel } from "../level/level.ts";
import { aFunction, expected, knownOptions, wholeNumber } from "./option.ts";
import type * as NodeCrypto from "node:crypto";
import type { Level, LevelInput } from "../level/level.ts";

/** Signs and verifies: at least 16 bytes, known to all services. The first of several signs, each verifies, so that one can be replaced. */
export type SigningKey = string | Uint8Array | readonly (string | Uint8Array)[];

/** Configures {@link signDebug}. */
export interface SignDebugOptions {
  /** The level that the token asks for. Default: `debug`. */
  readonly level?: LevelInput | undefined;
  /** Milliseconds from now for which it holds, rounded up to whole seconds. Default 600,000. */
  readonly forMs?: number | undefined;
  /** The one trace that it holds for. Default: any, so that whoever has the token can use it again until it ends. */
  readonly traceId?: string | undefined;
  /** Gives the time. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/** Is what a token says that verified. */
export interface DebugGrant {
  readonly level: Level;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly traceId: string | undefined;
}

/** Stands before what is signed, so that a signature made with the same key for another purpose verifies nothing here. */
const PURPOSE = "correlog debug v1:";
const TOKEN = /^(\d{1,2})\.(\d{1,11})\.([\da-f]{32}|-)\.([\w-]{43})$/;
/** A token with something around it verifies nothing, and is one for who takes that off. */
const SOME_TOKEN = /\d\.\d{1,11}\.([\da-f]{32}|-)\.[\w-]{43}/;
/** The last second that a token can name, in the year 5138. */
const LAST_SECOND = 99_999_999_999;

/**
 * Makes the value of the baggage member that lets debug records of one request through: level, end, and trace, with a signature
 * (HMAC-SHA256). It is a credential: give it to who may see debug records, and for as long as needed. Baggage goes along with outgoing requests, also to
 * services of others, where no propagator of the app's holds it back.
 *
 * @throws TypeError or RangeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { signDebug } from "correlog/middleware";
 *
 * const token = signDebug("a key of 16 bytes or more", { level: "debug", forMs: 60_000 });
 * // curl -H "baggage: correlog.debug=$token" https://shop.example/orders/17
 * console.assert(/^[\w.-]+$/.test(token));
 * ```
 */
export function signDebug(key: SigningKey, options: SignDebugOptions = {}): string {
  knownOptions("signDebug", options, ["level", "forMs", "traceId", "clock"]);
  const { level = "debug", forMs = 600_000, traceId, clock = Date.now } = options;
  if (traceId !== undefined && !(typeof traceId === "string" && /^(?!0{32})[\da-f]{32}$/.test(traceId)))
    throw new RangeError(expected("traceId", "32 hexadecimal digits in lower case, not all 0", traceId));
  const severity = parseLevel(level, "level");
  if (severity === OFF) throw new RangeError(expected("level", "a level that lets records through", level));
  const expires = Math.ceil((aFunction("clock", clock)() + wholeNumber("forMs", forMs)) / 1000);
  if (!(expires >= 0 && expires <= LAST_SECOND))
    throw new RangeError(expected("forMs", `an end until second ${LAST_SECOND} of the epoch`, forMs));
  const payload = `${severity}.${expires}.${traceId ?? "-"}`;
  return `${payload}.${new DebugVerifier(key).sign(payload)}`;
}

/** Tells a text that holds what may be a token. */
export function holdsToken(text: string): boolean {
  return SOME_TOKEN.test(text);
}

type Crypto = Pick<typeof NodeCrypto, "createHmac" | "timingSafeEqual">;

/** Verifies tokens by one set of keys. */
export class DebugVerifier {
  readonly #crypto: Crypto;
  readonly #keys: readonly (string | Uint8Array)[];

  /** @throws TypeError or RangeError when a key is none, or too short, or where there is no `node:crypto`. */
  constructor(key: SigningKey) {
    const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");
    if (crypto === undefined) throw new TypeError("key: expected a runtime with node:crypto");
    this.#crypto = crypto;
    const keys: unknown = typeof key === "string" || key instanceof Uint8Array ? [key] : key;
    if (!Array.isArray(keys) || keys.length === 0) throw new TypeError(expected("key", "a key or a list of keys", typeof key));
    this.#keys = keys.map(toKey);
  }

  sign(payload: string): string {
    return this.#hmac(this.#keys[0] ?? "", payload).toString("base64url");
  }

  /** Reads a token; undefined when it is none, or when its signature does not verify. Whether it has ended is the caller's to ask. */
  verify(token: string): DebugGrant | undefined {
    const [, level = "", expires = "", traceId = "", signature = ""] = TOKEN.exec(token) ?? [];
    if (signature === "") return undefined;
    const given = Buffer.from(signature, "base64url");
    const payload = token.slice(0, -signature.length - 1);
    const isSigned = this.#keys.some((key) => {
      const own = this.#hmac(key, payload);
      return own.length === given.length && this.#crypto.timingSafeEqual(own, given);
    });
    if (!isSigned) return undefined;
    return { level: Number(level), expires: Number(expires) * 1000, traceId: traceId === "-" ? undefined : traceId };
  }

  #hmac(key: string | Uint8Array, payload: string): Buffer {
    return this.#crypto.createHmac("sha256", key).update(`${PURPOSE}${payload}`).digest();
  }
}

/** Takes a copy of bytes: who made the key may wipe it. The key itself is never said. */
function toKey(key: unknown): string | Uint8Array {
  if (!(typeof key === "string" || key instanceof Uint8Array))
    throw new TypeError(expected("key", "a string or bytes", typeof key));
  const bytes = typeof key === "string" ? Buffer.byteLength(key) : key.length;
  if (bytes < 16) throw new RangeError(expected("key", "at least 16 bytes", bytes));
  return typeof key === "string" ? key : Uint8Array.from(key);
}
