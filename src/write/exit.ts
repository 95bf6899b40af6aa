import { isProcessExiting, reportUnsaid } from "../report/report.ts";

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
  /**
   * Gives up what is still pending, and says how much that is, before it returns and without waiting: a signal ends the process next, and skips its
   * exit event. Left out where a flush has all out before it first waits.
   */
  abandon?(): void;
}

/** How long a signal is held back for what is pending, when the app itself does nothing on it. */
const SIGNAL_TIMEOUT_MS = 2000;
/** What takes all of that time by a clock of its own may still say what is left. */
const SAYING_MS = 50;
/** A Ctrl-C comes twice where npm passes on what the terminal sent already: what comes this soon is the same one, and nobody's impatience. */
const SAME_SIGNAL_MS = 200;
/** SIGUSR2 is how nodemon ends a process. SIGQUIT is left alone: it still ends one that no longer hears the others. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const;
type Signal = (typeof SIGNALS)[number];

/** How often a natural end, which Node announces again after all that it began, waits for the same task. */
const MOST_WAITS = 3;

/** What all copies of this module in a process share: a test runner or a hot reload makes ever new ones, and listeners must not pile up. */
interface Ends {
  readonly tasks: Set<ExitTask>;
  isWatched: boolean;
  /** Node announced the natural end, and no turn came since. */
  isIdle: boolean;
  isExiting: boolean;
}

/** Its number is that of the form of {@link Ends} and {@link ExitTask}, for copies of several versions. */
const KEY = Symbol.for("correlog.ends.1");
let known: Ends | undefined;
/** When the signal came that is held back. */
let signalledAt: number | undefined;
/** How often a natural end has waited for a task; {@link MOST_WAITS} where it was in vain. */
const waits = /* @__PURE__ */ new WeakMap<ExitTask, number>();

function ends(): Ends {
  const { process } = globalThis;
  // On what is listened to, where there is one: the realms that vitest's vm pools make share it, and have a global object each.
  const place = (typeof process?.on === "function" ? process : globalThis) as { [KEY]?: Ends };
  return (known ??= place[KEY] ??= { tasks: new Set(), isWatched: false, isIdle: false, isExiting: false });
}

/**
 * Tells whether the natural end is being announced. What then waits for a turn brings that turn about, and behind it the next announcement: a listener
 * that logs a line would keep the process for ever.
 */
export function isIdle(): boolean {
  return ends().isIdle;
}

/** Tells whether the process is in its exit event, where no later turn comes: what is logged there must be out at once. */
export function isExiting(): boolean {
  return ends().isExiting;
}

/**
 * Runs a task at each way a process can end: the natural end, `process.exit()`, an uncaught error or rejection, SIGTERM, SIGINT, SIGHUP
 * and SIGUSR2. What the app does with a signal stays as it is: where it listens, it decides; where it does not, the signal takes its
 * default effect once everything is out, after 2 s at the latest, and at once when one comes again, 200 ms later or more. Outside Node,
 * Bun and Deno it does nothing.
 *
 * @returns a function that takes the task back.
 */
export function atExit(task: ExitTask): () => void {
  const { tasks, isWatched } = ends();
  tasks.add(task);
  if (!isWatched) watch();
  return () => void tasks.delete(task);
}

function watch(): void {
  const { process } = globalThis;
  if (typeof process?.on !== "function") return;
  ends().isWatched = true;
  // The first logger may be made in a listener to the exit event, whose listeners are fixed by then.
  ends().isExiting = isProcessExiting();
  // Before the app's listeners: what they log knows by then that the natural end is announced.
  process.prependListener("beforeExit", onNaturalEnd);
  // Before the app's listeners: one that throws, or calls process.exit(), is the last that runs.
  process.prependListener("exit", flushAllSync);
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
}

function onNaturalEnd(): void {
  ends().isIdle = true;
  setTimeout(() => (ends().isIdle = false), 0).unref();
  void flushAll(flushUnlessWaited);
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
  } else if (signalledAt === undefined) void end(signal);
  else if (performance.now() - signalledAt < SAME_SIGNAL_MS) void listenAgain(signal);
  else raise(signal);
}

async function end(signal: NodeJS.Signals): Promise<void> {
  signalledAt = performance.now();
  await listenAgain(signal);
  if (isPending())
    await Promise.race([flushTwice(), new Promise((resolve) => setTimeout(resolve, SIGNAL_TIMEOUT_MS + SAYING_MS))]);
  process.removeListener(signal, onSignal);
  raise(signal);
}

/** In Deno a listener that is put back while it runs is run again for the same signal. */
async function listenAgain(signal: NodeJS.Signals): Promise<void> {
  await Promise.resolve();
  listen(signal as Signal);
}

/** What a middleware says at its end may come to a writer that had nothing, and was not waited for. */
async function flushTwice(): Promise<void> {
  await flushAll();
  await flushAll();
}

function raise(signal: NodeJS.Signals): void {
  // A signal's default effect skips the exit event: what came since is out as far as a flush gets before it first waits, which is
  // all of a writer's lines that its reader has room for.
  void flushAll();
  for (const task of ends().tasks) quietly(() => task.pending() && task.abandon?.());
  reportUnsaid();
  process.kill(process.pid, signal);
  // The first process of a container lives on: there a signal has no default effect. It is listened to as before.
  setImmediate(() => {
    signalledAt = undefined;
    listen(signal as Signal);
  });
}

function isPending(): boolean {
  return [...ends().tasks].some((task) => task.pending());
}

async function flushAll(flush = flushOf): Promise<void> {
  // The newest first: what a middleware still has to say is for handlers that were there before it.
  const newest = [...ends().tasks].toReversed();
  // A task reports its own failures; here it only must not keep the others from their end.
  await Promise.allSettled(newest.map(flush));
}

async function flushOf(task: ExitTask): Promise<void> {
  if (task.pending()) await task.flush();
}

/** Leaves to the exit event what was waited for in vain, or again and again: a listener that logs at each natural end would keep the process for ever. */
async function flushUnlessWaited(task: ExitTask): Promise<void> {
  const waited = waits.get(task) ?? 0;
  if (waited === MOST_WAITS || !task.pending()) return;
  waits.set(task, waited + 1);
  try {
    await task.flush();
  } catch {
    // The task has reported it.
    if (task.pending()) waits.set(task, MOST_WAITS);
  }
}

function flushAllSync(): void {
  ends().isExiting = true;
  // A turn comes after all where somebody emitted the event by hand, and where in Deno a listener behind ours kept the process alive.
  setTimeout(() => (ends().isExiting = isProcessExiting()), 0).unref();
  for (const task of ends().tasks) quietly(() => task.pending() && task.flushSync());
  reportUnsaid();
}

function quietly(work: () => unknown): void {
  try {
    work();
  } catch {
    // A task reports its own failures; here it only must not keep the others from their end.
  }
}
