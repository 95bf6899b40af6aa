import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { CASES } from "./cases.ts";
import { GROUPS } from "./groups.ts";
import { judge } from "./judge.ts";
import { describeLibraries, describeMachine, nodeOf, versionOf } from "./machine.ts";
import { PEERS } from "./peers.ts";
import { writeResults } from "./results.ts";
import { measureStartup } from "./startup.ts";
import { median } from "./stats.ts";
import { judgedTable, plainTable, ratioTable, rowsTable } from "./table.ts";
import { spawnTask } from "./task.ts";
import type { DestinationKind } from "./destination.ts";
import type { Pace, Rows } from "./slots.ts";
import type { Peer } from "./subject.ts";
import type { Bed, Task } from "./task.ts";

/** Is what the command line asks for. */
export interface SuiteOptions {
  readonly node?: string | undefined;
  readonly quick?: boolean;
  readonly entry?: string | undefined;
  readonly case?: readonly string[] | undefined;
  readonly peer?: string | undefined;
}

const ROOT = join(import.meta.dirname, "..");
const WORK = join(ROOT, ".tmp/bench");
const FULL: Pace & { passes: number } = { passes: 3, rounds: 8, warmRounds: 5, slotMs: 8 };
const QUICK: Pace & { passes: number } = { passes: 1, rounds: 9, warmRounds: 5, slotMs: 8 };
const OF_GARBAGE = ["message", "3 attrs", "10 attrs", "disabled"];

/** Runs what was asked for, prints its tables, and writes them down when all was run in full. */
export async function runSuite(options: SuiteOptions): Promise<void> {
  const node = nodeOf(options.node);
  const pace = options.quick === true ? QUICK : FULL;
  const names = options.case ?? GROUPS;
  const dist = options.entry === undefined || options.case === undefined ? build() : "";
  const bed: Bed = { node, entry: options.entry === undefined ? dist : resolve(options.entry) };
  const whole = options.case === undefined;
  const run = async (kind: Task["kind"], group: string, destination: DestinationKind = "/dev/null"): Promise<Rows> =>
    spawnTask({ kind, group, destination, pace, peer: options.peer }, bed);

  for (const name of names) if (!["disabled", "bound", "stamps"].includes(name)) await run("check", name);
  const groups = new Map<string, Rows>();
  for (const name of names) {
    groups.set(name, await passes(pace.passes, async () => run("time", name)));
    process.stderr.write(`${name} `);
  }
  const parts = [...sections(groups)];
  const quick = options.quick === true;
  if (whole) parts.push(...(await more(run)), startup(node, dist, quick ? 5 : 15), fanout(node, quick));
  process.stderr.write("\n");
  const built = options.entry ?? "the built package";
  const load = loadavg()[0]?.toFixed(1) ?? "unknown";
  const command = `node bench/run.ts ${process.argv.slice(2).join(" ")}`.trim();
  const about = `${new Date().toISOString().slice(0, 10)}, \`${command}\`, ${built}. ${describeMachine()}, load at the end ${load} (1 is this run itself). ${describeLibraries()}.`;
  const text = [`## Node ${versionOf(node).slice(1)}`, about, ...parts].join("\n\n");
  console.log(text);
  if (whole && options.quick !== true && options.peer === undefined && options.entry === undefined) writeResults(text);
}

/** Runs a measurement in several processes, and puts the rounds of all together. */
async function passes(count: number, run: () => Promise<Rows>): Promise<Rows> {
  const all: Rows[] = [];
  for (let pass = 0; pass < count; pass++) all.push(await run());
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((name) => [name, all.flatMap((rows) => rows[name] ?? [])]));
}

function sections(groups: ReadonlyMap<string, Rows>): readonly string[] {
  const names = PEERS.map(({ name }) => name);
  const each = eachOf(PEERS);
  const grid = new Map([...groups].filter(([, rows]) => rows["correlog each"] !== undefined));
  const parts: string[] = [];
  if (grid.size > 0) {
    parts.push("### One write per record", ratioTable(grid, "correlog each", each.slice(1)));
    parts.push("### Buffered", ratioTable(grid, "correlog", names.slice(2)));
  }
  for (const [name, rows] of groups) if (!grid.has(name)) parts.push(`### ${name}`, rowsTable(rows, "ns", 1));
  return [...parts, "### Goals", judgedTable(judge(groups))];
}

/** Names those that write each record at once. */
function eachOf(peers: readonly Peer[]): readonly string[] {
  return peers.filter(({ mode }) => mode === "each").map(({ name }) => name);
}

/** Measures what no goal is judged by: a process a case will do. */
async function more(run: (kind: Task["kind"], group: string, to?: DestinationKind) => Promise<Rows>): Promise<readonly string[]> {
  const names = PEERS.map(({ name }) => name);
  const elsewhere: string[] = [];
  for (const [to, title] of [
    ["file", "Into a file"],
    ["pipe", "Into a pipe with a reader"],
  ] as const) {
    const groups = new Map<string, Rows>();
    for (const { name } of CASES) groups.set(name, await run("time", name, to));
    elsewhere.push(`### ${title}, one write per record`, ratioTable(groups, "correlog each", eachOf(PEERS).slice(1)));
    elsewhere.push(`### ${title}, buffered`, ratioTable(groups, "correlog", names.slice(2)));
    process.stderr.write(`${to} `);
  }
  const garbage = new Map<string, Rows>();
  for (const name of OF_GARBAGE) garbage.set(name, await run("garbage", name));
  const [bytes = Number.NaN] = garbage.get("10 attrs")?.["correlog"] ?? [];
  const said = `A buffered line of 10 attributes leaves ${bytes.toFixed(0)} bytes; the goal is at most 300${bytes <= 300 ? "" : ", and **is missed**"}.`;
  return [...elsewhere, "### Garbage, bytes a record", plainTable(garbage, "bytes a record"), said];
}

/** Lets `bench/otlp/fanout.ts` measure what a receiver over HTTP needs beside it. */
function fanout(node: string, quick: boolean): string {
  const args = [join(ROOT, "bench/otlp/fanout.ts"), ...(quick ? ["--quick"] : ["--rounds", "3"])];
  const { stdout } = spawnSync(node, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const goal = "The goal: five times cheaper for the main thread than pino with the official instrumentation, and nothing lost.";
  return ["### Fan-out to lines of JSON and OTLP over HTTP", goal, stdout.trim()].join("\n\n");
}

function startup(node: string, entry: string, rounds: number): string {
  const { firstLine, process: whole } = measureStartup(node, entry, WORK, rounds);
  const msOf = (name: string): number => median(firstLine[name] ?? []) / 1e6;
  const [all, core, pino] = [msOf("correlog"), msOf("correlog/core"), msOf("pino")];
  const said = `The core (\`correlog/core\`): ${core.toFixed(1)} ms, pino: ${pino.toFixed(1)} ms; the goal is 12 ms and a third of pino's: ${(core / pino).toFixed(2)}. All of \`correlog\`: ${all.toFixed(1)} ms, ${(all / pino).toFixed(2)}.`;
  return [
    "### Start: import, first line (built package, fresh processes)",
    rowsTable(firstLine, "ms", 1e6),
    said,
    "The whole process:",
    rowsTable(whole, "ms", 1e6),
  ].join("\n\n");
}

/** Builds the library as it ships into a folder of its own, so that a half-written `dist` is never measured. Errors of type are `npm run check`'s. */
function build(): string {
  const out = join(WORK, "dist");
  const { status } = spawnSync(process.execPath, [".build.js", out], { cwd: ROOT, stdio: "ignore" });
  if (status !== 0) process.stderr.write("bench: the library does not compile without errors\n");
  return join(out, "index.js");
}
