/* What does each middleware cost a record that it drops, over a call that is disabled? At most 100 ns, and what its rule must read. */
import { trace } from "./context.ts";
import { compare, disabled } from "./ratio.ts";
import { collapseRepeats, debugRequest, hold, redact, route, sample, sampleByTrace } from "../../src/middleware/index.ts";
import { discard, LevelRules, Logger } from "../../src/index.ts";
import type { Attrs, LogRecord, Middleware } from "../../src/index.ts";
import type { Row, Use } from "./ratio.ts";

const info: Use = (logger, call) => logger.info("order paid", { orderId: call, total: 12.5, currency: "EUR" });
const inTrace: Use = (logger, call) => logger.info(trace, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const debug: Use = (logger, call) => logger.debug(trace, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const same: Use = (logger) => logger.info("order paid", { orderId: 17, total: 12.5, currency: "EUR" });

const quietLogger = new Logger(discard, { level: new LevelRules("debug,db=warn") }).named("db.pool");
const quiet: Use = (_, call) => quietLogger.info("order paid", { orderId: call, total: 12.5, currency: "EUR" });

/** Does no more than it takes to keep records for later: the least that a rule costs that may let them through after all. */
const pushed: Middleware = () => {
  let held: LogRecord[] = [];
  return {
    enabled: () => true,
    handle(record) {
      held.push({ ...record, attrs: { ...record.attrs } });
      if (held.length > 1000) held = [];
    },
  };
};

/** Does no more than it takes to see that a record is the one before: the least that a rule costs that tells repeats. */
const compared: Middleware = () => {
  let last: LogRecord | undefined;
  return {
    enabled: () => true,
    handle(record) {
      if (
        last !== undefined &&
        last.level === record.level &&
        last.message === record.message &&
        isSame(last.attrs, record.attrs)
      )
        return;
      last = { ...record, attrs: { ...record.attrs } };
    },
  };
};

function isSame(one: Attrs = {}, other: Attrs = {}): boolean {
  for (const key in one) if (!Object.is(one[key], other[key])) return false;
  return true;
}

const ROWS: readonly Row[] = [
  {
    name: "nothing: a record that a handler of two methods drops",
    middleware: () => ({ enabled: () => true, handle: () => undefined }),
    use: info,
    plain: disabled,
  },
  {
    name: "route: to discard",
    middleware: (next) => route({ when: { below: "error" }, to: discard }, next),
    use: info,
    plain: disabled,
  },
  {
    name: "route: a record that fits no route",
    middleware: (next) => route({ when: { event: "x" }, to: next }),
    use: info,
    plain: disabled,
  },
  { name: "sample: a record that is left out", middleware: sample({ first: 0, oneIn: 0 }), use: info, plain: disabled },
  { name: "sampleByTrace: a trace that is left out", middleware: sampleByTrace({ ratio: 0 }), use: inTrace, plain: disabled },
  {
    name: "debugRequest: a debug call without a token",
    middleware: debugRequest({ key: "0123456789abcdef" }),
    use: debug,
    plain: disabled,
  },
  { name: "reading: a copy of 3 attributes is pushed, and of the record", middleware: pushed, use: debug, plain: disabled },
  { name: "reading: 3 attributes, level and message are compared", middleware: compared, use: same, plain: disabled },
  { name: "levels by name: a call below its name's level", middleware: (next) => next, use: quiet, plain: disabled },
  { name: "collapseRepeats: a repeat", middleware: collapseRepeats(), use: same, plain: disabled },
  { name: "hold: a record that is held and dropped", middleware: hold(), use: debug, plain: disabled },
  { name: "redact: a disabled call", middleware: redact({ keys: ["password"] }), use: disabled },
];

await compare(
  "Dropping",
  "What does each middleware cost a record that it drops, over a call that is disabled? At most 100 ns, and what its rule must read: the rows of reading.",
  ROWS,
);
