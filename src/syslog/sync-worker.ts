import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { MessagePort } from "node:worker_threads";
import type { StreamProblem } from "./stream-link.ts";

/** Is what the worker is given when it starts. */
export interface SyncTarget {
  readonly transport: "udp" | "stream" | "tls";
  /** Is given to `connect` of `node:net` or `node:tls` as it is. */
  readonly place: {
    readonly host?: string;
    readonly port?: number;
    readonly path?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

/** Is the worker's data: `state[0]` counts its answers and is notified; they come by `reply`. */
export interface SyncWork {
  readonly target: SyncTarget;
  readonly state: Int32Array;
  readonly reply: MessagePort;
}

/** Is what the worker answers for a batch: why it is not out, if it is not. */
export interface SyncReply {
  readonly problem?: StreamProblem;
  /** Whether it is the receiver's certificate that was refused. */
  readonly unauthorized?: boolean;
}

/**
 * Sends batches from a worker while the thread that started it waits; a connection is for one batch, because it is ended in order: what an
 * unread answer of the receiver's meets at a closed socket takes the rest of the batch with it. It is handed over as its own source text, so that
 * it needs no file beside it and survives bundlers: it uses nothing from outside of itself, and its functions are methods, because around
 * others bundlers that keep names put a call to a helper of theirs.
 */
export function syncWorker(): void {
  const threads = process.getBuiltinModule("node:worker_threads");
  const { target, state, reply } = threads.workerData as SyncWork;
  const { transport, place } = target;
  const sender = {
    settle(answer: SyncReply): void {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's
      reply.postMessage(answer);
      Atomics.add(state, 0, 1);
      Atomics.notify(state, 0);
    },
    datagrams(messages: readonly Uint8Array[]): void {
      const { host = "", port = 0 } = place;
      const socket = process.getBuiltinModule("node:dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
      let left = messages.length;
      let answer: SyncReply = {};
      socket.on("close", () => this.settle(answer));
      for (const message of messages) {
        socket.send(message, port, host, (error) => {
          if (error !== null) answer = { problem: { message: error.message } };
          if (--left === 0) socket.close();
        });
      }
    },
    stream(bytes: Uint8Array): void {
      const isTls = transport === "tls";
      const socket: Socket = isTls
        ? process.getBuiltinModule("node:tls").connect(place as object)
        : process.getBuiltinModule("node:net").connect(place as { path: string });
      let answer: SyncReply = { problem: { message: "the connection was closed" } };
      // Not before: what is written earlier may be encrypted before the certificate is judged.
      socket.on(isTls ? "secureConnect" : "connect", () => socket.end(bytes));
      socket.on("finish", () => {
        answer = {};
        // By TLS a receiver may still refuse the client, which its end tells; not every one ends then.
        if (isTls) setTimeout(() => socket.destroy(), 250);
        else socket.destroy();
      });
      socket.on("error", ({ code = "", message, reason = message }: StreamProblem) => {
        // It is also set where any certificate is taken.
        const unauthorized = place.rejectUnauthorized === true && Boolean((socket as Partial<TLSSocket>).authorizationError);
        answer = { problem: { code, message, reason }, unauthorized };
      });
      socket.on("close", () => this.settle(answer));
      socket.resume();
    },
  };
  threads.parentPort?.on("message", (messages: readonly Uint8Array[]) => {
    if (transport === "udp") sender.datagrams(messages);
    else for (const bytes of messages) sender.stream(bytes);
  });
}
