// winston and bunyan, each into a file stream, which gathers while a write is under way: the fastest way they document.
import { createWriteStream } from "node:fs";
import { span } from "../span.ts";
import { each, requireOf, turn } from "../subject.ts";
import type { WriteStream } from "node:fs";
import type { Case } from "../cases.ts";
import type { Open, Peer } from "../subject.ts";
import type { Attrs } from "../../src/index.ts";

interface WinstonLogger {
  readonly writableLength: number;
  info(message: string, attrs?: object): void;
  child(bound: object): WinstonLogger;
}
interface Winston {
  readonly createLogger: (options: object) => WinstonLogger;
  readonly format: { combine(...formats: object[]): object; timestamp(): object; json(): object };
  readonly transports: { readonly Stream: new (options: { stream: WriteStream }) => object };
}
interface BunyanLogger {
  info(attrs: object | string, message?: string): void;
  child(bound: object, simple: boolean): BunyanLogger;
}
interface Bunyan {
  readonly createLogger: (options: object) => BunyanLogger;
  readonly stdSerializers: object;
}

export const STREAMS: readonly Peer[] = [
  { name: "winston", mode: "buffered", open: winston() },
  { name: "bunyan", mode: "buffered", open: bunyan() },
];

function winston(): Open {
  return async (fd, bench) => {
    const { createLogger, format, transports } = requireOf("peers")("winston") as Winston;
    const stream = streamOf(fd);
    const transport = new transports.Stream({ stream });
    const root = createLogger({ format: format.combine(format.timestamp(), format.json()), transports: [transport] });
    const logger = bench.bound === undefined ? root : root.child(bench.bound);
    return each(winstonLog(logger, bench), async () => {
      while (root.writableLength > 0 || stream.writableLength > 0) await turn();
    });
  };
}

function winstonLog(logger: WinstonLogger, bench: Case): (i: number) => void {
  const { message, request } = bench;
  const attrs = ownOf(bench);
  if (request !== undefined) return (i) => logger.child(request(i)).info(message(i), attrs(i));
  return (i) => logger.info(message(i), attrs(i));
}

function bunyan(): Open {
  return async (fd, bench) => {
    const { createLogger, stdSerializers } = requireOf("peers")("bunyan") as Bunyan;
    const stream = streamOf(fd);
    const root = createLogger({ name: "bench", serializers: stdSerializers, streams: [{ stream }] });
    const logger = bench.bound === undefined ? root : root.child(bench.bound, true);
    return each(bunyanLog(logger, bench), async () => {
      while (stream.writableLength > 0) await turn();
    });
  };
}

function bunyanLog(logger: BunyanLogger, bench: Case): (i: number) => void {
  const { message, request } = bench;
  const attrs = withIds(bench, bench.attrs);
  if (request !== undefined) return (i) => logger.child(request(i), true).info(attrs(i) ?? {}, message(i));
  return (i) => logger.info(attrs(i) ?? {}, message(i));
}

function streamOf(fd: number): WriteStream {
  return createWriteStream("", { fd, autoClose: false });
}

/** Gives a case's attributes for a library that prints an Error as `{}`: written out, as its users do. */
export function ownOf(bench: Case): (i: number) => Attrs | undefined {
  return withIds(bench, (i) => {
    const own = bench.attrs(i);
    const error = own?.["err"];
    return error instanceof Error ? { err: { type: error.name, message: error.message, stack: error.stack } } : own;
  });
}

/** Puts the ids of the span beside the attributes, for a library that has no mixin. */
export function withIds({ span: from }: Case, attrs: (i: number) => Attrs | undefined): (i: number) => Attrs | undefined {
  if (from === undefined) return attrs;
  const context = from === "explicit" ? span.context : undefined;
  return (i) => ({ ...attrs(i), ...span.read(context) });
}
