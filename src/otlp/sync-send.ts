import { syncWorker } from "./sync-worker.ts";
import { concat } from "./wire.ts";
import type { SyncJob } from "./sync-worker.ts";
import type { OtlpReply, OtlpRequest, Target } from "./transport.ts";

/** The content types that make a difference to how a reply is read, by what stands in them. */
const CONTENT_TYPES = ["protobuf", "json"] as const;
/** What is kept of a reply is enough for its message; of very many replies it is less, so that all together are no more than this. */
const MOST_REPLY_BYTES = 4096;
const LEAST_REPLY_BYTES = 256;
const REPLIES_BYTES = 16_777_216;

/**
 * Sends requests and waits for the replies without a turn of the event loop: from a worker, 60 ms to its first request, for at most the
 * time given. Returns each one's last reply, without `Retry-After`, which was heeded; nothing where none came in time.
 */
export function syncSend(
  target: Target,
  secure: object,
  requests: readonly OtlpRequest[],
  timeoutMs: number,
): readonly (OtlpReply | undefined)[] {
  const { Worker } = globalThis.process.getBuiltinModule("node:worker_threads");
  const slot = Math.max(Math.min(MOST_REPLY_BYTES, Math.floor(REPLIES_BYTES / requests.length)), LEAST_REPLY_BYTES);
  const state = new Int32Array(new SharedArrayBuffer(4 * (3 * requests.length + 1)));
  const replies = new Uint8Array(new SharedArrayBuffer(slot * requests.length));
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
    contentTypes: CONTENT_TYPES,
    replies,
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
  return requests.map((_, i) => replyOf(state, replies, slot, i));
}

function replyOf(state: Int32Array, replies: Uint8Array, slot: number, i: number): OtlpReply | undefined {
  const status = Atomics.load(state, 1 + 3 * i);
  if (status <= 0) return undefined;
  const type = CONTENT_TYPES[Atomics.load(state, 2 + 3 * i)] ?? "";
  const length = Atomics.load(state, 3 + 3 * i);
  // A copy: a decoder takes no shared bytes.
  const body = replies.slice(i * slot, i * slot + length);
  return { status, contentType: type, retryAfter: undefined, body };
}
