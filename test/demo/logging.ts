import { consoleHandler, fanout, Logger } from "../../src/index.ts";
import { spanEvents } from "../../src/otel/index.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { preciseNow } from "./precise-now.ts";
import type { OtlpHandler } from "../../src/otlp/index.ts";

/** Is a service's logger, and the part of it that can tell what it delivered. */
export interface Logging {
  readonly logger: Logger;
  readonly otlp: OtlpHandler;
}

/**
 * Makes a service's logger: every record goes to the console and to OTLP; an event goes onto its span as well, and an error is the
 * span's status. Endpoint, protocol, batching and resource come from the `OTEL_*` variables, the console's format from `LOG_FORMAT`.
 * It needs no OpenTelemetry SDK to be there first.
 *
 * Baggage may be a client's input: only the two members that this system sets itself are taken.
 */
export function createLogging(name: string): Logging {
  const otlp = otlpHandler();
  const spans = spanEvents({ mode: "bridge", status: "error", recordException: true });
  const baggage = { keys: ["tenant.id", "user.id"], prefix: "baggage." };
  const logger = new Logger(fanout(consoleHandler(), otlp, spans), { name, clock: preciseNow, baggage });
  return { logger, otlp };
}
