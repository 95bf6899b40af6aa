/*
 * Measures what stands between a logger and its output against the plain handler in the same run: rounds by turns, each row in fresh
 * processes of its own, medians, printed as ratios and nanoseconds. A row's calls go the whole way, from the user's call to bytes
 * written to /dev/null.
 */
import { execFileSync } from "node:child_process";
import { openSync } from "node:fs";
import { fdWriter, jsonHandler, Logger } from "../../src/index.ts";
import { median, ratios, spread } from "../stats.ts";
import { writePart } from "./results.ts";
import type { Handler, LoggerOptions, Middleware } from "../../src/index.ts";

/** Short rounds, and many: on a busy machine most are then not interrupted, and the median is one of those. */
const CALLS = 500;
const ROUNDS = 1001;
const WARM_UP = 100;
const PROCESSES = 3;
/** What is dear is measured for so long, and for so many rounds at least. */
const MOST_MS = 1500;
const LEAST_ROUNDS = 101;

/** Is a way to log, called with the number of the call. */
export type Use = (logger: Logger, call: number) => void;

export interface Row {
  readonly name: string;
  readonly middleware: Middleware;
  readonly use: Use;
  /** What it is compared with: the same use over the plain handler, unless it is another. */
  readonly plain?: Use;
  /** The plain handler, where it is not one into /dev/null. */
  readonly base?: () => Handler;
  readonly options?: LoggerOptions;
  /** Names the logger. */
  readonly named?: string;
  /** Runs after each round, out of the measured time, for what is not done when the calls return. */
  readonly settle?: () => Promise<void>;
}

/** Three attributes and a bound one, as a service's line has. */
export const orderPaid: Use = (logger, call) => logger.info("order paid", { orderId: call, total: 12.5, currency: "EUR" });
/** A call below the level of both. */
export const disabled: Use = (logger, call) => logger.trace("order paid", { orderId: call, total: 12.5, currency: "EUR" });

interface Samples {
  readonly base: number[];
  readonly own: number[];
}

/** Runs rows, prints for each what it costs beside its plain form, and writes them as a part of `results.md`. */
export async function compare(title: string, question: string, rows: readonly Row[]): Promise<void> {
  const task = process.env["BENCH_ROW"];
  if (task !== undefined) {
    const row = rows[Number(task)];
    if (row !== undefined) console.log(JSON.stringify(await measure(row)));
    return;
  }
  console.log(`\n${title}: ${question}`);
  const lines = rows.map((row, i) => {
    const runs = Array.from({ length: PROCESSES }, () => inProcess(i));
    const line = lineOf(row.name, runs);
    console.log(`  ${line.map((cell, at) => (at === 0 ? cell.padEnd(62) : cell.padStart(10))).join(" ")}`);
    return line;
  });
  writePart(title, question, lines);
}

function inProcess(row: number): Samples {
  const args = [...process.execArgv, process.argv[1] ?? ""];
  const text = execFileSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, BENCH_ROW: String(row) } });
  return JSON.parse(text.trim().split("\n").at(-1) ?? "") as Samples;
}

/** Gives the ratio of the rounds' medians, how far the processes were apart, and the nanoseconds. */
function lineOf(name: string, runs: readonly Samples[]): readonly string[] {
  const each = runs.map(({ base, own }) => median(ratios(own, base)));
  const own = median(runs.map((run) => median(run.own)));
  const base = median(runs.map((run) => median(run.base)));
  const added = median(runs.map((run) => median(run.own) - median(run.base)));
  const apart = Math.round(spread(each) * 100);
  return [name, median(each).toFixed(2), `±${apart} %`, own.toFixed(0), base.toFixed(0), added.toFixed(0)];
}

async function measure(row: Row): Promise<Samples> {
  const options = { level: "debug", ...row.options } as const;
  const plain = loggerOf(row.base?.() ?? devNull(), options, row);
  const wrapped = loggerOf(row.middleware(devNull()), options, row);
  const samples: Samples = { base: [], own: [] };
  const start = performance.now();
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    if (samples.own.length >= LEAST_ROUNDS && performance.now() - start > MOST_MS) break;
    const base = run(plain, row.plain ?? row.use);
    const own = run(wrapped, row.use);
    await row.settle?.();
    if (round < WARM_UP) continue;
    samples.base.push(base);
    samples.own.push(own);
  }
  return samples;
}

function loggerOf(handler: Handler, options: LoggerOptions, { named = "" }: Row): Logger {
  return new Logger(handler, options).named(named).with({ service: "shop" });
}

function devNull(): Handler {
  return jsonHandler({ writer: fdWriter(openSync("/dev/null", "w")) });
}

function run(logger: Logger, use: Use): number {
  const start = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) use(logger, call);
  return Number(process.hrtime.bigint() - start) / CALLS;
}
