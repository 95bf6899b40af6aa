import { choice, milliseconds } from "./check.ts";
import { nodeFs } from "../report/node-fs.ts";
import { parseHttpUrl } from "./environment.ts";
import { expected, show } from "../value/option.ts";
import { VERSION } from "./version.ts";
import type { Environment } from "./environment.ts";
import type { Headers, OtlpOptions } from "./options.ts";
import type { Target, Tls } from "./transport.ts";

const PREFIX = "OTEL_EXPORTER_OTLP_";
const COMPRESSIONS = ["none", "gzip"] as const;
const DEFAULT_URL = "http://localhost:4318/v1/logs";
/** What a header's name and value may hold; anything else would make each request fail. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Says where records are sent. Credentials in the address become a header, so that no message shows them. */
export function targetOf(options: OtlpOptions, env: Environment): Target {
  const url = urlOf(options, env);
  const credentials = credentialsOf(url);
  url.username = "";
  url.password = "";
  url.hash = "";
  const compression =
    choice(options.compression, COMPRESSIONS, "compression") ?? env.choice(COMPRESSIONS, ...both("COMPRESSION")) ?? "none";
  return {
    url,
    ...headersOf({ "user-agent": `OTel-OTLP-Exporter-correlog/${VERSION}`, ...credentials, ...envHeaders(env) }, options.headers),
    compression,
    timeoutMs: milliseconds(options.timeoutMs, "timeoutMs") ?? env.number(1, ...both("TIMEOUT")) ?? 10_000,
    connections: options.concurrency ?? 4,
    tls: tlsOf(options, env),
  };
}

function both(name: string): readonly string[] {
  return [`${PREFIX}LOGS_${name}`, `${PREFIX}${name}`];
}

function urlOf({ url, endpoint }: OtlpOptions, env: Environment): URL {
  if (url !== undefined && endpoint !== undefined) throw new TypeError("endpoint: expected either endpoint or url, got both");
  if (url !== undefined) return givenUrl(url, "url");
  if (endpoint !== undefined) return withPath(givenUrl(endpoint, "endpoint"));
  const own = env.url(`${PREFIX}LOGS_ENDPOINT`);
  if (own !== undefined) return own;
  const general = env.url(`${PREFIX}ENDPOINT`);
  return general === undefined ? new URL(DEFAULT_URL) : withPath(general);
}

function givenUrl(value: string | URL, option: string): URL {
  const text: unknown = typeof value === "string" ? value : value?.href;
  if (typeof text !== "string") throw new TypeError(expected(option, "an http or https URL", value));
  const url = parseHttpUrl(text);
  // The value is not said: it may hold a password.
  if (url === undefined)
    throw new TypeError(`${option}: expected an http or https URL, got something else (${text.length} characters)`);
  return url;
}

function withPath(base: URL): URL {
  const url = new URL(base);
  url.pathname += url.pathname.endsWith("/") ? "v1/logs" : "/v1/logs";
  return url;
}

function credentialsOf({ username, password }: URL): Headers {
  if (username === "" && password === "") return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}` };
}

function envHeaders(env: Environment): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of env.pairs(...both("HEADERS")) ?? []) {
    if (HEADER_NAME.test(name) && HEADER_VALUE.test(value)) headers[name.toLowerCase()] = value;
    else env.reject(`${PREFIX}HEADERS`, "names and values that a header may have");
  }
  return headers;
}

function headersOf(base: Headers, given: OtlpOptions["headers"]): Pick<Target, "headers" | "knownHeaders"> {
  if (typeof given !== "function") {
    const all = given === undefined ? base : { ...base, ...checked(given) };
    return { headers: () => all, knownHeaders: () => all };
  }
  let known = base;
  const headers = async (): Promise<Headers> => (known = { ...base, ...checked(await given()) });
  return { headers, knownHeaders: () => known };
}

function checked(given: unknown): Headers {
  // A list, a Map or a Headers has its members elsewhere: they would be left out.
  if (typeof given !== "object" || given === null || Symbol.iterator in given)
    throw new TypeError(expected("headers", "an object of strings", typeof given === "string" ? "a string" : given));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (!HEADER_NAME.test(name) || typeof value !== "string" || !HEADER_VALUE.test(value)) {
      throw new TypeError(`headers: expected strings that a header may have, got another value for ${JSON.stringify(name)}`);
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function tlsOf({ ca, cert, key }: OtlpOptions, env: Environment): Tls {
  return {
    ca: pem(ca, "ca") ?? envPem(env, "CERTIFICATE"),
    cert: pem(cert, "cert") ?? envPem(env, "CLIENT_CERTIFICATE"),
    key: pem(key, "key") ?? envPem(env, "CLIENT_KEY"),
  };
}

function pem(value: unknown, option: string): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? pemOf(value) : undefined;
  if (text !== undefined) return text;
  // It may be a key that lost its first line: what is longer than a path is not said.
  const shown = typeof value === "string" && value.length > 200 ? `a text of ${value.length} characters` : show(value);
  throw new TypeError(`${option}: expected PEM or a file of it, got ${shown}`);
}

function pemOf(value: string): string | undefined {
  return value.includes("-----BEGIN") ? value : readPem(value);
}

function envPem(env: Environment, name: string): string | undefined {
  for (const each of both(name)) {
    const file = env.text(each);
    if (file === undefined) continue;
    const text = readPem(file);
    if (text !== undefined) return text;
    env.reject(each, "a file of PEM that can be read");
  }
  return undefined;
}

function readPem(file: string): string | undefined {
  try {
    const text = nodeFs()?.readFileSync(file, "utf8");
    return text?.includes("-----BEGIN") === true ? text : undefined;
  } catch {
    // There is no such file; the caller says so.
    return undefined;
  }
}
