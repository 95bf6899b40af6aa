import { once } from "node:events";
import { openSync } from "node:fs";
import { span } from "../../span.ts";
import { peer } from "./project.ts";
import { globalProvider } from "./sdk.ts";
import { queueOf } from "./subject.ts";
import type { EventEmitter } from "node:events";
import type { Attrs, Open, Queue } from "./subject.ts";

interface Transport extends EventEmitter {
  end(): void;
}
interface SonicBoom extends EventEmitter {
  flushSync(): void;
}
interface PinoLogger {
  info(attrs: Attrs, message: string): void;
}
interface Pino {
  (options: object, destination: object): PinoLogger;
  destination(options: { readonly dest: number; readonly sync: boolean; readonly minLength: number }): SonicBoom;
  multistream(streams: readonly { readonly stream: object }[]): object;
  transport(options: object): Transport;
  readonly stdTimeFunctions: { readonly isoTime: () => string };
}

/** Is how pino writes its line: as `pino()` does, synchronously, or in its documented fast mode. */
interface Line {
  readonly sync: boolean;
  readonly minLength: number;
  /** Keeps pino's numeric time and level, the cheapest that it can write. */
  readonly epoch?: boolean;
}

const DEFAULT: Line = { sync: false, minLength: 0 };
export const SYNC: Line = { sync: true, minLength: 0 };
export const FAST: Line = { sync: false, minLength: 4096 };

/**
 * Opens pino with its official instrumentation, which parses the finished line in the main thread. Without a path the line goes nowhere,
 * and has pino's own form; with one it has the time and level of ours.
 */
export function instrumented(queue: Queue, mode: Line = DEFAULT): Open {
  return async (url, path) => {
    const provider = globalProvider(url, queue);
    const { PinoInstrumentation } = peer("@opentelemetry/instrumentation-pino") as { PinoInstrumentation: new () => unknown };
    void new PinoInstrumentation();
    const pino = peer("pino") as Pino;
    const { sync, minLength } = mode;
    const destination = path === undefined ? undefined : pino.destination({ dest: openSync(path, "w"), sync, minLength });
    const iso = { timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level: string) => ({ level }) } };
    const form = path === undefined || mode.epoch === true ? {} : iso;
    const logger = pino({ base: undefined, ...form }, destination ?? { write() {} });
    return {
      log: (message, attrs) => logger.info(attrs, message),
      async end() {
        if (destination !== undefined) await settle(destination);
        await provider.shutdown();
      },
    };
  };
}

/** Opens pino with `pino-opentelemetry-transport` in its worker; the trace is stamped by a mixin, as its documentation has it. */
export function transported(queue: Queue): Open {
  return async (url) => {
    const pino = peer("pino") as Pino;
    const transport = pino.transport(otlpTarget(url, queue));
    return subjectOf(pino, transport, async () => ended(transport));
  };
}

/** Opens pino with both the file and OTLP in the worker. */
export const targets: Open = async (url, path) => {
  const pino = peer("pino") as Pino;
  const file = { target: "pino/file", options: { destination: path } };
  const transport = pino.transport({ targets: [file, otlpTarget(url, "default")] });
  return subjectOf(pino, transport, async () => ended(transport));
};

/** Opens pino with the line written by the main thread, and the worker for OTLP. */
export const multistream: Open = async (url, path = "/dev/null") => {
  const pino = peer("pino") as Pino;
  const destination = pino.destination({ dest: openSync(path, "w"), ...SYNC });
  const transport = pino.transport(otlpTarget(url, "default"));
  return subjectOf(pino, pino.multistream([{ stream: destination }, { stream: transport }]), async () => ended(transport));
};

function otlpTarget(url: string, queue: Queue): object {
  const exporterOptions = { protocol: "http/protobuf", protobufExporterOptions: { url: `${url}/v1/logs` } };
  const logRecordProcessorOptions = { recordProcessorType: "batch", exporterOptions, processorConfig: queueOf(queue) };
  const resourceAttributes = { "service.name": "bench" };
  return {
    target: peer.resolve("pino-opentelemetry-transport"),
    options: { loggerName: "bench", serviceVersion: "1", resourceAttributes, logRecordProcessorOptions },
  };
}

function subjectOf(pino: Pino, destination: object, end: () => Promise<void>): ReturnType<Open> {
  const logger = pino({ base: undefined, mixin: () => span.read(undefined) }, destination);
  return Promise.resolve({ log: (message, attrs) => logger.info(attrs, message), end });
}

async function ended(transport: Transport): Promise<void> {
  // The worker does not keep the process alive: something has to, until it has closed.
  const alive = setInterval(() => {}, 1000);
  const closed = once(transport, "close");
  transport.end();
  await closed;
  clearInterval(alive);
}

/** Waits for the write under way and writes the rest. */
async function settle(destination: SonicBoom): Promise<void> {
  while (Reflect.get(destination, "_writing") === true) await once(destination, "drain");
  destination.flushSync();
}
