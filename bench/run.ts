// What does a line cost, beside the other loggers and beside what no logger can go below?
//
//   node bench/run.ts [--node 22|24|26] [--quick] [--entry FILE] [--case NAME]... [--peer PART]
//
// What is measured is the package as it is installed, built first. `--entry` measures another: `src/index.ts`, or a copy's, before and after a
// change; a line by the sources costs 1.03 to 1.06, since V8 folds no imported constant. `--quick` runs each case once and shortly, `--peer`
// only those with this part in their name. `bench/results.md` is written when everything was run.
//
// How it is kept fair:
// - The same messages and attributes for every library, built inside the timed call; the whole way from the call to the bytes.
// - Every library writes ISO-8601 time and the same facts: its lines are parsed and compared with them before it is timed, and counted
//   behind 20 turns of as many records as are timed, so that none drops what it is given. `pino-fixed batch epoch` alone has pino's numeric
//   time and level, as that is the most it can do. pino carries no `pid` and `hostname` here, as ours carries none; bunyan always does.
//   tslog writes a block of its own data into each line.
// - All rows of a case run in one process, in slots of about 8 ms whose order rotates, each slot until everything is written; a ratio
//   is the median of the ratios of the rounds. A case runs in several fresh processes, and no two cases in the same.
// - pino's modes are those it documents, asserted at run time. `pino-fixed` is pino over sonic-boom 4.0.1: the release that it ships with measures its whole
//   buffer at every write, which any patch may mend; so the honest yardstick is the mended one.
// - `correlog, 100 ms` gathers for an interval (`flushIntervalMs`), as pino's fast modes gather for 4 kB however long that takes; `correlog`
//   writes at the end of each turn.
// - winston and bunyan write into file streams, which gather. LogTape's own streams drop records in a burst, so that its sink writes each
//   line. tslog and console.log print. What knows no Error among attributes (winston, tslog, console.log) gets it written out.
// - No collection is forced: garbage costs whoever runs when it is collected, which flatters those who make most of it.
// - With fewer than 250 records a turn, the idle turn is measured as a row of its own, and taken off.
import { existsSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { doTask } from "./task.ts";

if (process.env["BENCH_TASK"] === undefined) await main();
else await doTask(process.env["BENCH_TASK"]);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      node: { type: "string" },
      quick: { type: "boolean", default: false },
      entry: { type: "string" },
      case: { type: "string", multiple: true },
      peer: { type: "string" },
    },
  });
  for (const project of ["peers", "peers-fixed"]) install(join(import.meta.dirname, project));
  // Loaded behind the installation, of which it reads.
  const { runSuite } = await import("./suite.ts");
  await runSuite(values);
}

function install(folder: string): void {
  if (existsSync(join(folder, "node_modules/.package-lock.json"))) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, stdio: "inherit" });
}
