import { curl } from "./exchange.ts";
import { columns, paint, paintService, visible } from "./paint.ts";
import { REQUESTS } from "./requests.ts";
import { traceTree } from "./trace-tree.ts";
import { traceSummary, traceView } from "./trace-view.ts";
import type { Exchange } from "./exchange.ts";
import type { ConsoleLine } from "./process.ts";
import type { DemoRequest } from "./requests.ts";
import type { Delivered, System } from "./system.ts";
import type { Telemetry } from "./telemetry.ts";
import type { TraceTree } from "./trace-tree.ts";

/** Tells a person what happens. */
export class Screen {
  #requests = 0;

  started(system: System, endpoint: string, whose: string): void {
    say("");
    say(`${paint("bold", "correlog demo")}  two services, one trace`);
    say("");
    say(`  ${paintService("gateway", "gateway   ")}  POST ${system.url}`);
    say(`  ${paintService("kv-service")}  POST http://127.0.0.1:${system.keyValue.port}/kv  ${paint("dim", "→ SQLite")}`);
    say(`  OTLP        ${endpoint}  ${paint("dim", whose)}`);
  }

  /** Shows what the services wrote to their consoles as they wrote it. */
  consoleLine({ text }: ConsoleLine): void {
    say(`  ${text}`);
  }

  request({ title, body, tenant, user }: DemoRequest): void {
    this.#requests++;
    say("");
    say(`${paint("bold", `${this.#requests}  ${title}`)}  POST / ${body}  ${paint("dim", `tenant ${tenant}, user ${user}`)}`);
  }

  answered({ status, answer, request }: Exchange): void {
    const shown = paint(status === request.status ? (status < 400 ? "green" : "yellow") : ["red", "bold"], `→ ${status}`);
    say(`   ${shown} ${visible(answer)}`);
  }

  trace(telemetry: Telemetry, traceId: string, exchanges: readonly Exchange[]): void {
    const tree = traceTree(telemetry, traceId);
    say("");
    rule(titleOf(tree, exchanges), `trace ${traceId}`);
    say(paint("dim", traceSummary(tree)));
    say("");
    say(traceView(tree).trimEnd());
  }

  /** Says how the check of all that arrived went; problems are for the end. */
  verdict({ records, spans }: Telemetry, problems: readonly string[]): void {
    const traces = new Set(spans.map(({ traceId }) => traceId)).size;
    say("");
    if (problems.length > 0) return say(paint(["red", "bold"], `✗ ${problems.length} of the checks failed`));
    say(paint(["green", "bold"], `✓ ${records.length} records and ${spans.length} spans in ${traces} traces`));
    say("  Each record is there once, in the trace of its request, on a span of its own service, with its baggage,");
    say("  and its console line says the same as what OTLP delivered.");
  }

  /** Says what was sent, where the backend is not ours to look into. */
  sent(endpoint: string, delivered: readonly Delivered[], exchanges: readonly Exchange[]): void {
    say("");
    rule(`sent to ${endpoint}`, "");
    for (const { service, records, spans } of delivered) {
      say(`  ${paintService(service, service.padEnd(10))}  ${records} records, ${spans} spans`);
    }
    for (const { request, traceId, status } of exchanges)
      say(`  trace ${traceId}  ${paint("dim", `${request.title} → ${status}`)}`);
  }

  ended(problems: readonly string[]): void {
    say("");
    for (const problem of problems) say(paint(["red", "bold"], `✗ ${problem}`));
    if (problems.length === 0) say(paint("dim", "Ended: the services delivered what they held."));
  }

  invitation(url: string): void {
    say("");
    say(`Try it; Ctrl-C ends the demo:`);
    for (const request of REQUESTS.slice(0, 1)) say(`  ${paint("bold", curl(url, request))}`);
  }
}

function titleOf({ spans, traceId }: TraceTree, exchanges: readonly Exchange[]): string {
  const number = (id: string | undefined): number => exchanges.findIndex((one) => one.traceId === id) + 1;
  const about = exchanges.find((one) => one.traceId === traceId);
  if (about !== undefined) return `${number(traceId)}  ${about.request.title} → ${about.status}`;
  const link = spans.flatMap(({ links }) => links)[0];
  if (link === undefined) return "your request";
  const origin = number(link.traceId);
  return `a job that ${origin > 0 ? `request ${origin}` : "your request"} left behind`;
}

function rule(left: string, right: string): void {
  const line = "─".repeat(Math.max(columns() - left.length - right.length - 6, 2));
  say(`${paint("dim", "──")} ${paint("bold", left)} ${paint("dim", right === "" ? `${line}──` : `${line} ${right}`)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
