// What does a record sent by OTLP cost, against the official pipeline with a queue large enough to lose nothing?
// Usage: node bench/otlp/cost.ts [rounds] [part of a variant's name ...]
import { fork } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { sink } from "./sink.ts";
import { BURSTS, RECORDS, VARIANTS } from "./variant.ts";
import type { Cost } from "./measure.ts";

interface Run extends Cost {
  readonly received: number;
}

const [, , rounds = "5", ...parts] = process.argv;
const names = VARIANTS.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
const to = await sink();
const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
// Interleaved: what else the machine does falls upon all alike.
for (let round = 0; round < Number(rounds); round++) {
  for (const name of names) {
    const cost = await measure(name);
    const { distinct } = await to.report();
    runs.get(name)?.push({ ...cost, received: distinct });
  }
}
to.end();
print();

async function measure(name: string): Promise<Cost> {
  const child = fork(join(import.meta.dirname, "variant.ts"), [name, to.url], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return new Promise((resolve, reject) => {
    child.once("message", (cost) => resolve(cost as Cost));
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

function median(name: string, pick: (run: Run) => number): number {
  const sorted = (runs.get(name) ?? []).map(pick).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function print(): void {
  console.log(
    `node ${process.version}, ${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${RECORDS} records of 6 attributes with an active span, 1000 a turn, a flush after each of ${BURSTS} parts, medians of ${rounds} interleaved rounds`,
  );
  console.log(
    "| variant | main µs/record | of sdk protobuf | process µs/record | of sdk protobuf | loop delay p99 ms | peak MB | wall ms | received |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  const base = median("noop", ({ mainUs }) => mainUs);
  for (const name of names) {
    const [main, all] = [median(name, ({ mainUs }) => mainUs), median(name, ({ processUs }) => processUs)];
    const of = (value: number, theirs: number): string =>
      theirs === 0 ? "" : `1/${((theirs - base) / Math.max(value - base, 0.001)).toFixed(1)}`;
    const cells = [
      main.toFixed(2),
      of(
        main,
        median("sdk protobuf", ({ mainUs }) => mainUs),
      ),
      all.toFixed(2),
      of(
        all,
        median("sdk protobuf", ({ processUs }) => processUs),
      ),
      median(name, ({ delayP99Ms }) => delayP99Ms).toFixed(1),
      median(name, ({ peakMb }) => peakMb).toFixed(0),
      median(name, ({ wallMs }) => wallMs).toFixed(0),
      median(name, ({ received }) => received) - (name === "noop" ? 0 : 20_000),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}
