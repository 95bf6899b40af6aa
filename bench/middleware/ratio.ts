/*
 * Measures middleware against the plain handler in the same run: rounds by turns, medians, printed as ratios and nanoseconds. A
 * row's calls go the whole way, from the user's call to bytes written to /dev/null.
 */
import { openSync } from "node:fs";
import { fdWriter, jsonHandler, Logger } from "../../src/index.ts";
import type { Handler, LoggerOptions, Middleware } from "../../src/index.ts";

/** Short rounds, and many: on a busy machine most are then not interrupted, and the median is one of those. */
const CALLS = 500;
const ROUNDS = 2001;
const WARM_UP = 200;

/** Is a way to log, called with the number of the call. */
export type Use = (logger: Logger, call: number) => void;

export interface Row {
  readonly name: string;
  readonly middleware: Middleware;
  readonly use: Use;
  /** What it is compared with: the same use over the plain handler, unless it is another. */
  readonly plain?: Use;
  readonly options?: LoggerOptions;
}

/** Three attributes and a bound one, as a service's line has. */
export const orderPaid: Use = (logger, call) => logger.info("order paid", { orderId: call, total: 12.5, currency: "EUR" });
/** A call below the level of both. */
export const disabled: Use = (logger, call) => logger.trace("order paid", { orderId: call, total: 12.5, currency: "EUR" });

/** Runs rows and prints for each what it costs beside its plain form. */
export function compare(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const row of rows) {
    const plain = new Logger(devNull(), { level: "debug", ...row.options }).with({ service: "shop" });
    const wrapped = new Logger(row.middleware(devNull()), { level: "debug", ...row.options }).with({ service: "shop" });
    const times = byTurns([() => run(plain, row.plain ?? row.use), () => run(wrapped, row.use)]);
    const [base = 0, own = 0] = times;
    const ratio = (own / base).toFixed(2);
    console.log(
      `  ${row.name.padEnd(58)} ${ratio.padStart(6)} x  ${own.toFixed(0).padStart(5)} ns against ${base.toFixed(0)} ns, +${(own - base).toFixed(0)} ns`,
    );
  }
}

function devNull(): Handler {
  return jsonHandler({ writer: fdWriter(openSync("/dev/null", "w")) });
}

function byTurns(runs: readonly (() => number)[]): readonly number[] {
  const samples = runs.map((): number[] => []);
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const [i, each] of runs.entries()) {
      const ns = each();
      if (round >= WARM_UP) samples[i]?.push(ns);
    }
  }
  return samples.map((each) => each.toSorted((a, b) => a - b)[each.length >> 1] ?? 0);
}

function run(logger: Logger, use: Use): number {
  const start = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) use(logger, call);
  return Number(process.hrtime.bigint() - start) / CALLS;
}
