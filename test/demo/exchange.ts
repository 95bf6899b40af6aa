import { randomBytes } from "node:crypto";
import type { DemoRequest } from "./requests.ts";

/** Is a request that was sent and what came back. */
export interface Exchange {
  readonly request: DemoRequest;
  /** The trace that the client began and the gateway should have gone on with. */
  readonly traceId: string;
  readonly status: number;
  readonly answer: string;
  /** What the gateway says the request's trace is. */
  readonly serverTiming: string;
}

/**
 * Sends a request as a client does that traces itself: it begins the trace, so that what arrives can be checked against an id that
 * neither service made. It also sends baggage of its own, which the gateway must not trust.
 */
export async function exchange(url: string, request: DemoRequest, signal: AbortSignal): Promise<Exchange> {
  const traceId = randomBytes(16).toString("hex");
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01`,
      baggage: "tenant.id=forged,role=admin",
      "x-tenant-id": request.tenant,
      "x-user-id": request.user,
    },
    body: request.body,
    signal,
  });
  const answer = (await response.text()).trim();
  return { request, traceId, status: response.status, answer, serverTiming: response.headers.get("server-timing") ?? "" };
}

/** Gives the command that sends the like of a request. */
export function curl(url: string, { tenant, user, body }: DemoRequest): string {
  return `curl -X POST ${url} -H 'x-tenant-id: ${tenant}' -H 'x-user-id: ${user}' -d '${body}'`;
}
