import { syncWorker } from "./sync-worker.ts";
import { concat } from "./wire.ts";
import type { SyncJob } from "./sync-worker.ts";
import type { OtlpRequest, Target } from "./transport.ts";

/**
 * Sends requests and waits for the replies without a turn of the event loop: from a worker, 60 ms to its first request, for at most the
 * time given. Returns each one's status, -1 where there was no reply, 0 where the time did not suffice.
 */
export function syncSend(target: Target, secure: object, requests: readonly OtlpRequest[], timeoutMs: number): readonly number[] {
  const { Worker } = globalThis.process.getBuiltinModule("node:worker_threads");
  const state = new Int32Array(new SharedArrayBuffer(4 * (requests.length + 1)));
  const deadline = Date.now() + timeoutMs;
  const job: SyncJob = {
    url: target.url.href,
    options: { method: "POST", headers: target.knownHeaders(), ...secure },
    gzip: target.compression === "gzip",
    requests: requests.map(({ body, contentType }) => ({ body: concat(body), contentType })),
    concurrency: target.connections,
    deadline,
    requestTimeoutMs: target.timeoutMs,
    state,
  };
  // Nothing that the app preloads is to run in it, and nothing of its environment to change it.
  const source = `(${syncWorker.toString()})()`;
  const worker = new Worker(source, { eval: true, workerData: job, execArgv: [], env: {} });
  for (let settled = 0; settled < requests.length; settled = Atomics.load(state, 0)) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) break;
    Atomics.wait(state, 0, settled, leftMs);
  }
  worker.unref();
  void worker.terminate();
  return requests.map((_, i) => Atomics.load(state, 1 + i));
}
