// Loggers that write each record by themselves: LogTape through a sink that writes, tslog and console.log through the console.
import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { each, requireOf } from "../subject.ts";
import { ownOf, withIds } from "./streams.ts";
import type { Case } from "../cases.ts";
import type { Open, Peer } from "../subject.ts";

interface LogTapeLogger {
  info(message: string, attrs?: object): void;
  with(bound: object): LogTapeLogger;
}
interface LogTape {
  readonly configureSync: (config: object) => void;
  readonly getJsonLinesFormatter: () => (record: unknown) => string;
  readonly getLogger: (category: string) => LogTapeLogger;
}
interface TsLog {
  readonly Logger: new (settings: object) => { info(...args: unknown[]): void };
}

export const PRINTERS: readonly Peer[] = [
  { name: "logtape", mode: "each", open: logtape() },
  { name: "tslog", mode: "each", prints: true, open: tslog() },
  { name: "console.log", mode: "each", prints: true, open: printed() },
];

function logtape(): Open {
  return async (fd, bench) => {
    const { configureSync, getJsonLinesFormatter, getLogger } = await load<LogTape>("@logtape/logtape");
    const format = getJsonLinesFormatter();
    const meta = { category: ["logtape", "meta"], sinks: [], lowestLevel: "fatal" };
    const sinks = { line: (record: unknown) => void writeSync(fd, format(record)) };
    configureSync({ reset: true, sinks, loggers: [{ category: "bench", sinks: ["line"], lowestLevel: "info" }, meta] });
    const root = getLogger("bench");
    return each(logtapeLog(bench.bound === undefined ? root : root.with(bench.bound), bench));
  };
}

function logtapeLog(logger: LogTapeLogger, bench: Case): (i: number) => void {
  const { message, request } = bench;
  const attrs = withIds(bench, bench.attrs);
  if (request !== undefined) return (i) => logger.with(request(i)).info(message(i), attrs(i));
  return (i) => logger.info(message(i), attrs(i));
}

function tslog(): Open {
  return async (_, bench) => {
    const { Logger } = await load<TsLog>("tslog");
    const logger = new Logger({ type: "json", stack: { capture: "off" } });
    const attrs = merged(bench);
    return each((i) => logger.info(bench.message(i), attrs(i) ?? {}));
  };
}

function printed(): Open {
  return async (_, bench) => {
    const attrs = merged(bench);
    return each((i) => {
      console.log(JSON.stringify({ time: new Date().toISOString(), level: "INFO", msg: bench.message(i), ...attrs(i) }));
    });
  };
}

/** Gives all attributes in one object, for what knows no child loggers. */
function merged(bench: Case): (i: number) => object | undefined {
  const { bound, request } = bench;
  const own = ownOf(bench);
  if (request !== undefined) return (i) => ({ ...request(i), ...own(i) });
  return bound === undefined ? own : (i) => ({ ...bound, ...own(i) });
}

async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(requireOf("peers").resolve(name)).href)) as T;
}
