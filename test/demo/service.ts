import { createServer } from "node:http";
import { context, trace } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import { createLogging } from "./logging.ts";
import { startTracing } from "./tracing.ts";
import type { AddressInfo } from "node:net";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../../src/index.ts";
import type { FromService, ToService } from "./messages.ts";
import type { Logging } from "./logging.ts";
import type { Tracing } from "./tracing.ts";

/** Is a request handler's answer, sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown };
}

/** Answers the requests of one route; background work that it leaves behind is waited for by `idle`. */
export interface Route {
  readonly path: string;
  handle(request: IncomingMessage): Promise<Answer>;
  idle?(): Promise<void>;
  close?(): void;
}

/**
 * Runs one service in this process: its logger, the OpenTelemetry SDK, a server at a port that the system chooses, and a clean end
 * at SIGINT, SIGTERM or when the parent is gone.
 */
export function runService(name: string, createRoute: (logger: Logger) => Route): void {
  // The logger comes first, on purpose: it stamps what the SDK will know, not what the SDK knew when the logger was made.
  const logging = createLogging(name);
  const tracing = startTracing();
  const route = createRoute(logging.logger);
  const server = createServer((request, response) => void answer(route, request, response));

  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeIdleConnections();
    });
    await drain(route, logging, tracing);
    // What could not be delivered was told above.
    await Promise.allSettled([logging.logger.shutdown(), tracing.shutdown()]);
    route.close?.();
    if (process.connected) process.disconnect();
  };
  const endOnce = (): void => void (ending ??= end());
  // Ctrl-C reaches the whole group, and the parent may ask as well: the second time changes nothing.
  process.on("SIGINT", endOnce).on("SIGTERM", endOnce).on("disconnect", endOnce);
  process.on("message", (message: ToService) => {
    if (message === "end") endOnce();
    else void drain(route, logging, tracing);
  });
  server.listen(0, "127.0.0.1", () => tell({ kind: "listening", port: (server.address() as AddressInfo).port }));
}

async function answer(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const rpc = getRPCMetadata(context.active());
  const found = request.method === "POST" && request.url === route.path;
  // The instrumentation names the server's span by it: `POST /kv`.
  if (found && rpc !== undefined) rpc.route = route.path;
  const { status, body } = found ? await route.handle(request) : { status: 404, body: { error: `POST ${route.path}` } };
  response.writeHead(status, { "content-type": "application/json", ...serverTiming() });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Tells the client the trace of its request, in the header that browsers and load testers read. */
function serverTiming(): { readonly "server-timing"?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined) return {};
  const flags = span.traceFlags.toString(16).padStart(2, "0");
  return { "server-timing": `traceparent;desc="00-${span.traceId}-${span.spanId}-${flags}"` };
}

/** Delivers all that is there, background work included, and tells the parent how much it was. */
async function drain(route: Route, { logger, otlp }: Logging, tracing: Tracing): Promise<void> {
  await route.idle?.();
  const [flushed] = await Promise.allSettled([logger.flush(), tracing.flush()]);
  const { spans, failed } = tracing.count;
  const problems = [
    ...(flushed.status === "rejected" ? [`records: ${(flushed.reason as Error).message}`] : []),
    ...(failed > 0 ? [`${failed} spans were not delivered`] : []),
  ];
  tell({ kind: "flushed", records: otlp.stats().delivered, spans, problems });
}

function tell(message: FromService): void {
  if (process.connected) process.send?.(message);
}
