import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOutput } from "./check.ts";
import { GARBAGE_FLAGS, measureGarbage } from "./garbage.ts";
import { timeSlots } from "./slots.ts";
import type { DestinationKind } from "./destination.ts";
import type { Pace, Rows } from "./slots.ts";

/** Is one piece of work for a process of its own, so that no case sees code that another has worn out. */
export interface Task {
  readonly kind: "time" | "check" | "garbage";
  readonly group: string;
  readonly destination: DestinationKind;
  readonly pace: Pace;
  readonly peer?: string | undefined;
}

/** Says which Node and which build of the library a task runs on. */
export interface Bed {
  readonly node: string;
  /** The library's entry: `src/index.ts`, or a built one. */
  readonly entry: string;
}

const RESULT = "BENCH_RESULT";
/** Before all else that the machine does, where that is allowed: threads of libuv's pool included. */
const PRIORITY = process.getuid?.() === 0 ? ["nice", "-n", "-19"] : ["env"];

/** Runs a task in a fresh process and gives its figures. Descriptor 1 of the process is the task's destination. */
export async function spawnTask(task: Task, bed: Bed): Promise<Rows> {
  const folder = mkdtempSync(join(tmpdir(), "correlog-bench-"));
  const result = join(folder, "result.json");
  const args = [...(task.kind === "garbage" ? GARBAGE_FLAGS : []), join(import.meta.dirname, "run.ts")];
  const env = {
    ...process.env,
    BENCH_TASK: JSON.stringify(task),
    [RESULT]: result,
    BENCH_ENTRY: bed.entry,
    NODE_NO_WARNINGS: "1",
  };
  const file = task.destination === "file" || task.kind === "check";
  const out = openSync(file ? join(folder, "out") : "/dev/null", "a");
  try {
    const piped = task.destination === "pipe";
    const shell = ["-c", '"$0" "$@" | cat >/dev/null', bed.node, ...args];
    const [command = "", ...argv] = [...PRIORITY, ...(piped ? ["sh", ...shell] : [bed.node, ...args])];
    const child = spawn(command, argv, { env, stdio: ["ignore", out, "inherit"] });
    await once(child, "close");
    return JSON.parse(readFileSync(result, "utf8")) as Rows;
  } catch (error) {
    throw new Error(`${task.kind} ${task.group}: the process gave no result`, { cause: error });
  } finally {
    closeSync(out);
    rmSync(folder, { recursive: true });
  }
}

/** Does a task in this process, when it was started for one. */
export async function doTask(text: string): Promise<void> {
  const { kind, group, destination, pace, peer } = JSON.parse(text) as Task;
  const rows = await perform(kind, group, destination, pace, peer);
  writeFileSync(process.env[RESULT] ?? "", JSON.stringify(rows));
  process.exit();
}

async function perform(kind: Task["kind"], group: string, to: DestinationKind, pace: Pace, peer?: string): Promise<Rows> {
  if (kind === "garbage") return measureGarbage(group, peer);
  if (kind === "time") return timeSlots(group, to, pace, peer);
  await checkOutput(group, peer);
  return {};
}
