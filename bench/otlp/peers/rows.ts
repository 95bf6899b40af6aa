import { logtape, logtapeAlone } from "./logtape.ts";
import { ours } from "./ours.ts";
import { FAST, instrumented, multistream, SYNC, targets, transported } from "./pino.ts";
import { sdk } from "./sdk.ts";
import { winston } from "./winston.ts";
import type { Open, Queue } from "./subject.ts";

interface Rows {
  readonly [name: string]: Open;
}

const nothing: Open = async () => ({ log() {}, end: async () => {} });

/** Are the ways to OTLP alone. */
export const OTLP: Rows = {
  noop: nothing,
  correlog: ours(),
  "correlog gzip": ours({ compression: "gzip" }),
  "correlog json": ours({ protocol: "http/json" }),
  "correlog json gzip": ours({ protocol: "http/json", compression: "gzip" }),
  ...official("default"),
  ...official("large"),
  "pino transport, default queue": transported("default"),
  "pino transport, large queue": transported("large"),
  "pino instrumentation, default queue": instrumented("default"),
  "pino instrumentation, large queue": instrumented("large"),
  "winston instrumentation, default queue": winston("default"),
  "winston instrumentation, large queue": winston("large"),
  "@logtape/otel alone": logtapeAlone,
  "@logtape/otel, default queue": logtape("default"),
  "@logtape/otel, large queue": logtape("large"),
};

/** Are the ways to a line of JSON and OTLP for each record. */
export const FANOUT: Rows = {
  noop: nothing,
  correlog: ours(),
  "correlog, a write each": ours({}, "trace"),
  "pino instrumentation, default queue": instrumented("default"),
  "pino instrumentation, large queue": instrumented("large"),
  "pino instrumentation, fast mode, large queue": instrumented("large", FAST),
  "pino instrumentation, sync, large queue": instrumented("large", SYNC),
  "pino instrumentation, sync, epoch, default queue": instrumented("default", { ...SYNC, epoch: true }),
  "pino instrumentation, sync, epoch, large queue": instrumented("large", { ...SYNC, epoch: true }),
  "pino, both targets in the worker": targets,
  "pino multistream and transport": multistream,
  "winston instrumentation, default queue": winston("default"),
  "winston instrumentation, large queue": winston("large"),
  "@logtape/otel, default queue": logtape("default"),
  "@logtape/otel, large queue": logtape("large"),
};

function official(queue: Queue): Rows {
  return {
    [`sdk protobuf, ${queue} queue`]: sdk({ kind: "proto", compression: "none", queue }),
    [`sdk protobuf gzip, ${queue} queue`]: sdk({ kind: "proto", compression: "gzip", queue }),
    [`sdk json, ${queue} queue`]: sdk({ kind: "json", compression: "none", queue }),
    [`sdk json gzip, ${queue} queue`]: sdk({ kind: "json", compression: "gzip", queue }),
  };
}
