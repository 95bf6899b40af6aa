import { registeredApi } from "../context/otel-api.ts";

/** How long a source of problems stays silent after it was heard. */
const INTERVAL_MS = 10_000;

interface Fault {
  /** Problems since the last line, not yet said. */
  unsaid: number;
  total: number;
  last: string;
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
  if (fault === undefined) faults.set(source, (fault = { unsaid: 0, total: 0, last: "", timer: undefined }));
  fault.total += count;
  fault.last = describe(problem);
  if (fault.timer === undefined) {
    say(`correlog: ${source}: ${fault.last}`);
    fault.timer = summarizeLater(source, fault);
  } else fault.unsaid += count;
}

function summarizeLater(source: string, fault: Fault): Fault["timer"] {
  try {
    const timer = setTimeout(summarize, INTERVAL_MS, source, fault);
    (timer as { unref?: () => void }).unref?.();
    return timer;
  } catch {
    // Workers on the edge have no timers outside of a request.
    return undefined;
  }
}

/** Says at once what is still unsaid, for the end of the process. */
export function reportUnsaid(): void {
  for (const [source, fault] of faults) if (fault.unsaid > 0) summarize(source, fault);
}

function summarize(source: string, fault: Fault): void {
  clearTimeout(fault.timer);
  fault.timer = undefined;
  if (fault.unsaid === 0) return;
  say(`correlog: ${source}: ${fault.unsaid} more (${fault.total} in all), last: ${fault.last}`);
  fault.unsaid = 0;
  // It was heard just now: the next one waits as long.
  fault.timer = summarizeLater(source, fault);
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
    const fs = globalThis.process?.getBuiltinModule?.("node:fs");
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
