/* What does a line cost in another shape, or into a file or to syslog, beside the plain JSON line? */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, orderPaid } from "./ratio.ts";
import { fdWriter, jsonHandler } from "../../src/index.ts";
import { datadogHandler, ecsHandler, gcpHandler } from "../../src/fields/index.ts";
import { fileHandler } from "../../src/file/index.ts";
import { syslogHandler } from "../../src/syslog/index.ts";
import type { Handler, LineWriter } from "../../src/index.ts";
import type { Row } from "./ratio.ts";

const toNull = (): LineWriter => fdWriter(openSync("/dev/null", "w"));
const folder = mkdtempSync(join(tmpdir(), "correlog-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const receiver = spawn(process.execPath, [join(import.meta.dirname, "udp-receiver.ts")], { stdio: ["pipe", "pipe", "inherit"] });
const port = Number(String((await once(receiver.stdout, "data"))[0]));
const alone = syslogHandler({ send: () => undefined, appName: "shop", hostname: "bench" });
const byUdp = syslogHandler({ port, appName: "shop", hostname: "bench" });

const schema = {
  type: "object",
  properties: {
    time: { type: "string" },
    level: { type: "string" },
    msg: { type: "string" },
    service: { type: "string" },
    orderId: { type: "integer" },
    total: { type: "number" },
    currency: { type: "string" },
  },
} as const;

const toFile = (name: string): Handler => jsonHandler({ writer: fdWriter(openSync(join(folder, name), "a")) });

const ROWS: readonly Row[] = [
  { name: "the plain handler, into a file instead of /dev/null", middleware: () => toFile("plain.log"), use: orderPaid },
  {
    name: "file, against the plain handler into a file",
    middleware: () => fileHandler({ path: join(folder, "a.log") }),
    base: () => toFile("beside-a.log"),
    use: orderPaid,
  },
  {
    name: "file: rotated each 10 MB, 2 kept, against the plain handler into a file",
    middleware: () => fileHandler({ path: join(folder, "b.log"), rotate: { maxBytes: 10_000_000, keep: 2 } }),
    base: () => toFile("beside-b.log"),
    use: orderPaid,
  },
  { name: "syslog: the call alone", middleware: () => alone, use: orderPaid, settle: async () => alone.flush() },
  {
    name: "syslog: the call, and UDP to another process beside it",
    middleware: () => byUdp,
    use: orderPaid,
    settle: async () => byUdp.flush(),
  },
  { name: "fields of ECS", middleware: () => ecsHandler({ writer: toNull() }), use: orderPaid },
  { name: "fields of Google Cloud", middleware: () => gcpHandler({ projectId: "shop-1", writer: toNull() }), use: orderPaid },
  { name: "fields of Datadog", middleware: () => datadogHandler({ writer: toNull() }), use: orderPaid },
  { name: "JSON of a declared schema", middleware: () => jsonHandler({ schema, writer: toNull() }), use: orderPaid },
];

await compare(
  "Outputs",
  "What does a line cost in another shape, or into a file or to syslog, beside the plain JSON line?",
  ROWS,
);
await byUdp.shutdown();
receiver.stdin.end();
