import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { readRecords, readSpans } from "./otlp-json.ts";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Telemetry } from "./telemetry.ts";

/** Is a running OTLP receiver. */
export interface Receiver {
  readonly url: string;
  close(): void;
}

/** Starts an OTLP receiver, HTTP with JSON, plain or gzip, at a port that the system chooses. */
export async function startReceiver(telemetry: Telemetry): Promise<Receiver> {
  const server = createServer(
    (request, response) =>
      void take(telemetry, request).then(
        (status) => response.writeHead(status, { "content-type": "application/json" }).end("{}"),
        // The specification's answer to what can never be read: the sender must not try again.
        (error: Error) => response.writeHead(400).end(JSON.stringify({ message: error.message })),
      ),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function take(telemetry: Telemetry, request: IncomingMessage): Promise<number> {
  const body = await buffer(request);
  if (request.headers["content-type"]?.startsWith("application/json") !== true) return 415;
  const json = JSON.parse((request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString());
  if (request.url === "/v1/traces") telemetry.addSpans(readSpans(json));
  else if (request.url === "/v1/logs") telemetry.addRecords(readRecords(json));
  else return 404;
  return 200;
}
