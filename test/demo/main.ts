import { backendDemo, demo, interrupted, leave, stay } from "./demo.ts";
import { Screen } from "./screen.ts";
import type { Telemetry } from "./telemetry.ts";

/** Runs the demo as the command line and the environment say, into an embedded receiver that fills `telemetry`, and sets the exit code. */
export async function main(telemetry: Telemetry): Promise<void> {
  const stop = new AbortController();
  // Ctrl-C reaches the services too: they deliver what they hold, and the demo shows it before it ends.
  process.on("SIGINT", () => stop.abort()).on("SIGTERM", () => stop.abort());
  const screen = new Screen();
  const until = process.argv.includes("--once") ? leave : stay;
  const endpoint = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const running = endpoint ? backendDemo(screen, endpoint, stop.signal, until) : demo(screen, telemetry, stop.signal, until);
  // Ctrl-C may come before the services can do more about it than to end.
  const problems = await running.catch(async (error: unknown) => ((await interrupted(stop.signal)) ? [] : [String(error)]));
  screen.ended(problems);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
