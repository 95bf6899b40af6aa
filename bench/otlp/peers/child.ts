// One row of bench/otlp/peers.ts or fanout.ts, in a process of its own: logs to a receiver in another process and says what it took.
import { once } from "node:events";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { measure } from "../measure.ts";
import { A_TURN, turn } from "../turn.ts";
import { FANOUT, OTLP } from "./rows.ts";
import type { Cost } from "../measure.ts";

/** Says what a child is to measure. */
export interface Task {
  readonly table: "otlp" | "fanout";
  readonly name: string;
  readonly url: string;
  readonly records: number;
}

const WARM = 20 * A_TURN;
// The official processor sends what is left after a second; a worker is behind by as much as it has to do.
const SETTLE_MS = 1500;
const SETTLE_WORKER_MS = 4000;

async function run({ table, name, url, records }: Task): Promise<Cost> {
  const open = (table === "otlp" ? OTLP : FANOUT)[name];
  if (open === undefined) throw new RangeError(`no row ${name}`);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const subject = await open(url, table === "otlp" ? undefined : "/dev/null");
  for (let i = -WARM; i < 0; i += A_TURN) await turn(subject.log, i);
  await new Promise((resolve) => setTimeout(resolve, /transport|worker/.test(name) ? SETTLE_WORKER_MS : SETTLE_MS));
  // The receiver forgets what it got while it was warmed.
  process.send?.("warm");
  await once(process, "message");
  return measure(records, async () => {
    for (let i = 0; i < records; i += A_TURN) await turn(subject.log, i);
    await subject.end();
  });
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const [, , task = ""] = process.argv;
  // Not awaited at the top level: pino's worker is not ready before the main module has ended.
  void run(JSON.parse(task) as Task).then((cost) => process.send?.(cost, () => process.exit(0)));
}
