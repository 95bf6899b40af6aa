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
  /**
   * `[0]` counts what is settled and is notified. Three numbers a request follow: the last status, -1 for no reply and 0 for not yet; the
   * place of its content type in `contentTypes`; the length of its body.
   */
  readonly state: Int32Array;
  readonly contentTypes: readonly string[];
  /** The bodies of the replies, in one slot of equal size a request; what is longer is cut. */
  readonly replies: Uint8Array;
}

/**
 * Sends requests from a worker while the thread that started it waits. It is handed over as its own source text, so that it needs no
 * file beside it and survives bundlers: it uses nothing from outside of itself, and its functions are methods, because around others
 * bundlers that keep names put a call to a helper of theirs.
 */
export function syncWorker(): void {
  const job = process.getBuiltinModule("node:worker_threads").workerData as SyncJob;
  const { url, options, requests, concurrency, deadline, state, contentTypes, replies } = job;
  const slot = replies.length / requests.length;
  const module = url.startsWith("https:") ? "node:https" : "node:http";
  const { request, Agent } = process.getBuiltinModule(module) as unknown as typeof http;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const sender = {
    next: 0,
    /** Keeps what a reply says for the thread that waits. */
    keep(i: number, response: IncomingMessage, body: Uint8Array): void {
      const type = contentTypes.findIndex((each) => response.headers["content-type"]?.includes(each));
      const part = body.subarray(0, slot);
      replies.set(part, i * slot);
      Atomics.store(state, 2 + 3 * i, type);
      Atomics.store(state, 3 + 3 * i, part.length);
    },
    /** Gives the status and how long the receiver asks to be left alone. */
    async attempt(i: number, body: Uint8Array, contentType: string): Promise<readonly [status: number, askedMs: number]> {
      const encoding = job.gzip ? { "content-encoding": "gzip" } : {};
      const length = { "content-length": String(body.length) };
      const headers = { ...(options.headers as object), "content-type": contentType, ...length, ...encoding };
      const timeoutMs = Math.max(Math.min(job.requestTimeoutMs, deadline - Date.now()), 1);
      return new Promise((resolve) => {
        const sent = request(url, { ...options, agent, headers });
        const timer = setTimeout(() => sent.destroy(new Error("timed out")), timeoutMs);
        sent.on("close", () => clearTimeout(timer));
        sent.on("error", () => resolve([-1, 0]));
        sent.on("response", (response: IncomingMessage) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.length * 65_536 < 4_194_304 && parts.push(part));
          response.on("error", () => resolve([-1, 0]));
          response.on("end", () => {
            this.keep(i, response, Buffer.concat(parts));
            const after = response.headers["retry-after"] ?? "0";
            const askedMs = /^[\d.]+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
            resolve([response.statusCode ?? -1, askedMs > 0 ? askedMs : 0]);
          });
        });
        sent.end(body);
      });
    },
    async run(): Promise<void> {
      for (let i = this.next++; i < requests.length; i = this.next++) {
        const { body = new Uint8Array(0), contentType = "" } = requests[i] ?? {};
        const bytes = job.gzip ? process.getBuiltinModule("node:zlib").gzipSync(body, { level: 1 }) : body;
        for (let backoffMs = 50; ; backoffMs *= 2) {
          const [status, askedMs] = await this.attempt(i, bytes, contentType);
          Atomics.store(state, 1 + 3 * i, status);
          const pauseMs = Math.max(backoffMs, askedMs);
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
