import { fanout, jsonHandler, Logger, prettyHandler } from "../../src/index.ts";
import { spanEvents } from "../../src/otel/index.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import type { Handler } from "../../src/index.ts";

/** Counts the records that pass: a handler of one's own is two methods. */
class RecordCount implements Handler {
  records = 0;

  enabled(): boolean {
    return true;
  }

  handle(): void {
    this.records++;
  }
}

/** Is a service's logger and the count of what it logged. */
export interface Logging {
  readonly logger: Logger;
  readonly count: { readonly records: number };
}

/**
 * Makes a service's logger: every record goes to the console, to OTLP and, when it is an event, onto the span. Endpoint, protocol,
 * batching and resource come from the `OTEL_*` variables. It needs no OpenTelemetry SDK to be there first.
 *
 * Baggage is a client's input: only the two members that this system sets itself are taken.
 */
export function createLogging(name: string): Logging {
  const count = new RecordCount();
  const console = process.env["LOG_FORMAT"] === "pretty" ? prettyHandler() : jsonHandler();
  const handler = fanout(console, otlpHandler(), spanEvents({ mode: "bridge" }), count);
  const logger = new Logger(handler, { name, clock: preciseNow, baggage: { keys: ["tenant.id", "user.id"], prefix: "baggage." } });
  return { logger, count };
}

/** Gives the time with its fraction of a millisecond, so that records sort between spans that last less than one. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
