import { isTooLong } from "./link.ts";
import type { OpenLink, Passed } from "./link.ts";
import type { LocalSocket } from "./local-socket.ts";
import type { SyncSend } from "./sync-send.ts";

/** How long to wait for a receiver that has no room: it takes its datagrams one by one, in microseconds. */
const FULL_MS = 5;
/** After so long without room the link fails, and is tried again as any other. */
const STUCK_MS = 2000;

/** Sends each message as a datagram to a local path. A socket is open within a call only: an open one keeps the process alive, and turns when it is full. */
export function localLink(path: string, open: () => LocalSocket): OpenLink {
  return (ready, failed) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const goOn = (messages: readonly Uint8Array[], passed: Passed, since: number): void => {
      const { sent, problem } = sendDatagrams(path, open, messages);
      const now = performance.now();
      if (sent > 0) passed(sent);
      if (sent === messages.length) return;
      if (problem !== undefined && isTooLong(problem)) {
        const rest = messages.slice(sent + 1);
        passed(1, problem);
        if (rest.length > 0) goOn(rest, passed, now);
      } else if (problem !== undefined) failed(problem);
      else if (sent === 0 && now - since > STUCK_MS) failed(new Error(`${path} has had no room for ${STUCK_MS} ms`));
      else {
        timer = setTimeout(goOn, FULL_MS, messages.slice(sent), passed, sent > 0 ? now : since);
        timer.unref();
      }
    };
    queueMicrotask(ready);
    return {
      send: (messages, passed) => goOn(messages, passed, performance.now()),
      close: () => clearTimeout(timer),
    };
  };
}

/** Sends datagrams before it returns; waits for room until the time is over. */
export function localSyncSend(path: string, open: () => LocalSocket): SyncSend {
  return (messages, timeoutMs) => {
    const until = performance.now() + timeoutMs;
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    let tooLong: Error | undefined;
    let sent = 0;
    for (let done = 0; ; Atomics.wait(sleeper, 0, 0, FULL_MS)) {
      const { sent: more, problem } = sendDatagrams(path, open, messages.slice(done));
      sent += more;
      done += more;
      if (problem !== undefined && !isTooLong(problem)) return { sent, problem };
      if (problem !== undefined) {
        tooLong = problem;
        done++;
      }
      if (done === messages.length) return { sent, problem: tooLong };
      if (performance.now() > until) return { sent, problem: new Error(`${path} has no room`) };
    }
  };
}

/** Sends until one fails, or there is no room, which is no problem. */
function sendDatagrams(
  path: string,
  open: () => LocalSocket,
  messages: readonly Uint8Array[],
): { sent: number; problem?: Error } {
  let socket: LocalSocket | undefined;
  let sent = 0;
  try {
    socket = open();
    for (const message of messages) {
      const result = sendOne(socket, path, message);
      if (result === "full") break;
      if (result !== "sent") return { sent, problem: result };
      sent++;
    }
    return { sent };
  } catch (error) {
    return { sent, problem: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    closeQuietly(socket);
  }
}

function closeQuietly(socket: LocalSocket | undefined): void {
  try {
    socket?.close();
  } catch {
    // Its datagrams have gone, or their error is known; there is nothing to do about a socket that does not close.
  }
}

function sendOne(socket: LocalSocket, path: string, message: Uint8Array): "sent" | "full" | Error {
  let result: "sent" | "full" | Error = "full";
  const done = (error?: Error | null): void => {
    result =
      error instanceof Error ? (isFull(error) ? "full" : new Error(`${path}: ${error.message}`, { cause: error })) : "sent";
  };
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  if ("sendTo" in socket) socket.sendTo(bytes, 0, bytes.length, path, done);
  else socket.sendto(bytes, 0, bytes.length, path, done);
  return result;
}

/** A package that does not wait for room itself gives the system's number, negative. */
function isFull({ errno = 0 }: NodeJS.ErrnoException): boolean {
  const { EAGAIN, ENOBUFS } = process.getBuiltinModule("node:os").constants.errno;
  return [EAGAIN, ENOBUFS].includes(Math.abs(errno));
}
