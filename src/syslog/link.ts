import { writeInteger } from "../format/json-digits.ts";
import type { LookupAddress } from "node:dns";

const SPACE = 32;

/** Hears how many more messages are done with: the system has them, which is all that syslog ever learns, or `lost` says why it never takes them. */
export type Passed = (count: number, lost?: Error) => void;

/** Is a way to a receiver, of one try: when it fails it is closed, and another one is opened. */
export interface Link {
  /** Passes messages on, in their order. */
  send(messages: readonly Uint8Array[], passed: Passed): void;
  /**
   * Passes messages on within the call, for the end of the process. Absent where they cannot be passed on so.
   *
   * @returns whether the system has them, and all that was sent before.
   */
  sendNow?(messages: readonly Uint8Array[]): boolean;
  close(): void;
}

/** Hears why a link takes no more messages; `atEnd` says that the end of the process has been held up for it. */
export type Failed = (error: Error, atEnd?: boolean) => void;

/** Opens a link; calls `ready` when it takes messages, and `failed` when it does not any more. */
export type OpenLink = (ready: () => void, failed: Failed) => Link;

/**
 * Opens a datagram socket; each message is one datagram (RFC 5426). A name is looked up once a link, see {@link addressOf}. It is connected, so that a
 * datagram leaves within the call, also in the exit event. What the network or the receiver loses nobody learns.
 */
export function udpLink(host: string, port: number): OpenLink {
  return (ready, failed) => {
    const { isIP, isIPv6 } = process.getBuiltinModule("node:net");
    const dgram = process.getBuiltinModule("node:dgram");
    let socket: ReturnType<typeof dgram.createSocket> | undefined;
    let closed = false;
    const open = (address: string): void => {
      if (closed) return;
      socket = dgram.createSocket(isIPv6(address) ? "udp6" : "udp4");
      socket.unref();
      socket.on("error", failed);
      // Also called with an error, which its type does not say.
      socket.connect(port, address, (error?: Error | null) => {
        if (error instanceof Error) failed(error);
        else ready();
      });
    };
    if (isIP(host) === 0) {
      process.getBuiltinModule("node:dns").lookup(host, { all: true }, (error, addresses) => {
        if (error === null) open(addressOf(addresses));
        else failed(error);
      });
    } else open(host);
    return {
      send(messages, passed) {
        let left = messages.length;
        const tooLong: Error[] = [];
        const each = (error: Error | null): void => {
          left--;
          if (error !== null && isTooLong(error)) tooLong.push(error);
          else if (error !== null) return failed(error);
          if (left > 0) return;
          passed(messages.length - tooLong.length);
          if (tooLong.length > 0) passed(tooLong.length, tooLong[0]);
        };
        for (const message of messages) socket?.send(message, each);
      },
      sendNow(messages) {
        for (const message of messages) socket?.send(message);
        return socket !== undefined && socket.getSendQueueCount() === 0;
      },
      close() {
        closed = true;
        socket?.close();
      },
    };
  };
}

/** Tells a message that the system takes no datagram of its size for: it is the same at each try. A package may give the system's words alone. */
export function isTooLong({ code, message }: NodeJS.ErrnoException): boolean {
  return code === "EMSGSIZE" || /EMSGSIZE|message too long/i.test(message);
}

/**
 * Chooses among a name's addresses, as nobody tells whether a datagram was heard: where there are both, IPv4. A receiver that listens to one kind alone
 * listens to that, `localhost` is `::1` first on most machines, and at the end of the process it is IPv4 too.
 */
function addressOf(addresses: readonly LookupAddress[]): string {
  return (addresses.find(({ family }) => family === 4) ?? addresses[0])?.address ?? "";
}

/** Passes messages to a function of the app's, one after the other. */
export function functionLink(sendOne: (message: Uint8Array) => unknown): OpenLink {
  return (ready, failed) => {
    let closed = false;
    const all = async (messages: readonly Uint8Array[], passed: Passed): Promise<void> => {
      try {
        for (const message of messages) {
          if (closed) return;
          const sent = sendOne(message);
          if (isPending(sent)) await sent;
          passed(1);
        }
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
      }
    };
    queueMicrotask(ready);
    return {
      send(messages, passed) {
        // Not within the call: what was passed calls for more.
        queueMicrotask(() => void all(messages, passed));
      },
      close() {
        closed = true;
      },
    };
  };
}

/** Tells an answer that is to be waited for: to wait for each message doubles what its way to a function costs, 67 ns to 128. */
export function isPending(sent: unknown): sent is PromiseLike<unknown> {
  return typeof sent === "object" && sent !== null && "then" in sent;
}

/** Puts the count of its octets and a space before each message (RFC 6587, section 3.4.1; RFC 5425, section 4.3). */
export function framed(messages: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const { length } of messages) size += String(length).length + 1 + length;
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const message of messages) {
    at = writeInteger(frames, at, message.length);
    frames[at++] = SPACE;
    frames.set(message, at);
    at += message.length;
  }
  return frames;
}
