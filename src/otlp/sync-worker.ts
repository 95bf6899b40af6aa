import type http from "node:http";
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
 * file beside it and survives bundlers: it uses nothing from outside of itself, and its functions are methods, because around others
 * bundlers that keep names put a call to a helper of theirs.
 */
export function syncWorker(): void {
  const job = process.getBuiltinModule("node:worker_threads").workerData as SyncJob;
  const { url, options, requests, concurrency, deadline, state } = job;
  const module = url.startsWith("https:") ? "node:https" : "node:http";
  const { request, Agent } = process.getBuiltinModule(module) as unknown as typeof http;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const sender = {
    next: 0,
    async attempt(body: Uint8Array, contentType: string): Promise<number> {
      const encoding = job.gzip ? { "content-encoding": "gzip" } : {};
      const length = { "content-length": String(body.length) };
      const headers = { ...(options.headers as object), "content-type": contentType, ...length, ...encoding };
      const timeoutMs = Math.max(Math.min(job.requestTimeoutMs, deadline - Date.now()), 1);
      return new Promise((resolve) => {
        const sent = request(url, { ...options, agent, headers });
        const timer = setTimeout(() => sent.destroy(new Error("timed out")), timeoutMs);
        sent.on("close", () => clearTimeout(timer));
        sent.on("error", () => resolve(-1));
        sent.on("response", (response: IncomingMessage) => {
          response.resume();
          response.on("error", () => resolve(-1));
          response.on("end", () => resolve(response.statusCode ?? -1));
        });
        sent.end(body);
      });
    },
    async run(): Promise<void> {
      for (let i = this.next++; i < requests.length; i = this.next++) {
        const { body = new Uint8Array(0), contentType = "" } = requests[i] ?? {};
        const bytes = job.gzip ? process.getBuiltinModule("node:zlib").gzipSync(body, { level: 1 }) : body;
        for (let pauseMs = 50; ; pauseMs *= 2) {
          const status = await this.attempt(bytes, contentType);
          Atomics.store(state, 1 + i, status);
          if (![-1, 429, 502, 503, 504].includes(status) || Date.now() + pauseMs >= deadline) break;
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        Atomics.add(state, 0, 1);
        Atomics.notify(state, 0);
      }
    },
  };
  for (let i = 0; i < concurrency; i++) void sender.run();
}
