import { LevelVar } from "../level/level-var.ts";
import { OFF, parseLevel, TRACE } from "../level/level.ts";
import { resolveLimits } from "../value/limits.ts";
import { systemClock } from "./clock.ts";
import { Environment } from "./environment.ts";
import { isPage } from "./page.ts";
import { resourceOf } from "./resource.ts";
import { targetOf } from "./target.ts";
import { choice, count, milliseconds } from "./check.ts";
import { aFunction, expected, knownOptions } from "../value/option.ts";
import type { Level } from "../level/level.ts";
import type { Limits } from "../value/limits.ts";
import type { PlainMap } from "../value/plain.ts";
import type { Clock } from "./clock.ts";
import type { Protocol } from "./envelope.ts";
import type { OtlpOptions, SpoolOptions, WhenFull } from "./options.ts";
import type { Target } from "./transport.ts";

/** Are the options with all that was left out filled in. */
export interface Settings {
  readonly disabled: boolean;
  readonly target: Target;
  readonly protocol: Protocol;
  readonly level: LevelVar;
  readonly limits: Limits;
  readonly resource: PlainMap;
  readonly maxQueueBytes: number;
  readonly maxQueueRecords: number;
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  readonly scheduleDelayMs: number;
  readonly concurrency: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly full: FullRule;
  readonly flushTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly exitTimeoutMs: number;
  readonly spool: Required<SpoolOptions> | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Is what happens when the queue is full. */
interface FullRule {
  readonly drop: "oldest" | "newest";
  readonly blockFrom: Level;
  readonly blockMs: number;
}

const PROTOCOLS = ["http/protobuf", "http/json"] as const;
const MAX_BATCH_BYTES = 524_288;
/**
 * A level is up to three messages in protobuf, and the usual decoders refuse a request with a message below the 100th: of 30 levels
 * protobufjs 8.8.1 and protoc 3.21 read a request, of 31 they do not. So six are left for the groups that loggers open.
 */
const MAX_DEPTH = 24;
/** Two of them outlive their page, which the bodies of requests of 64 KiB in all do. */
const MAX_PAGE_BATCH_BYTES = 30_000;
const MAX_BATCH_RECORDS = 4096;
const FLUSH_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 5000;
const DAY_MS = 86_400_000;

const OPTIONS: readonly (keyof OtlpOptions)[] = [
  "url",
  "endpoint",
  "headers",
  "protocol",
  "compression",
  "timeoutMs",
  "level",
  "limits",
  "resource",
  "maxQueueBytes",
  "maxQueueRecords",
  "maxBatchBytes",
  "maxBatchRecords",
  "scheduleDelayMs",
  "concurrency",
  "firstRetryMs",
  "longestRetryMs",
  "whenFull",
  "flushTimeoutMs",
  "shutdownTimeoutMs",
  "exitTimeoutMs",
  "ca",
  "cert",
  "key",
  "spool",
  "env",
  "fetch",
  "transport",
  "clock",
  "random",
];

/**
 * Fills in the options from the environment and the defaults.
 *
 * @throws RangeError or TypeError that names the option, its value and what was expected.
 */
export function readSettings(options: OtlpOptions): Settings {
  knownOptions("otlpHandler", options, OPTIONS);
  checkParts(options);
  const env = new Environment(options.env ?? globalThis.process?.env ?? {});
  const protocol =
    choice(options.protocol, PROTOCOLS, "protocol") ??
    env.choice(PROTOCOLS, "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL") ??
    "http/protobuf";
  return {
    disabled: env.flag("OTEL_SDK_DISABLED"),
    target: targetOf(options, env),
    protocol,
    level: options.level instanceof LevelVar ? options.level : new LevelVar(parseLevel(options.level ?? TRACE)),
    limits: limitsOf(options.limits, env),
    resource: resourceOf(options.resource, env),
    ...batching(options, env),
    concurrency: count(options.concurrency, "concurrency") ?? 4,
    firstRetryMs: milliseconds(options.firstRetryMs, "firstRetryMs") ?? 500,
    longestRetryMs: milliseconds(options.longestRetryMs, "longestRetryMs") ?? 5000,
    full: fullRule(options.whenFull),
    ...waiting(options, env),
    exitTimeoutMs: milliseconds(options.exitTimeoutMs, "exitTimeoutMs") ?? 2000,
    spool: spoolOf(options.spool),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

/** Checks what is passed in and only used later. */
function checkParts({ resource, env, fetch, transport, clock, random }: OtlpOptions): void {
  if (resource !== undefined && !isObject(resource))
    throw new TypeError(expected("resource", "an object of attributes", resource));
  if (env !== undefined && !isObject(env)) throw new TypeError(expected("env", "an object of variables", env));
  if (fetch !== undefined) aFunction("fetch", fetch);
  if (random !== undefined) aFunction("random", random);
  if (transport !== undefined) {
    checkMethods("transport", transport, ["send", "close"]);
    if (transport.sendSync !== undefined) checkMethods("transport", transport, ["sendSync"]);
  }
  if (clock !== undefined) checkMethods("clock", clock, ["now", "setTimeout", "clearTimeout"]);
}

function checkMethods<T extends object>(option: string, value: T, names: readonly (keyof T & string)[]): void {
  const methods: unknown = value;
  if (typeof methods !== "object" || methods === null)
    throw new TypeError(expected(option, `an object with ${names.join(", ")}`, value));
  for (const name of names) aFunction(`${option}.${name}`, value[name]);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function waiting(options: OtlpOptions, env: Environment): Pick<Settings, "flushTimeoutMs" | "shutdownTimeoutMs"> {
  const flushTimeoutMs =
    milliseconds(options.flushTimeoutMs, "flushTimeoutMs") ?? env.number(0, "OTEL_BLRP_EXPORT_TIMEOUT") ?? FLUSH_TIMEOUT_MS;
  const shutdownTimeoutMs = milliseconds(options.shutdownTimeoutMs, "shutdownTimeoutMs");
  return { flushTimeoutMs, shutdownTimeoutMs: shutdownTimeoutMs ?? Math.min(flushTimeoutMs, SHUTDOWN_TIMEOUT_MS) };
}

type Batching = Pick<Settings, "maxQueueBytes" | "maxQueueRecords" | "maxBatchBytes" | "maxBatchRecords" | "scheduleDelayMs">;

function batching(options: OtlpOptions, env: Environment): Batching {
  const maxQueueBytes = count(options.maxQueueBytes, "maxQueueBytes") ?? 67_108_864;
  const maxQueueRecords =
    count(options.maxQueueRecords, "maxQueueRecords") ?? env.number(1, "OTEL_BLRP_MAX_QUEUE_SIZE") ?? Infinity;
  const maxBatchRecords = count(options.maxBatchRecords, "maxBatchRecords") ?? env.number(1, "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE");
  const scheduleDelayMs = milliseconds(options.scheduleDelayMs, "scheduleDelayMs") ?? env.number(0, "OTEL_BLRP_SCHEDULE_DELAY");
  const maxBatchBytes = count(options.maxBatchBytes, "maxBatchBytes") ?? (isPage() ? MAX_PAGE_BATCH_BYTES : MAX_BATCH_BYTES);
  return {
    maxQueueBytes,
    maxQueueRecords,
    // What is dropped when the queue is full is a batch: it must be a part of the queue, not all of it.
    maxBatchBytes: Math.min(maxBatchBytes, Math.ceil(maxQueueBytes / 4)),
    maxBatchRecords: Math.min(maxBatchRecords ?? MAX_BATCH_RECORDS, Math.ceil(maxQueueRecords / 4)),
    scheduleDelayMs: scheduleDelayMs ?? 1000,
  };
}

function limitsOf(given: Partial<Limits> | undefined, env: Environment): Limits {
  // Is checked before what comes from elsewhere is beside it.
  resolveLimits(given);
  const attributes = env.number(1, "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT");
  const stringLength = env.number(1, "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT");
  return resolveLimits({
    depth: MAX_DEPTH,
    ...(attributes === undefined ? {} : { attributes }),
    ...(stringLength === undefined ? {} : { stringLength }),
    ...given,
  });
}

function fullRule(whenFull: WhenFull = "drop-oldest"): FullRule {
  if (whenFull === "drop-oldest" || whenFull === "drop-newest") {
    return { drop: whenFull === "drop-oldest" ? "oldest" : "newest", blockFrom: OFF, blockMs: 0 };
  }
  const what = "drop-oldest, drop-newest or { blockFrom, timeoutMs }";
  if (!isObject(whenFull)) throw new TypeError(expected("whenFull", what, whenFull));
  knownOptions("whenFull", whenFull, ["blockFrom", "timeoutMs"]);
  const { blockFrom, timeoutMs }: Partial<Exclude<WhenFull, string>> = whenFull;
  const blockMs = milliseconds(timeoutMs, "whenFull.timeoutMs");
  if (blockFrom === undefined || blockMs === undefined) {
    throw new TypeError(`whenFull: expected ${what}, got ${blockFrom === undefined ? "no blockFrom" : "no timeoutMs"}`);
  }
  return { drop: "oldest", blockFrom: parseLevel(blockFrom, "whenFull.blockFrom"), blockMs };
}

function spoolOf(spool: string | SpoolOptions | undefined): Required<SpoolOptions> | undefined {
  if (spool === undefined) return undefined;
  if (spool === "" || (typeof spool !== "string" && !isObject(spool)))
    throw new TypeError(expected("spool", "a folder or { dir }", spool));
  const given: Partial<SpoolOptions> = typeof spool === "string" ? { dir: spool } : spool;
  knownOptions("spool", given, ["dir", "maxBytes", "maxAgeMs"]);
  const { dir, maxBytes, maxAgeMs } = given;
  if (typeof dir !== "string" || dir === "") throw new TypeError(expected("spool.dir", "the path of a folder", dir));
  return {
    dir,
    maxBytes: count(maxBytes, "spool.maxBytes") ?? 536_870_912,
    maxAgeMs: milliseconds(maxAgeMs, "spool.maxAgeMs") ?? 3 * DAY_MS,
  };
}
