import { report } from "../report/report.ts";

/** Are environment variables; `process.env` fits. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads OpenTelemetry's variables as the specification has it: an empty one counts as not set, a bad one is reported and counts as not
 * set; of several names the first that is set wins. An environment that may not be read is reported, and counts as empty.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export class Environment {
  readonly #env: Env;
  #isRefused = false;

  constructor(env: Env) {
    this.#env = env;
  }

  text(...names: readonly string[]): string | undefined {
    return this.#read(names, (text) => text, "");
  }

  /** Reads a whole number from `least` up. */
  number(least: number, ...names: readonly string[]): number | undefined {
    const parse = (text: string): number | undefined => (/^\d+$/.test(text) && Number(text) >= least ? Number(text) : undefined);
    return this.#read(names, parse, `a whole number from ${least} up`);
  }

  choice<T extends string>(choices: readonly T[], ...names: readonly string[]): T | undefined {
    return this.#read(names, (text) => choices.find((choice) => choice === text.toLowerCase()), choices.join(" or "));
  }

  url(...names: readonly string[]): URL | undefined {
    return this.#read(names, parseHttpUrl, "an http or https URL");
  }

  /** Reads `key=value,key=value` with percent-encoded values; one bad pair discards all of it. */
  pairs(...names: readonly string[]): ReadonlyMap<string, string> | undefined {
    return this.#read(names, parsePairs, "key=value pairs, percent-encoded, with commas between them");
  }

  /** Is true for `true` in any case, and nothing else. */
  flag(name: string): boolean {
    return this.#get(name)?.toLowerCase() === "true";
  }

  /** Says that the value of a variable cannot be used. The value itself is not said: it may be a secret. */
  reject(name: string, expected: string): void {
    report(`otlp ${name}`, `expected ${expected}; the default is used`);
  }

  #get(name: string): string | undefined {
    if (this.#isRefused) return undefined;
    try {
      return this.#env[name]?.trim();
    } catch (error) {
      // Deno asks for a permission.
      this.#isRefused = true;
      report("otlp environment", error);
      return undefined;
    }
  }

  #read<T>(names: readonly string[], parse: (text: string) => T | undefined, expected: string): T | undefined {
    for (const name of names) {
      const text = this.#get(name);
      if (text === undefined || text === "") continue;
      const value = parse(text);
      if (value !== undefined) return value;
      this.reject(name, expected);
    }
    return undefined;
  }
}

/** Reads an http or https URL; nothing where it is none. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === "http:" || url?.protocol === "https:" ? url : undefined;
}

function parsePairs(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const pair of text.split(",")) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf("=");
    const key = decodePercent(pair.slice(0, Math.max(at, 0)).trim());
    const value = decodePercent(pair.slice(at + 1).trim());
    if (key === undefined || key === "" || value === undefined) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded as it should be; the caller says so.
    return undefined;
  }
}
