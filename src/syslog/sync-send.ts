import { framed } from "./link.ts";
import type { StreamTarget } from "./link.ts";

/**
 * Runs in a process of its own. Read from standard input: framed messages, as they go onto a stream; datagrams are taken out of their frames.
 */
const PROGRAM = `
const bytes = require("node:fs").readFileSync(0);
const target = JSON.parse(process.argv[1]);
if (target.udp) {
  const socket = require("node:dgram").createSocket(target.host.includes(":") ? "udp6" : "udp4");
  let left = 0, ended = false;
  const done = (error) => { if (error) process.exit(1); if (--left === 0 && ended) socket.close(); };
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const end = space + 1 + Number(bytes.toString("latin1", at, space));
    left++;
    socket.send(bytes.subarray(space + 1, end), target.port, target.host, done);
    at = end;
  }
  ended = true;
} else {
  const socket = require("node:net").connect(target, () => socket.end(bytes));
  socket.resume();
  socket.on("error", () => process.exit(1));
}`;

/**
 * Sends messages from another process and waits for it, 40 ms at least: the event loop of this one turns no more.
 *
 * @returns whether they are out.
 */
export function sendFromChild(
  target: StreamTarget & { readonly udp: boolean },
  messages: readonly Uint8Array[],
  timeoutMs: number,
): boolean {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const input = framed(messages);
  // Nothing of the app's environment is to change it: a preloaded agent, a debugger.
  const { status } = spawnSync(process.execPath, ["-e", PROGRAM, JSON.stringify(target)], { input, timeout: timeoutMs, env: {} });
  return status === 0;
}
