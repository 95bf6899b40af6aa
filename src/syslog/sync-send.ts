import { framed } from "./link.ts";
import { explained } from "./stream-link.ts";
import { syncWorker } from "./sync-worker.ts";
import type { MessagePort, Worker } from "node:worker_threads";
import type { SyncReply, SyncTarget, SyncWork } from "./sync-worker.ts";

/** Sends messages before it returns, within the time given. So many of them as `sent` says are out, and `problem` says why the others are not. */
export type SyncSend = (
  messages: readonly Uint8Array[],
  timeoutMs: number,
) => { readonly sent: number; readonly problem?: Error | undefined };

/**
 * Sends from a worker and waits for it, where no turn of the event loop comes any more. The worker is started when it is first needed, which takes 60 ms with its first connection, and
 * stays for what comes later in the exit event. It has the certificates that Node was started with (`NODE_EXTRA_CA_CERTS`, `--use-system-ca`), which a process
 * of its own would not have.
 */
export function workerSyncSend(target: SyncTarget): SyncSend {
  let running: Running | undefined;
  return (messages, timeoutMs) => {
    running ??= start(target);
    const { worker, state, replies } = running;
    const before = Atomics.load(state, 0);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's
    worker.postMessage(target.transport === "udp" ? messages : [framed(messages)]);
    if (Atomics.wait(state, 0, before, timeoutMs) === "timed-out") {
      void worker.terminate();
      running = undefined;
      return { sent: 0, problem: new Error(`no answer within ${Math.round(timeoutMs)} ms`) };
    }
    const { receiveMessageOnPort } = process.getBuiltinModule("node:worker_threads");
    const { problem, unauthorized } = (receiveMessageOnPort(replies) as { readonly message: SyncReply }).message;
    return problem === undefined ? { sent: messages.length } : { sent: 0, problem: explained(problem, unauthorized) };
  };
}

interface Running {
  readonly worker: Worker;
  /** Counts the answers, and is notified. */
  readonly state: Int32Array;
  readonly replies: MessagePort;
}

function start(target: SyncTarget): Running {
  const threads = process.getBuiltinModule("node:worker_threads");
  const state = new Int32Array(new SharedArrayBuffer(4));
  const { port1: replies, port2: reply } = new threads.MessageChannel();
  const workerData: SyncWork = { target, state, reply };
  // Nothing that the app preloads is to run in it, and nothing of its environment to change it.
  const settings = { eval: true, workerData, transferList: [reply], execArgv: [], env: {} };
  const worker = new threads.Worker(`(${syncWorker.toString()})()`, settings);
  worker.unref();
  replies.unref();
  return { worker, state, replies };
}
