import { report } from "../report/report.ts";
import { resolveGroup } from "../value/resolve.ts";
import { toAnyValue } from "./any-value.ts";
import { expected } from "../value/option.ts";
import type { Attrs } from "../record/attrs.ts";
import type { AnyValueMap } from "./any-value.ts";

/** Is what an exporter reads of the SDK's Resource. */
export interface OtelResource {
  readonly attributes: AnyValueMap;
  readonly schemaUrl?: string;
  readonly asyncAttributesPending?: boolean;
  waitForAsyncAttributes?(): Promise<void>;
}

/** Is a Resource of either SDK generation, or the attributes of one. */
export type ResourceInput = { readonly attributes: object; readonly schemaUrl?: string | undefined } | Attrs;

/**
 * Reads the option; without it the resource is what `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` say, the latter first.
 *
 * @throws TypeError when it is no object.
 */
export function readResource(input: ResourceInput | undefined, env: Env = environment()): OtelResource {
  if (input === undefined) return { attributes: fromEnv(env) };
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new TypeError(expected("resource", "a Resource or an object of attributes", input));
  }
  // A Resource is kept as it is: exporters group by its identity, and its attributes may still be on their way.
  if (typeof input["attributes"] === "object" && input["attributes"] !== null) return input as OtelResource;
  const attributes = toAnyValue(resolveGroup(input));
  return { attributes: attributes as AnyValueMap };
}

type Env = { readonly [name: string]: string | undefined };

function environment(): Env {
  return globalThis.process?.env ?? {};
}

/** Gives a variable as it is; one that may not be read, as in Deno without a permission, is reported and counts as not set. */
function variable(env: Env, name: string): string | undefined {
  try {
    return env[name];
  } catch (error) {
    report(name, error);
    return undefined;
  }
}

function fromEnv(env: Env): AnyValueMap {
  const attributes: AnyValueMap = { "service.name": "unknown_service" };
  for (const pair of (variable(env, "OTEL_RESOURCE_ATTRIBUTES") ?? "").split(",")) {
    const at = pair.indexOf("=");
    const key = pair.slice(0, at).trim();
    if (at > 0 && key !== "" && key !== "__proto__") attributes[key] = decode(pair.slice(at + 1).trim());
  }
  const service = variable(env, "OTEL_SERVICE_NAME");
  if (service !== undefined && service !== "") attributes["service.name"] = service;
  return attributes;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that escapes nothing: the text is meant as it stands.
    return text;
  }
}
