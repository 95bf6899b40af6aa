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

const nested = defineEvent("order.paid", {
  type: "object",
  properties: {
    orderId: { type: "integer" },
    state: { enum: ["new", "paid"] },
    customer: { type: "object", properties: { id: { type: "integer" }, email: { type: "string" } }, required: ["id"] },
    items: { type: "array", items: { type: "string" } },
  },
  required: ["orderId"],
} as const);
const hiddenWithin = defineEvent("order.paid", {
  type: "object",
  properties: {
    orderId: { type: "integer" },
    state: { enum: ["new", "paid"] },
    customer: {
      type: "object",
      properties: { id: { type: "integer" }, email: { type: "string", "x-classification": "pii" } },
      required: ["id"],
    },
    items: { type: "array", items: { type: "string" } },
  },
  required: ["orderId"],
} as const);

const plain: Use = (logger, call) => logger.event("order.paid", { orderId: call, total: 12.5, currency: "EUR" });
const typed: Use = (logger, call) => orderPaid(logger, { orderId: call, total: 12.5, currency: "EUR" });
const hidden: Use = (logger, call) => classified(logger, { orderId: call, total: 12.5, currency: "EUR" });
const misfit: Use = (logger, call) => orderPaid(logger, { orderId: call + 0.5, total: 12.5, currency: "EUR" });
interface Order {
  readonly [name: string]: unknown;
  readonly orderId: number;
  readonly state: "paid";
  readonly customer: { readonly id: number; readonly email: string };
  readonly items: readonly string[];
}
const orderOf = (call: number): Order => ({
  orderId: call,
  state: "paid",
  customer: { id: call, email: "ann@example.com" },
  items: ["cup", "pot"],
});
const plainNested: Use = (logger, call) => logger.event("order.paid", orderOf(call));
const typedNested: Use = (logger, call) => nested(logger, orderOf(call));
const hiddenNested: Use = (logger, call) => hiddenWithin(logger, orderOf(call));

const quiet = new Logger(discard, { level: "warn" });
const disabledPlain: Use = (_, call) => quiet.event("order.paid", { orderId: call, total: 12.5, currency: "EUR" });
const disabledTyped: Use = (_, call) => typed(quiet, call);

const ROWS: readonly Row[] = [
  { name: "typed: it fits", middleware: (next) => next, use: typed, plain },
  { name: "typed: an attribute is classified", middleware: (next) => next, use: hidden, plain },
  { name: "typed: a group, a list and one of some values", middleware: (next) => next, use: typedNested, plain: plainNested },
  { name: "typed: the same, classified within the group", middleware: (next) => next, use: hiddenNested, plain: plainNested },
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
