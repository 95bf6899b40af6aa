import { variable } from "../default/default-handler.ts";
import { registeredProvider } from "../otel/logger-provider.ts";
import { report } from "../report/report.ts";
import type { Environment } from "../default/default-handler.ts";
import type { Handler } from "../handler/handler.ts";

/**
 * Tells whether the environment asks for logs over OTLP: an endpoint is named, `OTEL_SDK_DISABLED` is not `true`, and
 * `OTEL_LOGS_EXPORTER`, where it is set, lists `otlp`.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function wantsOtlp(env: Environment): boolean {
  const endpoint = variable(env, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT") ?? variable(env, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined) return false;
  const isDisabled = variable(env, "OTEL_SDK_DISABLED")?.toLowerCase() === "true";
  const exporters = variable(env, "OTEL_LOGS_EXPORTER") ?? "otlp";
  return !isDisabled && exporters.split(",").some((name) => name.trim() === "otlp");
}

/**
 * Makes the branch of a fan-out that sends by OTLP as the environment says; none where it does not. The code for it is loaded only
 * then. What is wrong in the environment is reported, and the app starts without.
 */
export async function otlpBranches(env: Environment): Promise<readonly Handler[]> {
  if (!wantsOtlp(env)) return [];
  try {
    const { otlpHandler } = await import("../otlp/otlp-handler.ts");
    return [unlessProvided(otlpHandler())];
  } catch (error) {
    report("otlp", error);
    return [];
  }
}

/**
 * Lets a handler take records only while the app has no OpenTelemetry LoggerProvider: from the moment it registers one, that has them,
 * through the default handler's bridge, and the same record must not arrive twice. Where it goes from there is the app's own choice.
 */
export function unlessProvided(handler: Handler): Handler {
  return {
    threshold: handler.threshold,
    enabled: (level, ctx) => registeredProvider() === undefined && handler.enabled(level, ctx),
    handle: (record, ctx) => handler.handle(record, ctx),
    flush: async () => handler.flush?.(),
    shutdown: async () => handler.shutdown?.(),
  };
}
