import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { decodeRequest, recordsOf } from "./protocol.ts";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { DecodedRecord, DecodedRequest } from "./protocol.ts";

/** Is a request as a receiver got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly request: DecodedRequest;
  readonly records: readonly DecodedRecord[];
  readonly at: number;
  /** The whole reply was written. */
  replied: boolean;
}

/** Says how a request is answered: with a status, with more, or not at all. */
export type Answer =
  | number
  | { status?: number; headers?: Record<string, string>; body?: Uint8Array | string; delayMs?: number; take?: boolean }
  | "reset"
  | "stall"
  | "lost";

/** Is an OTLP receiver of the tests, that fails as it is told. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Requests whose records count as taken. */
  readonly received: Received[];
  /** All requests, also those that failed. */
  readonly seen: Received[];
  /** Answers to come, one a request; then `fallback`. */
  readonly script: Answer[];
  fallback: Answer | ((received: Received) => Answer);
  /** The headers for which browsers asked whether they may send them, one text a preflight. */
  readonly preflights: string[];
  /** The headers that a page of another origin may send. */
  corsHeaders: string;
  messages(): string[];
  close(): Promise<void>;
  reopen(): Promise<void>;
}

export async function receiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const seen: Received[] = [];
  const script: Answer[] = [];
  let server: Server;
  const self = {
    url: "",
    port,
    received,
    seen,
    script,
    fallback: 200 as Receiver["fallback"],
    preflights: [] as string[],
    corsHeaders: "content-type",
    messages: () => received.flatMap(({ records }) => records.map(({ body }) => String(body))),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async reopen() {
      server = createServer((request, response) => void take(request, response));
      server.keepAliveTimeout = 60_000;
      await new Promise<void>((resolve, reject) => server.on("error", reject).listen(self.port, "127.0.0.1", resolve));
      self.port = (server.address() as AddressInfo).port;
      self.url = `http://127.0.0.1:${self.port}`;
    },
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { origin, "access-control-request-headers": asked = "" } = request.headers;
    if (origin !== undefined) response.setHeader("access-control-allow-origin", origin);
    if (request.method === "OPTIONS") {
      self.preflights.push(asked);
      response.writeHead(204, { "access-control-allow-headers": self.corsHeaders }).end();
      return;
    }
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      // The sender broke off; what came so far is no request.
      return;
    }
    const raw = Buffer.concat(parts);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const decoded = decodeRequest(body, request.headers["content-type"] ?? "");
    const each: Received = {
      path: request.url ?? "",
      headers: request.headers,
      request: decoded,
      records: recordsOf(decoded),
      at: Date.now(),
      replied: false,
    };
    seen.push(each);
    answer(self.script.shift() ?? (typeof self.fallback === "function" ? self.fallback(each) : self.fallback), each, response);
  };
  const answer = (how: Answer, each: Received, response: ServerResponse): void => {
    if (how === "stall") return;
    if (how === "reset") return void response.socket?.resetAndDestroy();
    if (how === "lost") {
      received.push(each);
      return void response.socket?.resetAndDestroy();
    }
    const {
      status = 200,
      headers = {},
      body = "",
      delayMs = 0,
      take: takes = status < 300,
    } = typeof how === "number" ? { status: how } : how;
    if (takes) received.push(each);
    response.on("finish", () => (each.replied = true));
    setTimeout(() => response.writeHead(status, headers).end(body), delayMs);
  };
  await self.reopen();
  return self;
}
