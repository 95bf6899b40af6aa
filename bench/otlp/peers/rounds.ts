import { fork } from "node:child_process";
import { join } from "node:path";
import { setPriority } from "node:os";
import { sink } from "../sink.ts";
import type { Sink } from "../sink.ts";
import type { Cost } from "../measure.ts";
import type { Task } from "./child.ts";

/** Is what one process took, and what the receiver got from it. */
export interface Run extends Cost {
  readonly received: number;
}

/** Holds the runs of each row, one for each round. */
export type Runs = ReadonlyMap<string, readonly Run[]>;

/** Is what is to be measured: a table's rows, in interleaved rounds. */
export interface Plan {
  readonly table: Task["table"];
  readonly names: readonly string[];
  readonly records: number;
  readonly rounds: number;
}

/** Runs the rows of a table round after round: what else the machine does falls upon all alike. */
export async function measure({ table, names, records, rounds }: Plan): Promise<Runs> {
  // Before the first child, which inherits it: the receiver has the same priority as who sends.
  if (process.getuid?.() === 0) setPriority(-19);
  const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
  const to = await sink();
  try {
    for (let round = 0; round < rounds; round++) {
      // Each round begins elsewhere, so that nobody always has the same one before it.
      const order = names.map((_, at) => names[(at + round * 5) % names.length] ?? "");
      for (const name of order) runs.get(name)?.push(await one({ table, name, url: to.url, records }, to));
    }
  } finally {
    to.end();
  }
  return runs;
}

async function one(task: Task, to: Sink): Promise<Run> {
  const child = fork(join(import.meta.dirname, "child.ts"), [JSON.stringify(task)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const cost = await new Promise<Cost>((resolve, reject) => {
    child.on("message", (message) => {
      if (message === "warm") void to.report().then(() => child.send("go"));
      else resolve(message as Cost);
    });
    child.once("exit", (code) => reject(new Error(`${task.name} ended with ${code}`)));
  });
  const { distinct, records } = await to.report();
  // What a way of somebody else's sends twice is its affair; ours sends twice only where a reply was lost.
  if (isOurs(task.name) && records !== distinct)
    throw new Error(`${task.name}: ${records - distinct} records were received twice`);
  return { ...cost, received: distinct };
}

/** Tells whether a row is this library's. */
function isOurs(name: string): boolean {
  return name.startsWith("correlog");
}
