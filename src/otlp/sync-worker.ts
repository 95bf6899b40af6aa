import type { IncomingMessage, RequestOptions } from "node:http";

/** Is what the worker is given. */
export interface SyncJob {
  readonly url: string;
  readonly options: RequestOptions;
  readonly gzip: boolean;
  readonly requests: readonly { readonly body: Uint8Array; readonly contentType: string }[];
  readonly concurrency: number;
  /** When there is no sense in another try, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly requestTimeoutMs: number;
  /** `[0]` counts what is settled and is notified; `[1 + i]` is the last status of request i, -1 for no reply, 0 for not yet. */
  readonly state: Int32Array;
}

/**
 * Sends requests from a worker while the thread that started it waits. It is handed over as its own source text, so that it needs no
 * file beside it and survives bundlers: it must not use anything from outside of itself.
 */
export function syncWorker(): void {
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const { url, options, gzip, requests, concurrency, deadline, requestTimeoutMs, state } = workerData as SyncJob;
  const secure = url.startsWith("https:");
  const { request, Agent } = (secure ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http")) as typeof import("node:http");
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let next = 0;

  const attempt = async (body: Uint8Array, contentType: string): Promise<number> =>
    new Promise((resolve) => {
      const headers = { ...(options.headers as object), "content-type": contentType, "content-length": String(body.length) };
      const sent = request(url, { ...options, agent, headers: gzip ? { ...headers, "content-encoding": "gzip" } : headers });
      const timeoutMs = Math.max(Math.min(requestTimeoutMs, deadline - Date.now()), 1);
      const timer = setTimeout(() => sent.destroy(new Error("timed out")), timeoutMs);
      const settle = (status: number): void => {
        clearTimeout(timer);
        resolve(status);
      };
      sent.on("error", () => settle(-1));
      sent.on("response", (response: IncomingMessage) => {
        response.resume();
        response.on("error", () => settle(-1));
        response.on("end", () => settle(response.statusCode ?? -1));
      });
      sent.end(body);
    });

  const run = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const { body = new Uint8Array(0), contentType = "" } = requests[i] ?? {};
      const bytes = gzip ? process.getBuiltinModule("node:zlib").gzipSync(body) : body;
      for (let pauseMs = 50; ; pauseMs *= 2) {
        const status = await attempt(bytes, contentType);
        Atomics.store(state, 1 + i, status);
        if (![-1, 429, 502, 503, 504].includes(status) || Date.now() + pauseMs >= deadline) break;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      Atomics.add(state, 0, 1);
      Atomics.notify(state, 0);
    }
  };

  for (let i = 0; i < concurrency; i++) void run();
}
