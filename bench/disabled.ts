// A call below the level, with the same literal in each, written out per row, so that each has a call site of its own. The call stands in a
// function that the loop calls, as an app's does: in the loop itself the empty function is left out altogether, literal and all (0.5 ns),
// and ours costs its loads and the comparison (1.7 ns).
import { correlog } from "./library/ours.ts";
import { each, requireOf } from "./subject.ts";
import type { Group } from "./groups.ts";
import type { Subject } from "./subject.ts";
import type { Logger } from "../src/index.ts";

interface AttrsLast {
  debug(message: string, attrs: object): void;
}
interface AttrsFirst {
  debug(attrs: object, message: string): void;
}

const EMPTY: AttrsLast = {
  debug() {
    // Takes the literal, and nothing else.
  },
};

/** Are the ways of ours to be disabled, and the peers'; the first row is the empty function that all are measured by. */
export const disabled: Group["rows"] = [
  { name: "empty function", open: async () => callsEmpty(EMPTY) },
  { name: "correlog", open: async () => callsPlain(await plain()) },
  { name: "correlog, LevelVar", open: async () => callsLevelVar(await levelVar()) },
  { name: "correlog, level by name", open: async () => callsByName(await byName()) },
  { name: "correlog, fan-out of three", open: async () => callsFanout(await fanoutOfThree()) },
  { name: "pino", open: async () => callsPino(make("pino", {})) },
  { name: "bunyan", open: async () => callsBunyan(make("bunyan", { name: "bench" }, "createLogger")) },
  { name: "winston", open: async () => callsWinston(silentWinston()) },
];

async function plain(): Promise<Logger> {
  const { Logger, jsonHandler } = await correlog();
  return new Logger(jsonHandler());
}

async function levelVar(): Promise<Logger> {
  const { Logger, LevelVar, jsonHandler } = await correlog();
  return new Logger(jsonHandler(), { level: new LevelVar("info") });
}

async function byName(): Promise<Logger> {
  const { Logger, LevelRules, jsonHandler } = await correlog();
  return new Logger(jsonHandler(), { level: new LevelRules("debug,db=info") }).named("db");
}

async function fanoutOfThree(): Promise<Logger> {
  const { Logger, atLevel, fanout, jsonHandler } = await correlog();
  const branches = ["info", "warn", "error"].map((level) => atLevel(level, jsonHandler()));
  return new Logger(fanout(...branches), { level: "trace" });
}

function make(library: string, options: object, maker?: string): AttrsFirst & AttrsLast {
  const loaded = requireOf("peers")(library) as { [maker: string]: (options: object) => AttrsFirst & AttrsLast };
  const create = maker === undefined ? (loaded as unknown as (options: object) => AttrsFirst & AttrsLast) : loaded[maker];
  if (create === undefined) throw new Error(`${library}: no ${String(maker)}`);
  return create(options);
}

function silentWinston(): AttrsLast {
  const { createLogger, transports } = requireOf("peers")("winston") as {
    readonly createLogger: (options: object) => AttrsLast;
    readonly transports: { readonly Console: new () => object };
  };
  return createLogger({ level: "info", transports: [new transports.Console()] });
}

function callsEmpty(logger: AttrsLast): Subject {
  return each((i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }));
}

function callsPlain(logger: Logger): Subject {
  return each((i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }));
}

function callsLevelVar(logger: Logger): Subject {
  return each((i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }));
}

function callsByName(logger: Logger): Subject {
  return each((i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }));
}

function callsFanout(logger: Logger): Subject {
  return each((i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }));
}

function callsPino(logger: AttrsFirst): Subject {
  return each((i) => logger.debug({ key: "user:17", shard: i, ms: 12.5 }, "cache miss"));
}

function callsBunyan(logger: AttrsFirst): Subject {
  return each((i) => logger.debug({ key: "user:17", shard: i, ms: 12.5 }, "cache miss"));
}

function callsWinston(logger: AttrsLast): Subject {
  return each((i) => logger.debug("cache miss", { key: "user:17", shard: i, ms: 12.5 }));
}
