/**
 * Is a datagram socket for local paths, as packages give it: `new DgramSocket()` of `node-unix-socket` or `createSocket("unix_dgram")` of `unix-dgram`.
 * It is given a `Buffer`, and calls `done` within the call when the system has the datagram, or with the error; when it does not call, the datagram is
 * taken as not sent for want of room, and the socket is closed.
 */
export type LocalSocket = (SendsTo | SendsToInSmall) & { close(): unknown };

/** Methods, not functions in properties: the packages' own types ask for a `Buffer`, which types of Node alone have. */
interface SendsTo {
  sendTo(bytes: Uint8Array, offset: number, length: number, path: string, done: (error?: Error | null) => void): void;
}

interface SendsToInSmall {
  sendto(bytes: Uint8Array, offset: number, length: number, path: string, done: (error?: Error | null) => void): void;
}
