import { once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { exchange } from "./exchange.ts";
import { startReceiver } from "./receiver.ts";
import { REQUESTS } from "./requests.ts";
import { System } from "./system.ts";
import { TraceFeed } from "./trace-feed.ts";
import { verify } from "./verify.ts";
import type { Exchange } from "./exchange.ts";
import type { ConsoleLine } from "./process.ts";
import type { Screen } from "./screen.ts";
import type { Delivered } from "./system.ts";
import type { Telemetry } from "./telemetry.ts";

/** Is one run of the demo: what it writes to, and what it has seen so far. */
interface Run {
  readonly screen: Screen;
  /** Ends the run, early or late. */
  readonly signal: AbortSignal;
  readonly lines: ConsoleLine[];
  readonly exchanges: Exchange[];
}

/** Says when a run is over: at once after its own requests, or when its signal comes. */
export type Stay = (signal: AbortSignal) => Promise<void>;

/** Ends the run after its own requests. */
export const leave: Stay = async () => undefined;

/** Stays up for requests from outside until the signal comes. */
export const stay: Stay = async (signal) => {
  if (!signal.aborted) await once(signal, "abort");
};

/**
 * Runs the services against a receiver in this process, shows each trace and checks what arrived.
 *
 * @returns what is wrong: what is missing, or is not where it belongs.
 */
export async function demo(screen: Screen, telemetry: Telemetry, signal: AbortSignal, until: Stay): Promise<readonly string[]> {
  const receiver = await startReceiver(telemetry);
  try {
    return await receivedDemo(screen, telemetry, receiver.url, signal, until);
  } finally {
    receiver.close();
  }
}

async function receivedDemo(
  screen: Screen,
  telemetry: Telemetry,
  url: string,
  signal: AbortSignal,
  until: Stay,
): Promise<readonly string[]> {
  const run: Run = { screen, signal, lines: [], exchanges: [] };
  const feed = new TraceFeed(telemetry, (traceId) => screen.trace(telemetry, traceId, run.exchanges));
  const system = await start(run, { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" });
  screen.started(system, url, "embedded receiver");
  const unsent = await sendAll(run, system);
  feed.showAll();
  const problems = unsent.length > 0 || signal.aborted ? unsent : verify({ ...run, telemetry });
  if (!signal.aborted) screen.verdict(telemetry, problems);
  if (until === stay && !signal.aborted) screen.invitation(system.url);
  feed.goLive();
  await until(signal);
  const delivered = await system.end();
  feed.showAll();
  return [...new Set([...problems, ...undelivered(delivered)])];
}

/** Runs the services against the backend that the environment names, and says what was sent there. */
export async function backendDemo(
  screen: Screen,
  endpoint: string,
  signal: AbortSignal,
  until: Stay,
): Promise<readonly string[]> {
  const run: Run = { screen, signal, lines: [], exchanges: [] };
  const system = await start(run, {});
  screen.started(system, endpoint, "from the environment");
  const problems = await sendAll(run, system);
  if (until === stay) screen.invitation(system.url);
  await until(signal);
  const delivered = await system.end();
  screen.sent(endpoint, delivered, run.exchanges);
  return [...new Set([...problems, ...undelivered(delivered)])];
}

/** Tells whether a failure is Ctrl-C's: it reaches the services too, and what they break off may be heard before the signal itself. */
export async function interrupted(signal: AbortSignal): Promise<boolean> {
  await setTimeout(100);
  return signal.aborted;
}

async function start({ screen, lines }: Run, env: { readonly [name: string]: string }): Promise<System> {
  return System.start({ ...serviceEnv(), ...env }, (line) => {
    lines.push(line);
    screen.consoleLine(line);
  });
}

/** Gives what services take from the environment, where the user has not said otherwise: short waits, and a console like ours. */
function serviceEnv(): { readonly [name: string]: string } {
  const { env } = process;
  return {
    OTEL_BSP_SCHEDULE_DELAY: env["OTEL_BSP_SCHEDULE_DELAY"] ?? "200",
    OTEL_BLRP_SCHEDULE_DELAY: env["OTEL_BLRP_SCHEDULE_DELAY"] ?? "200",
    // How long a flush waits for a backend that is away, of records and of spans.
    OTEL_BLRP_EXPORT_TIMEOUT: env["OTEL_BLRP_EXPORT_TIMEOUT"] ?? "2000",
    OTEL_EXPORTER_OTLP_TIMEOUT: env["OTEL_EXPORTER_OTLP_TIMEOUT"] ?? "2000",
    LOG_FORMAT: env["LOG_FORMAT"] ?? (process.stdout.isTTY ? "pretty" : "json"),
    ...(process.stdout.isTTY && env["NO_COLOR"] === undefined ? { FORCE_COLOR: "1" } : {}),
  };
}

async function sendAll({ screen, signal, exchanges }: Run, system: System): Promise<readonly string[]> {
  try {
    for (const request of REQUESTS) {
      screen.request(request);
      const answered = await exchange(system.url, request, signal);
      exchanges.push(answered);
      const problems = undelivered(await system.flush());
      // What a service delivered it wrote to its console before: one turn of the loop later those lines are read.
      await setImmediate();
      screen.answered(answered);
      if (problems.length > 0) return problems;
    }
    return [];
  } catch (error) {
    return (await interrupted(signal)) ? [] : [String(error)];
  }
}

function undelivered(delivered: readonly Delivered[]): readonly string[] {
  return delivered.flatMap(({ service, problems }) => problems.map((problem) => `${service}: ${problem}`));
}
