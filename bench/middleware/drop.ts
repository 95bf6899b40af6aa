/* What does each middleware cost a record that it drops, over a call that is disabled? At most 100 ns, and what its rule must read. */
import { trace } from "./context.ts";
import { compare, disabled } from "./ratio.ts";
import { collapseRepeats, debugRequest, hold, redact, route, sample, sampleByTrace } from "../../src/middleware/index.ts";
import { discard } from "../../src/index.ts";
import type { Row, Use } from "./ratio.ts";

const info: Use = (logger, call) => logger.info("order paid", { orderId: call, total: 12.5, currency: "EUR" });
const inTrace: Use = (logger, call) => logger.info(trace, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const debug: Use = (logger, call) => logger.debug(trace, "order paid", { orderId: call, total: 12.5, currency: "EUR" });
const same: Use = (logger) => logger.info("order paid", { orderId: 17, total: 12.5, currency: "EUR" });

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
  { name: "collapseRepeats: a repeat", middleware: collapseRepeats(), use: same, plain: disabled },
  { name: "hold: a record that is held and dropped", middleware: hold(), use: debug, plain: disabled },
  { name: "redact: a disabled call", middleware: redact({ keys: ["password"] }), use: disabled },
];

compare("dropping", ROWS);
