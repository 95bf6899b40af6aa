import { registeredApi } from "../context/otel-api.ts";
import { nodeFs } from "./node-fs.ts";

/** How long a source of problems stays silent after it was heard. */
const INTERVAL_MS = 10_000;

interface Fault {
  /** Problems since the last line, not yet said. */
  unsaid: number;
  total: number;
  last: string;
  /** Milliseconds since the epoch. */
  heardAt: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const faults = new Map<string, Fault>();

/**
 * Says that something of the logger's own went wrong, on stderr and through OpenTelemetry's `diag`, never through a logger: the
 * first of a source at once, later ones as a count once in 10 s. It never throws.
 *
 * @param source names what failed, such as `otlp`; it is code's, not data's.
 * @param count is how many records or bytes it stands for.
 */
export function report(source: string, problem: unknown, count = 1): void {
  let fault = faults.get(source);
  if (fault === undefined) faults.set(source, (fault = { unsaid: 0, total: 0, last: "", heardAt: -Infinity, timer: undefined }));
  fault.total += count;
  fault.last = describe(problem);
  // By the time, too: workerd has no timers outside of a request, and drops a request's with the request. A clock may be put back.
  const isSilent = Math.abs(Date.now() - fault.heardAt) < INTERVAL_MS;
  if (isSilent || fault.unsaid > 0) fault.unsaid += count;
  // In the exit event no later turn says it: each time that it doubled it is said at once.
  if (isSilent && !(isProcessExiting() && fault.unsaid * 2 >= fault.total)) return;
  if (fault.unsaid > 0) return summarize(source, fault);
  // Before it is said: who hears it may report in turn.
  summarizeLater(source, fault);
  say(`correlog: ${source}: ${fault.last}`);
}

/** Tells whether the process is in its exit event, as Node, Bun and Deno say in a property that none of them describes. */
export function isProcessExiting(): boolean {
  const { process } = globalThis;
  return process !== undefined && Reflect.get(process, "_exiting") === true;
}

function summarizeLater(source: string, fault: Fault): void {
  fault.heardAt = Date.now();
  try {
    fault.timer = setTimeout(summarize, INTERVAL_MS, source, fault);
    (fault.timer as { unref?: () => void }).unref?.();
  } catch {
    // Outside of a request in workerd: a later problem says it.
  }
}

/** Says at once what is still unsaid, for the end of the process. */
export function reportUnsaid(): void {
  for (const [source, fault] of faults) if (fault.unsaid > 0) summarize(source, fault);
}

function summarize(source: string, fault: Fault): void {
  const { unsaid, total, last } = fault;
  clearTimeout(fault.timer);
  fault.heardAt = -Infinity;
  if (unsaid === 0) return;
  fault.unsaid = 0;
  // It is heard now: the next one waits as long.
  summarizeLater(source, fault);
  say(`correlog: ${source}: ${unsaid} more (${total} in all), last: ${last}`);
}

function describe(problem: unknown): string {
  try {
    const text = problem instanceof Error ? `${problem.name}: ${problem.message}` : String(problem);
    // One line, and nothing that a terminal obeys.
    return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, 1000);
  } catch {
    // What was thrown throws itself when it is read.
    return "a problem that cannot be read";
  }
}

function say(line: string): void {
  try {
    const fs = nodeFs();
    if (fs === undefined) console.error(line);
    else fs.writeSync(2, `${line}\n`);
  } catch {
    // stderr is closed or full; the count goes on and diag may still hear it.
  }
  try {
    registeredApi()?.diag?.warn(line);
  } catch {
    // The app's diag logger failed; there is nobody left to tell.
  }
}
