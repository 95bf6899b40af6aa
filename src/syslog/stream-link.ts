import { framed } from "./link.ts";
import { watchWrite } from "./stall.ts";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Failed, Link, OpenLink } from "./link.ts";
import type { SecureSettings } from "./secure.ts";

/** Says where a receiver of streams is. */
export type StreamTarget = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * How long a connection of TLS 1.3 waits for the receiver's ticket. There the receiver judges the client's certificate after the client has its
 * connection: what was sent before the refusal arrived would be lost. The ticket tells that it was accepted; a receiver need not send one.
 */
const ACCEPTED_MS = 500;

/** Opens a stream to a host or to a local socket; messages are framed by counting octets (RFC 6587, section 3.4.1). */
export function streamLink(target: StreamTarget, connectMs: number): OpenLink {
  return (ready, failed) => {
    const socket = process.getBuiltinModule("node:net").connect(target);
    const link = linkOver(socket, connectMs, (error, atEnd) => failed(explained(error), atEnd));
    socket.once("connect", () => {
      socket.setTimeout(0);
      ready();
    });
    return {
      ...link,
      sendNow(messages) {
        socket.write(framed(messages));
        return socket.writableLength === 0;
      },
    };
  };
}

/** Opens a stream through TLS (RFC 5425); nothing is sent before the receiver's certificate is accepted. */
export function tlsLink(
  target: { readonly host: string; readonly port: number },
  secure: SecureSettings,
  connectMs: number,
): OpenLink {
  return (ready, failed) => {
    const socket = process.getBuiltinModule("node:tls").connect({ ...target, ...secure });
    const isUnauthorized = (): boolean => secure.rejectUnauthorized && isRefused(socket);
    const link = linkOver(socket, connectMs, (error, atEnd) => failed(explained(error, isUnauthorized()), atEnd));
    socket.once("secureConnect", () => {
      socket.setTimeout(0);
      if (socket.getProtocol() !== "TLSv1.3") {
        ready();
        return;
      }
      const timer = setTimeout(ready, ACCEPTED_MS);
      timer.unref();
      socket.once("session", () => {
        clearTimeout(timer);
        // Not within: OpenSSL is reading then, and what is written meanwhile never leaves.
        setImmediate(ready);
      });
    });
    // What is written is encrypted within the call, but whether it is out is told a turn later: there is no `sendNow`.
    return link;
  };
}

/** Node has null there when the certificate was accepted, and nothing before it was read. */
function isRefused({ authorizationError }: TLSSocket): boolean {
  return Boolean(authorizationError);
}

function linkOver(socket: Socket, connectMs: number, failed: Failed): Link {
  socket.unref();
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  socket.setTimeout(connectMs, () => socket.destroy(new Error(`no connection within ${connectMs} ms`)));
  // A receiver says nothing; it is read so that its end is noticed.
  socket.resume();
  socket.on("end", () => failed(new Error("the receiver closed the connection")));
  socket.on("error", failed);
  socket.on("close", () => failed(new Error("the connection was closed")));
  return {
    send(messages, passed) {
      const ended = watchWrite(failed);
      socket.write(framed(messages), (error) => {
        ended();
        if (error instanceof Error) failed(error);
        else passed(messages.length);
      });
    },
    close: () => void socket.destroy(),
  };
}

/** Makes of an error of a stream's one that says what to do, where that is known. */
export function explained(error: StreamProblem, unauthorized = false): Error {
  const { code = "", message, reason = message } = error;
  if (code === "EPROTOTYPE")
    return new Error(`${message}: it is a datagram socket; use transport "unix-dgram" and the option socket`);
  // What OpenSSL says carries the id of a thread and a place in its source; its reason is the fact.
  if (code.startsWith("ERR_SSL_")) return new Error(`TLS: ${reason} (${code})`);
  if (unauthorized) return new Error(`the receiver's certificate is refused: ${message} (${code})`);
  return error instanceof Error ? error : new Error(message);
}

/** Is what is known of an error of a stream's, also when another thread had it. */
export interface StreamProblem {
  readonly code?: string;
  readonly message: string;
  /** What OpenSSL says, without where. */
  readonly reason?: string;
}
