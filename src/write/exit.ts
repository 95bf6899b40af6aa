import { reportUnsaid } from "../report/report.ts";

/** Is work that must be done before the process ends: something holds data that is not out yet. */
export interface ExitTask {
  /** Tells whether there is anything to do. */
  pending(): boolean;
  /** Delivers what is pending at a natural end and on a signal, where there is still time to wait. It may reject. */
  flush(): Promise<void>;
  /**
   * Delivers what is pending before it returns: at `process.exit()` and after an uncaught error, when the event loop turns no more.
   * It bounds its own time.
   */
  flushSync(): void;
}

/** How long a signal is held back for what is pending, when the app itself does nothing on it. */
const SIGNAL_TIMEOUT_MS = 2000;
/** What takes all of that time by a clock of its own may still say what is left. */
const SAYING_MS = 50;
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

const tasks = new Set<ExitTask>();
let watching = false;
let ending = false;
let exiting = false;

/** Tells whether the process is in its exit event, where no later turn comes: what is logged there must be out at once. */
export function isExiting(): boolean {
  return exiting;
}

/**
 * Runs a task at each way a process can end: the natural end, `process.exit()`, an uncaught error or rejection, SIGTERM, SIGINT
 * and SIGHUP. What the app does with a signal stays as it is: where it listens, it decides; where it does not, the signal takes its
 * default effect once everything is out, after 2 s at the latest, and at once when it comes a second time. Outside Node, Bun and
 * Deno it does nothing.
 *
 * @returns a function that takes the task back.
 */
export function atExit(task: ExitTask): () => void {
  tasks.add(task);
  if (!watching) watch();
  return () => void tasks.delete(task);
}

function watch(): void {
  const { process } = globalThis;
  if (typeof process?.on !== "function") return;
  watching = true;
  process.on("beforeExit", () => void flushAll());
  process.on("exit", flushAllSync);
  if ("Deno" in globalThis) watchDeno(globalThis as unknown as EventTarget);
  for (const signal of SIGNALS) listen(signal);
}

/** `Deno.exit()`, uncaught errors and unhandled rejections pass Node's exit event by. */
function watchDeno(target: EventTarget): void {
  target.addEventListener("unload", flushAllSync);
  target.addEventListener("error", (event) => onUncaught(event, "uncaughtException"));
  target.addEventListener("unhandledrejection", (event) => onUncaught(event, "unhandledRejection"));
}

function onUncaught(event: Event, name: "uncaughtException" | "unhandledRejection"): void {
  if (event.defaultPrevented || process.listenerCount("uncaughtException") + process.listenerCount(name) > 0) return;
  flushAllSync();
  // A listener behind this one may have kept the process alive: then there is a turn to come.
  setTimeout(() => (exiting = false), 0).unref();
}

function listen(signal: Signal): void {
  // First in the row, so that it sees what is pending before a listener of the app's ends the process.
  process.prependListener(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  // Libraries that count listeners to find out whether the app handles a signal must not count this one.
  process.removeListener(signal, onSignal);
  if (process.listenerCount(signal) > 0) {
    void flushAll();
    setImmediate(listen, signal as Signal);
  } else if (ending) raise(signal);
  else void end(signal);
}

async function end(signal: NodeJS.Signals): Promise<void> {
  ending = true;
  // In Deno a listener that is put back while it runs is run again for the same signal.
  await Promise.resolve();
  listen(signal as Signal);
  if (isPending()) await Promise.race([flushAll(), new Promise((resolve) => setTimeout(resolve, SIGNAL_TIMEOUT_MS + SAYING_MS))]);
  process.removeListener(signal, onSignal);
  raise(signal);
}

function raise(signal: NodeJS.Signals): void {
  // A signal's default effect skips the exit event: what came since is out as far as a flush gets before it first waits, which is
  // all of a writer's lines; what had its time above is left alone.
  void flushAll();
  reportUnsaid();
  process.kill(process.pid, signal);
}

function isPending(): boolean {
  return [...tasks].some((task) => task.pending());
}

async function flushAll(): Promise<void> {
  // The newest first: what a middleware still has to say is for handlers that were there before it.
  const newest = [...tasks].toReversed();
  // A task reports its own failures; here it only must not keep the others from their end.
  await Promise.allSettled(newest.map(async (task) => (task.pending() ? task.flush() : undefined)));
}

function flushAllSync(): void {
  exiting = true;
  for (const task of tasks) {
    try {
      if (task.pending()) task.flushSync();
    } catch {
      // A task reports its own failures; here it only must not keep the others from their end.
    }
  }
  reportUnsaid();
}
