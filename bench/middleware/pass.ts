/* What does each middleware cost a record that it lets pass? At most 20 % of a JSON line. */
import { openSync } from "node:fs";
import { fdWriter, jsonHandler, LevelRules, Logger } from "../../src/index.ts";
import { context, trace } from "./context.ts";
import { compare, orderPaid } from "./ratio.ts";
import {
  collapseRepeats,
  collect,
  contextAttrs,
  debugRequest,
  delegate,
  failover,
  hold,
  redact,
  route,
  sample,
  sampleByTrace,
  withAttrs,
  withCollector,
} from "../../src/middleware/index.ts";
import type { Row, Use } from "./ratio.ts";

const withTrace: Use = (logger, call) => logger.info(trace, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const request = withAttrs(context, { requestId: "r1" });
const inRequest: Use = (logger, call) => logger.info(request, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const withContext: Use = (logger, call) => logger.info(context, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const nested: Use = (logger, call) => logger.info("order paid", { order: { id: call, total: 12.5 }, user: { name: "ada" } });
const longer: Use = (logger, call) =>
  logger.info("payment accepted by the provider", { orderId: call, provider: "the provider of payments", currency: "EUR" });
const varying: Use = (logger, call) =>
  logger.info("payment accepted by the provider", {
    orderId: call,
    provider: `the provider of payments ${call}`,
    currency: "EUR",
  });
const SITES: readonly Use[] = [
  orderPaid,
  (logger, call) => logger.info("cache miss", { key: "user:17", shard: call & 7 }),
  (logger, call) => logger.info("job done", { job: "mail", id: call, ms: 12.25, ok: true }),
  (logger, call) => logger.info("query", { sql: "select id, total from orders where user_id = $1", rows: call & 31, ms: 0.75 }),
];
const fourSites: Use = (logger, call) => SITES[call & 3]?.(logger, call);
const failed: Use = (logger) => logger.warn("payment failed", ERROR);
let calls = 0;
const different: Use = (logger) => logger.info("order paid", { orderId: calls++, total: 12.5, currency: "EUR" });
const ERROR = new Error("declined");

const rules = new LevelRules("info,db=debug,http.*=warn");
const named = new Logger(jsonHandler({ writer: fdWriter(openSync("/dev/null", "w")) }), { level: rules }).named("db.pool");
const level = new Logger(jsonHandler({ writer: fdWriter(openSync("/dev/null", "w")) }), { level: "debug" }).named("db.pool");
const byName: Use = (_, call) => orderPaid(named, call);
const byLevel: Use = (_, call) => orderPaid(level, call);
const gathering = withCollector(context);
const gathered: Use = (logger, call) => {
  collect(gathering, { rows: call });
  logger.info(context, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
};

const ROWS: readonly Row[] = [
  { name: "delegate", middleware: (next) => delegate(next, {}), use: orderPaid },
  { name: "route: by level", middleware: (next) => route({ when: { level: "error" }, to: next }, next), use: orderPaid },
  { name: "failover: the first takes it", middleware: (next) => failover(next, next), use: orderPaid },
  {
    name: "redact: 3 paths and 3 keys",
    middleware: redact({ paths: ["req.headers.*", "user.email", "**.card"], keys: ["password", "token", "secret"] }),
    use: orderPaid,
  },
  {
    name: "redact: the same, nested attributes",
    middleware: redact({ paths: ["req.headers.*", "user.email", "**.card"], keys: ["password", "token", "secret"] }),
    use: nested,
  },
  {
    name: "redact: the same, an error",
    middleware: redact({ paths: ["req.headers.*", "user.email", "**.card"], keys: ["password", "token", "secret"] }),
    use: failed,
  },
  {
    name: "redact: 3 paths and 3 keys, 4 call sites by turns",
    middleware: redact({ paths: ["req.headers.*", "user.email", "**.card"], keys: ["password", "token", "secret"] }),
    use: fourSites,
  },
  {
    name: "redact: patterns of cards, mail addresses and tokens, longer texts",
    middleware: redact({ patterns: [/\b\d{4}(?:[ -]?\d{4}){3}\b/, /[\w.]+@[\w.]+/, /eyJ[\w-]+\.[\w-]+/] }),
    use: longer,
  },
  {
    name: "redact: the same patterns, a longer text that is never the same",
    middleware: redact({ patterns: [/\b\d{4}(?:[ -]?\d{4}){3}\b/, /[\w.]+@[\w.]+/, /eyJ[\w-]+\.[\w-]+/] }),
    use: varying,
  },
  { name: "redact: a pattern", middleware: redact({ patterns: [/\b\d{4}(?:[ -]?\d{4}){3}\b/] }), use: orderPaid },
  {
    name: "sample: a record that is kept by its level",
    middleware: sample(),
    use: (logger, call) => logger.error("order paid", { orderId: call, total: 12.5, currency: "EUR" }),
  },
  { name: "sample: a record among the first", middleware: sample({ first: 1e9 }), use: orderPaid },
  { name: "sampleByTrace: a trace that is kept", middleware: sampleByTrace({ ratio: 1 }), use: withTrace },
  { name: "hold: a record that passes at once", middleware: hold(), use: withTrace },
  { name: "debugRequest: a record at the usual level", middleware: debugRequest({ key: "0123456789abcdef" }), use: orderPaid },
  { name: "contextAttrs: a context without any", middleware: contextAttrs(), use: withContext },
  { name: "contextAttrs: one attribute, against none", middleware: contextAttrs(), use: inRequest, plain: withContext },
  { name: "collect: one attribute, beside a line", middleware: (next) => next, use: gathered, plain: withContext },
  {
    name: "levels by name: 3 rules, a logger of a name, against one level",
    middleware: (next) => next,
    use: byName,
    plain: byLevel,
  },
  { name: "collapseRepeats: a record that was not there before", middleware: collapseRepeats(), use: different },
];

await compare("Passing", "What does each middleware cost a record that it lets pass? At most 20 % of a JSON line.", ROWS);
