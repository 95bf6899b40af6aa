/** Runs work and gives what it gives. */
export type Runner = (work: () => void) => void;

const HERE: Runner = (work) => work();

/**
 * Gives what runs work in the async context of now, whichever one it is called in later. A timer keeps its context alive, and with it the request that
 * it was set in; one that sets the next keeps it for good. Where the runtime has no such contexts, work is run as it is.
 */
export function inContextOfNow(): Runner {
  try {
    return globalThis.process?.getBuiltinModule?.("node:async_hooks").AsyncLocalStorage.snapshot() ?? HERE;
  } catch {
    // A runtime that has a part of node:async_hooks only.
    return HERE;
  }
}
