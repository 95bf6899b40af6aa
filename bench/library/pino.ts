import assert from "node:assert/strict";
import { once } from "node:events";
import { span } from "../span.ts";
import { each, requireOf } from "../subject.ts";
import type { EventEmitter } from "node:events";
import type { Case } from "../cases.ts";
import type { Open, Peer } from "../subject.ts";

interface SonicBoom extends EventEmitter {
  readonly sync: boolean;
  readonly minLength: number;
  flushSync(): void;
}
interface PinoLogger {
  info(attrs: object | string, message?: string): void;
  child(bound: object): PinoLogger;
}
interface Pino {
  (options: object, destination?: SonicBoom): PinoLogger;
  destination(options: { dest: number; sync: boolean; minLength: number }): SonicBoom;
  readonly stdTimeFunctions: { readonly isoTime: () => string };
  readonly symbols: { readonly streamSym: symbol };
  readonly version: string;
}

interface Mode {
  readonly project: "peers" | "peers-fixed";
  readonly sync: boolean;
  readonly minLength: number;
  readonly epoch?: boolean;
}

const SHIPPED = { project: "peers" } as const;
const FIXED = { project: "peers-fixed" } as const;

/** Are the modes that pino documents, ISO-8601 time and a text level except where the name says epoch (its default form). */
export const PINO: readonly Peer[] = [
  { name: "pino sync", mode: "each", open: open({ ...SHIPPED, sync: true, minLength: 0 }) },
  { name: "pino default", mode: "each", open: open({ ...SHIPPED, sync: false, minLength: 0 }) },
  { name: "pino fast", mode: "buffered", open: open({ ...SHIPPED, sync: false, minLength: 4096 }) },
  { name: "pino-fixed sync", mode: "each", open: open({ ...FIXED, sync: true, minLength: 0 }) },
  { name: "pino-fixed fast", mode: "buffered", open: open({ ...FIXED, sync: false, minLength: 4096 }) },
  { name: "pino-fixed batch", mode: "buffered", open: open({ ...FIXED, sync: true, minLength: 4096 }) },
  { name: "pino-fixed batch epoch", mode: "buffered", open: open({ ...FIXED, sync: true, minLength: 4096, epoch: true }) },
];

function open(mode: Mode): Open {
  return async (fd, bench) => {
    const pino = requireOf(mode.project)("pino") as Pino;
    assert.equal(pino.version, "10.4.0");
    if (mode.project === "peers-fixed") assert.match(sonicBoomOf(mode.project), /^4\.0\.1$/);
    if (!mode.sync && mode.minLength === 0) assertDefault(pino);
    const destination = pino.destination({ dest: fd, sync: mode.sync, minLength: mode.minLength });
    const root = pino(optionsOf(pino, mode, bench), destination);
    assert.equal((root as unknown as { [key: symbol]: unknown })[pino.symbols.streamSym], destination);
    assert.deepEqual([destination.sync, destination.minLength], [mode.sync, mode.minLength]);
    const logger = bench.bound === undefined ? root : root.child(bench.bound);
    return each(logOf(logger, bench), async () => settle(destination));
  };
}

/** Asserts that `pino()` without options is asynchronous and gathers nothing. */
function assertDefault(pino: Pino): void {
  const stream = (pino({}) as unknown as { [key: symbol]: SonicBoom })[pino.symbols.streamSym];
  assert.deepEqual([stream?.sync, stream?.minLength], [false, 0]);
}

/** Names the version of sonic-boom that a fixture project has. */
export function sonicBoomOf(project: "peers" | "peers-fixed"): string {
  return (requireOf(project)("sonic-boom/package.json") as { version: string }).version;
}

function optionsOf(pino: Pino, mode: Mode, bench: Case): object {
  const iso = { timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level: string) => ({ level }) } };
  const mixin = bench.span === "active" ? { mixin: () => span.read(undefined) } : {};
  return { base: undefined, ...(mode.epoch === true ? {} : iso), ...mixin };
}

function logOf(logger: PinoLogger, { message, attrs, request, span: from }: Case): (i: number) => void {
  if (request !== undefined) return (i) => logger.child(request(i)).info(attrs(i) ?? {}, message(i));
  if (from === "explicit") return (i) => logger.info({ ...attrs(i), ...span.read(span.context) }, message(i));
  return (i) => {
    const own = attrs(i);
    if (own === undefined) logger.info(message(i));
    else logger.info(own, message(i));
  };
}

/** Waits for the write under way and writes the rest. Not `flush()`, which calls fsync as well. */
async function settle(destination: SonicBoom): Promise<void> {
  while (Reflect.get(destination, "_writing") === true) await once(destination, "drain");
  destination.flushSync();
}
