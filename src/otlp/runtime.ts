/** Tells whether this is workerd, where requests and timers end with the worker's request in which they began, also where it has node:http. */
export function isWorkerd(): boolean {
  // By a class of theirs: Node makes `navigator` when it is first asked, which costs 0.1 ms.
  return "WebSocketPair" in globalThis;
}
