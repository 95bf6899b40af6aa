import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { datadogHandler, ecsHandler, gcpHandler } from "../../src/fields/index.ts";
import { fileHandler } from "../../src/file/index.ts";
import {
  captureConsole,
  discard,
  fdWriter,
  jsonHandler,
  Logger,
  memoryHandler,
  prettyHandler,
  textHandler,
} from "../../src/index.ts";
import * as middleware from "../../src/middleware/index.ts";
import { otelHandler, spanEvents } from "../../src/otel/index.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { syslogHandler } from "../../src/syslog/index.ts";
import { captureForTest, handlerConformance } from "../../src/testing/index.ts";

type Make = (options: never) => unknown;

/** What an option may be given by mistake, by the word that stands for it below. */
const ODD = {
  null: null,
  bigint: 5n,
  symbol: Symbol("odd"),
  minus: -1,
  NaN: Number.NaN,
  true: true,
  "": "",
  list: [5],
  object: Object.assign(Object.create(null), { odd: 1 }),
  function: () => 5,
} as const;
type Word = keyof typeof ODD;

const folder = mkdtempSync(join(tmpdir(), "correlog-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "app.log");

const LEVEL: readonly Word[] = ["null"];
const LINES = { level: [], writer: [], limits: [], flushLevel: LEVEL } as const;

/** Whatever takes options: what it needs, and for each option the odd values that are none for it. */
const MAKERS: readonly (readonly [
  name: string,
  make: Make,
  needs: object,
  takes: { readonly [option: string]: readonly Word[] },
])[] = [
  [
    "Logger",
    (options) => new Logger(discard, options),
    {},
    { level: [], name: ["null", ""], baggage: ["null", "true", "function"], source: ["true"], clock: ["function"] },
  ],
  ["source", (source) => new Logger(discard, { source }), {}, { skip: [], root: [""], rot: [] }],
  ["baggage", (baggage) => new Logger(discard, { baggage }), {}, { prefix: [""], prefx: [] }],
  ["jsonHandler", (options) => jsonHandler(options), {}, LINES],
  ["jsonHandler", (options) => jsonHandler(options), { schema: { type: "object", properties: {} } }, { schema: [], rest: [] }],
  [
    "fdWriter",
    (options) => fdWriter(1, options),
    {},
    { batchBytes: ["null"], flushIntervalMs: ["null"], maxPendingBytes: ["null"], batch: [] },
  ],
  ["textHandler", (options) => textHandler(options), {}, LINES],
  ["prettyHandler", (options) => prettyHandler(options), {}, { ...LINES, color: ["true"] }],
  ["ecsHandler", (options) => ecsHandler(options), {}, LINES],
  ["gcpHandler", (options) => gcpHandler(options), {}, { ...LINES, projectId: ["null"] }],
  ["datadogHandler", (options) => datadogHandler(options), {}, LINES],
  ["limits", (limits) => jsonHandler({ limits }), {}, { depth: [], stringLength: [], attributes: [], size: [], dept: [] }],
  ["memoryHandler", (options) => memoryHandler(options), {}, { level: [], maxRecords: [] }],
  ["captureConsole", (options) => captureConsole(new Logger(discard), options)(), {}, { console: ["null", "list", "object"] }],
  [
    "fileHandler",
    (options) => fileHandler(options),
    { path },
    { path: [], format: ["function"], rotate: [], reopenOn: [], mode: [], clock: ["function"], level: [], limits: [] },
  ],
  ["rotate", (rotate) => fileHandler({ path, rotate }), { maxBytes: 5 }, { maxBytes: [], every: [], keep: [], evry: [] }],
  [
    "otlpHandler",
    (options) => otlpHandler(options),
    { env: {} },
    {
      url: [],
      endpoint: [],
      headers: ["function"],
      protocol: [],
      compression: [],
      timeoutMs: [],
      level: LEVEL,
      limits: [],
      resource: ["object"],
      maxQueueBytes: [],
      maxQueueRecords: [],
      maxBatchBytes: [],
      maxBatchRecords: [],
      scheduleDelayMs: [],
      concurrency: [],
      firstRetryMs: [],
      longestRetryMs: [],
      whenFull: [],
      flushTimeoutMs: [],
      shutdownTimeoutMs: [],
      exitTimeoutMs: [],
      ca: [],
      cert: [],
      key: [],
      spool: [],
      env: ["object"],
      fetch: ["function"],
      transport: [],
      clock: [],
      random: ["function"],
    },
  ],
  [
    "whenFull",
    (whenFull) => otlpHandler({ env: {}, whenFull }),
    { blockFrom: "warn", timeoutMs: 1 },
    { blockFrom: [], timeoutMs: [], timeout: [] },
  ],
  ["spool", (spool) => otlpHandler({ env: {}, spool }), { dir: folder }, { dir: [], maxBytes: [], maxAgeMs: [], maxAge: [] }],
  [
    "otelHandler",
    (options) => otelHandler(options),
    {},
    { loggerProvider: [], processor: [], exporter: [], level: [], limits: [], scope: [] },
  ],
  [
    "spanEvents",
    (options) => spanEvents(options),
    { mode: "mirror" },
    { mode: [], level: [], eventName: [], maxEvents: [], status: ["function"], recordException: ["true"], limits: [] },
  ],
  [
    "syslogHandler",
    (options) => syslogHandler(options),
    {},
    {
      level: [],
      transport: [],
      host: [],
      port: ["null"],
      path: [],
      socket: [],
      send: ["function"],
      facility: ["null"],
      severity: ["function"],
      appName: ["null"],
      hostname: ["null"],
      procId: ["null"],
      sdId: ["null"],
      bom: ["true"],
      maxMessageBytes: ["null"],
      maxQueueBytes: ["null"],
      flushTimeoutMs: ["null"],
      limits: [],
      ca: [],
    },
  ],
  [
    "syslogHandler",
    (options) => syslogHandler(options),
    { transport: "tls" },
    { ca: [], cert: [], key: [], servername: [], rejectUnauthorized: ["true"] },
  ],
  [
    "sample",
    (options) => middleware.sample(options),
    {},
    { first: [], oneIn: [], intervalMs: [], keepLevel: [], maxKeys: [], clock: ["function"], key: ["function"] },
  ],
  [
    "sampleByTrace",
    (options) => middleware.sampleByTrace(options),
    { ratio: 1 },
    { ratio: [], keepLevel: [], intervalMs: [], clock: ["function"] },
  ],
  [
    "hold",
    (options) => middleware.hold(options),
    {},
    { below: [], until: [], maxBytes: [], maxRecords: [], maxAgeMs: [], maxTraces: [], clock: ["function"] },
  ],
  ["redact", (options) => middleware.redact(options), { keys: ["a"] }, { paths: [], patterns: [], censor: ["", "function"] }],
  ["collapseRepeats", (options) => middleware.collapseRepeats(options), {}, { intervalMs: [], maxKeys: [] }],
  [
    "captureForTest",
    (options) => captureForTest(() => undefined, options),
    {},
    { print: ["function"], maxRecords: [], level: [], name: ["null", ""], clock: ["function"], prnt: [] },
  ],
  [
    "testHandler",
    (options) => handlerConformance(options),
    { makeHandler: () => undefined },
    { makeHandler: ["function"], lacks: [], skip: [], skp: [] },
  ],
];

const CASES = MAKERS.flatMap(([name, make, needs, takes]) =>
  Object.entries(takes).flatMap(([option, taken]) =>
    (Object.keys(ODD) as Word[]).map((word) => ({ name, option, word, make, options: { ...needs, [option]: ODD[word] }, taken })),
  ),
);

describe("an option", () => {
  test.each(CASES)("$name $option: $word is taken, or refused in words", ({ name, option, word, make, options, taken }) => {
    const use = (): unknown => make(options as never);
    if (taken.includes(word)) {
      expect(use).not.toThrow();
      return;
    }
    let thrown: unknown;
    try {
      use();
    } catch (error) {
      thrown = error;
    }
    expect(thrown instanceof TypeError || thrown instanceof RangeError).toBe(true);
    // It names the option, or, of a name that is none, who has no such option; what was expected; and what was given, in few words.
    const place = `(?:${name}\\.)?${option}(?:\\.\\w+|: place \\d)?|${name}`;
    expect(String((thrown as Error).message)).toMatch(new RegExp(`^(?:${place}): expected \\S.*, got (?!.*=>)\\S.{0,40}$`));
  });
});

test("a key that lost its first line is not shown", () => {
  const key = `${"A".repeat(300)}\n-----END PRIVATE KEY-----\n`;
  expect(() => otlpHandler({ env: {}, key })).toThrow(/^key: expected PEM or a file of it, got a text of 327 characters$/);
});
