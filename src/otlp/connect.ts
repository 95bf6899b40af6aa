import { FetchTransport } from "./fetch-transport.ts";
import { HttpTransport } from "./http-transport.ts";
import { isWorkerd } from "./runtime.ts";
import type { OtlpOptions } from "./options.ts";
import type { Target, Transport } from "./transport.ts";

/** Chooses how to send: what the options give, else node:http where there is one, else `fetch`. */
export function transportOf({ transport, fetch }: OtlpOptions, target: Target): Transport {
  if (transport !== undefined) return transport;
  if (fetch !== undefined) return new FetchTransport(target, fetch);
  if (hasNodeHttp()) return new HttpTransport(target);
  return new FetchTransport(target, (url, init) => globalThis.fetch(url, init));
}

/** Tells whether requests can be made by node:http: not in a browser, and not in workerd, whose node:http is a fetch inside. */
function hasNodeHttp(): boolean {
  return (
    !isWorkerd() && typeof globalThis.process?.getBuiltinModule === "function" && globalThis.process.versions?.node !== undefined
  );
}
