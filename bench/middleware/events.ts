/* What does a typed event cost, beside the same event without a type? */
import { openSync } from "node:fs";
import { compare } from "./ratio.ts";
import { defineEvent } from "../../src/event/index.ts";
import { discard, fdWriter, jsonHandler, Logger } from "../../src/index.ts";
import type { Row, Use } from "./ratio.ts";

const orderPaid = defineEvent("order.paid", {
  type: "object",
  properties: { orderId: { type: "integer" }, total: { type: "number" }, currency: { type: "string" } },
  required: ["orderId"],
} as const);
const classified = defineEvent("order.paid", {
  type: "object",
  properties: {
    orderId: { type: "integer" },
    total: { type: "number" },
    currency: { type: "string", "x-classification": "pii" },
  },
  required: ["orderId"],
} as const);

const plain: Use = (logger, call) => logger.event("order.paid", { orderId: call, total: 12.5, currency: "EUR" });
const typed: Use = (logger, call) => orderPaid(logger, { orderId: call, total: 12.5, currency: "EUR" });
const hidden: Use = (logger, call) => classified(logger, { orderId: call, total: 12.5, currency: "EUR" });
const misfit: Use = (logger, call) => orderPaid(logger, { orderId: call + 0.5, total: 12.5, currency: "EUR" });

const quiet = new Logger(discard, { level: "warn" });
const disabledPlain: Use = (_, call) => quiet.event("order.paid", { orderId: call, total: 12.5, currency: "EUR" });
const disabledTyped: Use = (_, call) => typed(quiet, call);

const ROWS: readonly Row[] = [
  { name: "typed: it fits", middleware: (next) => next, use: typed, plain },
  { name: "typed: an attribute is classified", middleware: (next) => next, use: hidden, plain },
  { name: "typed: it does not fit", middleware: (next) => next, use: misfit, plain },
  {
    name: "typed: as a line of its own schema",
    middleware: () => jsonHandler({ schema: orderPaid.lineSchema ?? {}, writer: fdWriter(openSync("/dev/null", "w")) }),
    use: typed,
    plain,
  },
  { name: "typed: disabled", middleware: (next) => next, use: disabledTyped, plain: disabledPlain },
];

await compare("Events", "What does a typed event cost, beside the same event without a type?", ROWS);
