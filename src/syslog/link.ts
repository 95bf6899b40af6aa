/** Is a way to a receiver, of one try: when it fails it is closed, and another one is opened. */
export interface Link {
  /**
   * Passes messages on. `done` is called once: without an error when the system has them, which is all that syslog ever learns. The first
   * `attempted` of them may then be under way.
   */
  send(messages: readonly Uint8Array[], done: (error?: Error | null) => void): void;
  /** Tells whether the system has all that was sent. */
  isOut(): boolean;
  close(): void;
}

/** Opens a link; calls `ready` when it takes messages, and `failed` when it does not any more. */
export type OpenLink = (ready: () => void, failed: (error: Error) => void) => Link;

/** Says where a receiver of streams is. */
export type StreamTarget = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Opens a datagram socket; each message is one datagram (RFC 5426). A name is looked up once a link. It is connected, so that a datagram leaves within
 * the call, also in the exit event. What the network or the receiver loses nobody learns.
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
      process.getBuiltinModule("node:dns").lookup(host, (error, address) => {
        if (error === null) open(address);
        else failed(error);
      });
    } else open(host);
    return {
      send(messages, done) {
        let left = messages.length;
        const each = (error: Error | null): void => {
          left--;
          if (error !== null) failed(error);
          else if (left === 0) done();
        };
        for (const message of messages) socket?.send(message, each);
      },
      isOut: () => socket !== undefined && socket.getSendQueueCount() === 0,
      close() {
        closed = true;
        socket?.close();
      },
    };
  };
}

/** Opens a stream to a host or to a local socket; messages are framed by counting octets (RFC 6587, section 3.4.1). */
export function streamLink(target: StreamTarget, connectMs: number): OpenLink {
  return (ready, failed) => {
    const socket = process.getBuiltinModule("node:net").connect({ ...target, noDelay: true, keepAlive: true });
    let isReady = false;
    socket.unref();
    socket.setTimeout(connectMs, () => {
      if (!isReady) socket.destroy(new Error(`no connection within ${connectMs} ms`));
    });
    socket.on("connect", () => {
      isReady = true;
      socket.setTimeout(0);
      ready();
    });
    // A receiver says nothing; it is read so that its end is noticed.
    socket.resume();
    socket.on("end", () => failed(new Error("the receiver closed the connection")));
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("the connection was closed")));
    return {
      send(messages, done) {
        socket.write(framed(messages), (error) => done(error));
      },
      isOut: () => socket.writableLength === 0,
      close: () => void socket.destroy(),
    };
  };
}

/** Passes messages to a function, one after the other: to a library for sockets that Node has not, such as datagrams of a local socket. */
export function functionLink(sendOne: (message: Uint8Array) => unknown): OpenLink {
  return (ready, failed) => {
    let underWay = 0;
    const all = async (messages: readonly Uint8Array[], done: () => void): Promise<void> => {
      underWay++;
      try {
        for (const message of messages) await sendOne(message);
      } catch (error) {
        failed(error instanceof Error ? error : new Error(String(error)));
        return;
      } finally {
        underWay--;
      }
      done();
    };
    queueMicrotask(ready);
    return {
      send(messages, done) {
        void all(messages, done);
      },
      isOut: () => underWay === 0,
      close() {
        // There is nothing of ours to close.
      },
    };
  };
}

/** Puts the count of its octets and a space before each message. */
export function framed(messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `, "latin1"), message]));
}
