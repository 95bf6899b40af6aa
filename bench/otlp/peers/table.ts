import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { median, spread } from "../../stats.ts";
import { versions } from "./project.ts";
import type { Plan, Run, Runs } from "./rounds.ts";

type Pick = (run: Run) => number;

const main: Pick = ({ mainUs }) => mainUs;
const whole: Pick = ({ processUs }) => processUs;

/** Prints what was measured, the machine and the versions before it. */
export function print(runs: Runs, { records, rounds }: Plan): void {
  const [cpu] = cpus();
  console.log(`- ${new Date().toISOString()}, \`node ${process.argv.slice(1).map(short).join(" ")}\`, Node ${process.version}`);
  console.log(
    `- ${availableParallelism()} cores (${cpu?.model.trim() ?? "unknown"}), ${gib()} GiB, ${type()} ${release()}, other jobs beside it`,
  );
  console.log(`- ${versions()}`);
  console.log(
    `- ${records} records, 1000 a turn, ${rounds} interleaved rounds: medians, ± half the distance between the quartiles; received: the worst round\n`,
  );
  console.log(
    "| way | main µs/record | x correlog | process µs/record | x correlog | loop delay p99 ms | peak MB | wall ms | received at least | lost at most |",
  );
  console.log("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
  for (const name of runs.keys()) console.log(`| ${name} | ${cells(runs, name, records).join(" | ")} |`);
}

/** Says how many times one row costs another, less the row that logs nothing: the median of the rounds' ratios. */
function times(runs: Runs, of: string, by: string, pick: Pick): string {
  const ratios = series(runs, of, pick).map((value, round) => {
    const idle = series(runs, "noop", pick)[round] ?? 0;
    return (value - idle) / ((series(runs, by, pick)[round] ?? Number.NaN) - idle);
  });
  return `${median(ratios).toFixed(1)}${noise(ratios)}`;
}

/** Prints what pairs of rows cost against one another. */
export function printPairs(runs: Runs, pairs: readonly (readonly [string, string])[]): void {
  console.log("\n| compared | main thread | whole process |\n| --- | --: | --: |");
  for (const [of, by] of pairs.filter((pair) => pair.every((name) => runs.has(name)))) {
    console.log(`| ${of} / ${by} | ${times(runs, of, by, main)} | ${times(runs, of, by, whole)} |`);
  }
}

function cells(runs: Runs, name: string, records: number): readonly string[] {
  // The worst round: a median would hide what is lost now and then.
  const received = Math.min(...series(runs, name, (run) => run.received));
  return [
    `${middle(runs, name, main).toFixed(2)}${noise(series(runs, name, main))}`,
    against(runs, name, main),
    `${middle(runs, name, whole).toFixed(2)}${noise(series(runs, name, whole))}`,
    against(runs, name, whole),
    middle(runs, name, ({ delayP99Ms }) => delayP99Ms).toFixed(1),
    middle(runs, name, ({ peakMb }) => peakMb).toFixed(0),
    middle(runs, name, ({ wallMs }) => wallMs).toFixed(0),
    received.toFixed(0),
    name === "noop" ? "" : `${((1 - received / records) * 100).toFixed(1)} %`,
  ];
}

function against(runs: Runs, name: string, pick: Pick): string {
  return name === "noop" || name === "correlog" || !runs.has("correlog") ? "" : times(runs, name, "correlog", pick);
}

function noise(values: readonly number[]): string {
  return values.length < 3 ? "" : ` ± ${(spread(values) * 100).toFixed(0)} %`;
}

function middle(runs: Runs, name: string, pick: Pick): number {
  return median(series(runs, name, pick));
}

function series(runs: Runs, name: string, pick: Pick): readonly number[] {
  return (runs.get(name) ?? []).map(pick);
}

function gib(): number {
  return Math.round(totalmem() / 2 ** 30);
}

/** Names this repository's own files as one types them. */
function short(argument: string): string {
  return argument.replace(/^.*\/(?=bench\/)/, "");
}
