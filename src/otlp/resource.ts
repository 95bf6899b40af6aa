import { resolveGroup } from "../value/resolve.ts";
import { VERSION } from "./version.ts";
import type { PlainMap } from "../value/plain.ts";
import type { Environment } from "./environment.ts";

/**
 * Says of what the records are: what is given, before the environment, before what is known by itself (service name, process, host,
 * and that it was correlog).
 *
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */
export function resourceOf(given: Readonly<Record<string, unknown>> | undefined, env: Environment): PlainMap {
  const fromEnv = new Map<string, unknown>(env.pairs("OTEL_RESOURCE_ATTRIBUTES"));
  const service = env.text("OTEL_SERVICE_NAME");
  if (service !== undefined) fromEnv.set("service.name", service);
  // `{ "service.name": process.env.NAME }` with nothing in it must not take the default away.
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return resolveGroup({ ...defaults(), ...Object.fromEntries(fromEnv), ...Object.fromEntries(set) });
}

function defaults(): Readonly<Record<string, unknown>> {
  const { process } = globalThis;
  const sdk = { "telemetry.sdk.language": "nodejs", "telemetry.sdk.name": "correlog", "telemetry.sdk.version": VERSION };
  if (typeof process?.getBuiltinModule !== "function" || process.versions?.node === undefined) {
    return { "service.name": "unknown_service", ...sdk, "telemetry.sdk.language": "webjs" };
  }
  return {
    "service.name": `unknown_service:${process.argv0.split(/[/\\]/).at(-1) ?? "node"}`,
    ...sdk,
    "process.pid": process.pid,
    "process.runtime.name": runtimeName(process.versions),
    "process.runtime.version": process.versions["bun"] ?? process.versions["deno"] ?? process.versions.node,
    "host.name": hostName(),
  };
}

/** Names the host. 20 µs, once: node:os is loaded with Node itself. */
function hostName(): string | undefined {
  try {
    return process.getBuiltinModule("node:os").hostname();
  } catch {
    // Deno asks for a permission; the resource goes without.
    return undefined;
  }
}

function runtimeName(versions: NodeJS.ProcessVersions): string {
  if (versions["bun"] !== undefined) return "bun";
  return versions["deno"] === undefined ? "nodejs" : "deno";
}
