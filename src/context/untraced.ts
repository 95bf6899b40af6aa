import { activeContext, registeredApi, ROOT } from "./otel-api.ts";
import type { Context } from "@opentelemetry/api";

/** The key by which `suppressTracing()` of `@opentelemetry/core` is known to every copy of it. */
const SUPPRESS_TRACING = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

interface ContextManager {
  with?<T>(ctx: Context, run: () => T): T;
}

/** Tells whether what runs now is telemetry's own, as an SDK's exports are. */
export function isUntraced(): boolean {
  return activeContext().getValue(SUPPRESS_TRACING) === true;
}

/** Runs what makes requests of our own so that no instrumentation makes spans of them, and so that they hold no request's context. */
export function untraced<T>(run: () => T): T {
  const manager = registeredApi()?.context as ContextManager | undefined;
  return typeof manager?.with === "function" ? manager.with(ROOT.setValue(SUPPRESS_TRACING, true), run) : run();
}
