import type { LevelInput } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { Limits } from "../value/limits.ts";
import type { Clock } from "./clock.ts";
import type { Env } from "./environment.ts";
import type { Protocol } from "./envelope.ts";
import type { Fetch } from "./fetch-transport.ts";
import type { Transport } from "./transport.ts";

/** Are the headers that go with each request, such as an API key. They are never printed. */
export type Headers = Readonly<Record<string, string>>;

/** Says what happens to records when the queue is full. */
export type WhenFull =
  | "drop-oldest"
  | "drop-newest"
  | {
      /** Holds up a record from this level up until there is room, by sending while the caller waits; below it the oldest are dropped. */
      readonly blockFrom: LevelInput;
      /** For so long at most; then the oldest are dropped. */
      readonly timeoutMs: number;
    };

/** Says how records are kept on disk until they are delivered. */
export interface SpoolOptions {
  /** The folder; it is made where it is missing. Several processes may share it. */
  readonly dir: string;
  /** What this process keeps there at most; then the oldest records are dropped. Default 512 MiB. */
  readonly maxBytes?: number;
  /** How long records are kept. Default 3 days. */
  readonly maxAgeMs?: number;
}

/**
 * Says where records go and how. An option stands before its variable, a variable of the signal (`OTEL_EXPORTER_OTLP_LOGS_…`) before the general
 * one, and that before the default. A bad option is thrown, a bad variable reported and the default used.
 */
export interface OtlpOptions {
  /** The address to which records are posted, as it stands. `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`. Default `http://localhost:4318/v1/logs`. */
  readonly url?: string | URL;
  /** The address of a receiver, to which `/v1/logs` is added; not beside `url`. `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint?: string | URL;
  /** Added to those of the environment, key by key; a function is asked for each request. `OTEL_EXPORTER_OTLP_[LOGS_]HEADERS`. */
  readonly headers?: Headers | (() => Headers | Promise<Headers>);
  /** Default `http/protobuf`. `OTEL_EXPORTER_OTLP_[LOGS_]PROTOCOL`. */
  readonly protocol?: Protocol;
  /** Default `none`. `OTEL_EXPORTER_OTLP_[LOGS_]COMPRESSION`. */
  readonly compression?: "gzip" | "none";
  /** How long one request may take before it is tried again. Default 10,000. `OTEL_EXPORTER_OTLP_[LOGS_]TIMEOUT`. */
  readonly timeoutMs?: number;
  /** The lowest level to send. Default: all. */
  readonly level?: LevelInput | LevelVar;
  /** Bounds of one record; `depth` is 24, which common decoders of protobuf read in up to six groups. `OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT`, `OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT` and their general forms. */
  readonly limits?: Partial<Limits>;
  /** Attributes of the resource. `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`. */
  readonly resource?: Readonly<Record<string, unknown>>;
  /** What is held in memory at most, encoded. Default 64 MiB. */
  readonly maxQueueBytes?: number;
  /** How many records are held at most. Default: no bound but that in bytes. `OTEL_BLRP_MAX_QUEUE_SIZE`. */
  readonly maxQueueRecords?: number;
  /** What a request holds at most, if it is not one record alone. Default 512 KiB; in a page 30,000 bytes, so that two outlive it. */
  readonly maxBatchBytes?: number;
  /** How many records a request holds at most. Default 4096. `OTEL_BLRP_MAX_EXPORT_BATCH_SIZE`. */
  readonly maxBatchRecords?: number;
  /** How long a record waits at most for others to go with it. Default 1000. `OTEL_BLRP_SCHEDULE_DELAY`. */
  readonly scheduleDelayMs?: number;
  /** Requests under way at a time; only one while the receiver is away and its backlog is sent, so that the order is kept. Default 4. */
  readonly concurrency?: number;
  /** The time before the second try; it doubles from try to try. Default 500. */
  readonly firstRetryMs?: number;
  /** The longest time between two tries, unless the receiver asks for more. Default 5000. */
  readonly longestRetryMs?: number;
  /** Default `drop-oldest`. */
  readonly whenFull?: WhenFull;
  /** How long `flush()` waits, and `shutdown()` while records are being delivered. Default 30,000. `OTEL_BLRP_EXPORT_TIMEOUT`. */
  readonly flushTimeoutMs?: number;
  /**
   * How long `shutdown()` waits for a receiver that takes nothing. Default 5000, or `flushTimeoutMs` where that is less: half of what
   * `docker stop` waits before it kills, a sixth of Kubernetes' grace.
   */
  readonly shutdownTimeoutMs?: number;
  /** How long the end of the process is held up for what is not delivered. Default 2000; 0 not at all. */
  readonly exitTimeoutMs?: number;
  /** Certificates to trust in place of the system's: PEM, or a file of it. `OTEL_EXPORTER_OTLP_[LOGS_]CERTIFICATE`. */
  readonly ca?: string;
  /** The client's certificate: PEM, or a file of it. `OTEL_EXPORTER_OTLP_[LOGS_]CLIENT_CERTIFICATE`. */
  readonly cert?: string;
  /** The client's key: PEM, or a file of it. `OTEL_EXPORTER_OTLP_[LOGS_]CLIENT_KEY`. */
  readonly key?: string;
  /** A folder in which records are kept until they are delivered, so that they survive the process. Default: none. */
  readonly spool?: string | SpoolOptions;
  /** The environment to read. Default `process.env`; `{}` reads none. */
  readonly env?: Env;
  /** Sends by this `fetch` instead of node:http. */
  readonly fetch?: Fetch;
  /** Sends by this instead of HTTP. */
  readonly transport?: Transport;
  /** Tells the time and sets timers. Default: the runtime's. */
  readonly clock?: Clock;
  /** Gives a number from 0 up to 1, for the time between tries. Default `Math.random`. */
  readonly random?: () => number;
}
