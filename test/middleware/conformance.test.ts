import { describe, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import {
  collapseRepeats,
  contextAttrs,
  debugRequest,
  delegate,
  failover,
  hold,
  pipe,
  redact,
  route,
  sample,
  sampleByTrace,
} from "../../src/middleware/index.ts";
import { parseJsonLines, testHandler } from "../../src/testing/index.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { Middleware } from "../../src/handler/handler.ts";
import type { Subject } from "../../src/testing/trial.ts";

interface Row {
  readonly name: string;
  readonly middleware: Middleware;
  readonly skip?: { readonly [caseName: string]: string };
}

const COLLAPSED = "it logs the same record more than once, which this middleware makes one of";
const TIMES = "its records differ in nothing but their time or ids, and this middleware makes one of them";
const HELD = "it logs below the level from which records pass at once";
const KEPT = { sample: { first: 1_000_000 } };

const ROWS: readonly Row[] = [
  { name: "delegate", middleware: (next) => delegate(next, {}) },
  { name: "route", middleware: (next) => route({ when: { logger: "nobody" }, to: memoryHandler() }, next) },
  { name: "failover", middleware: (next) => failover(next, memoryHandler()) },
  {
    name: "failover behind a handler that throws",
    middleware: (next) => failover({ enabled: () => true, handle: fail }, next),
  },
  { name: "redact by path and key", middleware: redact({ paths: ["password.*", "**.nobody"], keys: ["password", /^secret/i] }) },
  { name: "redact by pattern", middleware: redact({ patterns: [/hunter2/, /\b4\d{15}\b/] }) },
  { name: "sample", middleware: sample(KEPT.sample) },
  { name: "sampleByTrace", middleware: sampleByTrace({ ratio: 1 }) },
  {
    name: "hold",
    middleware: hold(),
    skip: { levels: HELD, "level-methods": HELD },
  },
  { name: "hold with nothing below", middleware: hold({ below: "trace" }) },
  { name: "debugRequest", middleware: debugRequest({ key: "0123456789abcdef", level: "trace" }) },
  { name: "contextAttrs", middleware: contextAttrs() },
  {
    name: "collapseRepeats",
    middleware: collapseRepeats({ maxKeys: 100_000 }),
    skip: {
      "ids-interleaved": TIMES,
      times: TIMES,
      "siblings-with": COLLAPSED,
      "mutated-attrs": COLLAPSED,
      "fanout-twice": COLLAPSED,
      "value-that-logs": COLLAPSED,
      "attrs-proxy": COLLAPSED,
    },
  },
  {
    name: "all of them",
    middleware: pipe(
      contextAttrs(),
      debugRequest({ key: "0123456789abcdef", level: "trace" }),
      redact({ keys: ["password"], patterns: [/hunter2/] }),
      sampleByTrace({ ratio: 1 }),
      sample(KEPT.sample),
      hold({ below: "trace" }),
    ),
  },
];

function fail(): never {
  throw new Error("this one always fails");
}

function overMemory(middleware: Middleware): Subject {
  const memory = memoryHandler({ maxRecords: 100_000 });
  return { handler: middleware(memory), records: () => memory.records };
}

function overJson(middleware: Middleware): Subject {
  const chunks: Buffer[] = [];
  const writer = new FdWriter(99, {}, (_, bytes, offset, length) => {
    chunks.push(Buffer.from(bytes.subarray(offset, offset + length)));
    return length;
  });
  return {
    handler: middleware(jsonHandler({ writer })),
    records: () => parseJsonLines(Buffer.concat(chunks).toString()),
    dispose: async () => writer.shutdown(),
  };
}

describe.each(ROWS)("$name conforms", ({ middleware, skip = {} }) => {
  describe("around memoryHandler", () => {
    testHandler(test, { makeHandler: () => overMemory(middleware), skip });
  });
  describe("around jsonHandler", () => {
    testHandler(test, { makeHandler: () => overJson(middleware), skip });
  });
});
