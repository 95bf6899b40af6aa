// How long until a library has written its first line? From before its import to behind that line, in fresh processes.
//
//   npm run build && node bench/startup.ts [--node 22|24|26] [--entry dist/index.js] [--rounds 30]
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine, nodeOf, versionOf } from "./machine.ts";
import { requireOf } from "./subject.ts";
import { rowsTable } from "./table.ts";
import type { Rows } from "./slots.ts";

const ROOT = join(import.meta.dirname, "..");

/** Are the times of a library in fresh processes, in ns: to import it, make a logger and write the first line; and of the process. */
export interface Startup {
  readonly firstLine: Rows;
  readonly process: Rows;
}

/** Starts each library in processes of its own, interleaved: from before the import to behind the first line, on `/dev/null`. */
export function measureStartup(node: string, entry: string, folder: string, rounds: number): Startup {
  mkdirSync(folder, { recursive: true });
  const apps = Object.entries(sources(entry)).map(([name, source]) => {
    const file = join(folder, `start-${name.replaceAll(/\W+/g, "-")}.mjs`);
    writeFileSync(
      file,
      // Read before stderr is, which takes 2 ms to make.
      `const start = performance.now();\n${source}\nconst took = performance.now() - start;\nprocess.stderr.write(String(took));\n`,
    );
    return { name, file, firstLine: [] as number[], process: [] as number[] };
  });
  // The first round fills the caches of the file system.
  for (let round = 0; round <= rounds; round++) {
    for (const app of apps) {
      const start = performance.now();
      const said = execFileSync("sh", ["-c", '"$0" "$1" 2>&1 >/dev/null', node, app.file], { encoding: "utf8" });
      if (round === 0) continue;
      app.process.push((performance.now() - start) * 1e6);
      app.firstLine.push(Number(said) * 1e6);
    }
  }
  const rows = (of: "firstLine" | "process"): Rows => Object.fromEntries(apps.map((app) => [app.name, app[of]]));
  // Nothing is no measure for the others until the process is counted.
  const { nothing: _, ...firstLine } = rows("firstLine");
  return { firstLine, process: rows("process") };
}

function sources(entry: string): { readonly [name: string]: string } {
  const require = requireOf("peers");
  const of = (name: string): string => JSON.stringify(pathToFileURL(require.resolve(name)).href);
  const ownOf = (name: string): string => JSON.stringify(pathToFileURL(join(dirname(entry), name)).href);
  const combine = "format.combine(format.timestamp(), format.json())";
  return {
    nothing: "",
    "console.log": 'console.log(JSON.stringify({ msg: "order paid", orderId: 17 }));',
    "correlog/core": ownLine(ownOf("core.js")),
    correlog: ownLine(ownOf("index.js")),
    pino: `const { default: pino } = await import(${of("pino")});
pino(pino.destination({ dest: 1, sync: true })).info({ orderId: 17 }, "order paid");`,
    winston: `const { default: { createLogger, format, transports } } = await import(${of("winston")});
createLogger({ format: ${combine}, transports: [new transports.Console()] }).info("order paid", { orderId: 17 });`,
    bunyan: `const { default: bunyan } = await import(${of("bunyan")});
bunyan.createLogger({ name: "app" }).info({ orderId: 17 }, "order paid");`,
    logtape: `const { configureSync, getConsoleSink, getJsonLinesFormatter, getLogger } = await import(${of("@logtape/logtape")});
configureSync({ sinks: { out: getConsoleSink({ formatter: getJsonLinesFormatter() }) }, loggers: [{ category: "app", sinks: ["out"] }] });
getLogger("app").info("order paid", { orderId: 17 });`,
    tslog: `const { Logger } = await import(${of("tslog")});
new Logger({ type: "json", stack: { capture: "off" } }).info("order paid", { orderId: 17 });`,
  };
}

function ownLine(entry: string): string {
  return `const { Logger, jsonHandler } = await import(${entry});
const handler = jsonHandler({ flushLevel: "trace" });
new Logger(handler).info("order paid", { orderId: 17 });`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      node: { type: "string" },
      entry: { type: "string", default: "dist/index.js" },
      rounds: { type: "string", default: "30" },
    },
  });
  const node = nodeOf(values.node);
  const { firstLine } = measureStartup(node, resolve(values.entry), join(ROOT, ".tmp/bench"), Number(values.rounds));
  console.log(`Node ${versionOf(node)}, ${values.rounds} processes each, ${describeMachine()}\n`);
  console.log(rowsTable(firstLine, "ms", 1e6));
}
