/** Are the signals on which a file may be opened again. */
export const REOPEN_SIGNALS = ["SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
/** Names the signals at which daemons open their files again. Node itself starts its debugger at SIGUSR1. */
export type ReopenSignal = (typeof REOPEN_SIGNALS)[number];

interface Listening {
  readonly reopens: Set<() => void>;
  readonly onSignal: () => void;
}

/** One listener for all files of a signal: Node warns of a leak at the eleventh. */
const listening = /* @__PURE__ */ new Map<ReopenSignal, Listening>();

/**
 * Runs a function at each such signal, which then no longer ends the process.
 *
 * @returns a function that takes it back; behind the last one the signal has its default effect again.
 */
export function onReopenSignal(signal: ReopenSignal, reopen: () => void): () => void {
  const { reopens, onSignal } = listening.get(signal) ?? listen(signal);
  reopens.add(reopen);
  return () => {
    if (!reopens.delete(reopen) || reopens.size > 0) return;
    process.removeListener(signal, onSignal);
    listening.delete(signal);
  };
}

function listen(signal: ReopenSignal): Listening {
  const reopens = new Set<() => void>();
  const onSignal = (): void => {
    for (const reopen of reopens) reopen();
  };
  process.on(signal, onSignal);
  const made = { reopens, onSignal };
  listening.set(signal, made);
  return made;
}
