import { FdWriter } from "./fd-writer.ts";
import { nodeFs } from "../report/node-fs.ts";
import type { LineWriter } from "./line-writer.ts";

const writers = new Map<1 | 2, LineWriter>();

/** Gives the writer of standard output: one for the process, so that lines of several handlers keep their order. */
export function stdout(): LineWriter {
  return standard(1);
}

/** Gives the writer of standard error. */
export function stderr(): LineWriter {
  return standard(2);
}

function standard(fd: 1 | 2): LineWriter {
  let writer = writers.get(fd);
  if (writer === undefined) {
    writer = hasDescriptors() ? new FdWriter(fd) : consoleWriter(fd);
    writers.set(fd, writer);
  }
  return writer;
}

/** Workers of Cloudflare have a `node:fs`, but no turn of the event loop that outlives the request which asked for it. */
function hasDescriptors(): boolean {
  // By a class of theirs: to ask `navigator` who it is costs Node 0.1 ms, which it makes when it is first read.
  return nodeFs() !== undefined && !("WebSocketPair" in globalThis);
}

/** Writes through the console where there are no descriptors: browsers, workers. The console of now, so that capturing it later makes no circle. */
function consoleWriter(fd: 1 | 2): LineWriter {
  // oxlint-disable-next-line no-console -- the only output there is
  const print = (fd === 1 ? console.log : console.error).bind(console);
  return { write: (text) => print(text.replace(/\n$/, "")) };
}

/** Tells whether a person reads a descriptor. */
export function isTerminal(fd: number): boolean {
  // A file or a pipe is no character device: known without loading node:tty, which brings node:net along (5 ms).
  try {
    return (nodeFs()?.fstatSync(fd).isCharacterDevice() ?? false) && process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    // The descriptor is closed; nobody reads it.
    return false;
  }
}
