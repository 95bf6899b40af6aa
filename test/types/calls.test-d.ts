// Checked by `npm run check` (tsc): what must compile does, and each expected error is one. Nothing here runs.
import type { Context } from "@opentelemetry/api";
import type { Attrs, Handler, LogRecord, Logger, LoggerOptions, Middleware } from "../../src/index.ts";

declare const logger: Logger;
declare const ctx: Context;
declare const maybeCtx: Context | undefined;
declare const err: Error;
declare const unknownError: unknown;

type OrderAlias = { readonly id: number; readonly items: readonly { readonly sku: string }[] };
interface OrderInterface {
  readonly id: number;
}
class OrderClass {
  readonly id = 1;
}
declare const alias: OrderAlias;
declare const iface: OrderInterface;
declare const literal: { readonly a: 1; readonly nested: { readonly b: readonly ["x"] } };
declare const optional: { readonly a?: number };
declare const record: Readonly<Record<string, number>>;

export function whatMustCompile(): void {
  logger.info("m");
  logger.info("m", {});
  logger.info("m", { a: 1, b: undefined, c: null, d: { e: [new Map(), 1n, Symbol("s")] } });
  logger.info("m", alias);
  logger.info("m", literal);
  logger.info("m", optional);
  logger.info("m", record);
  logger.info("m", undefined);
  logger.info("m", { order: iface, instance: new OrderClass(), err, unknownError });
  logger.info(ctx, "m");
  logger.info(ctx, "m", { a: 1 });
  logger.info(ctx, "m", err);
  logger.info(maybeCtx, "m", { a: 1 });
  logger.info(undefined, "m", { a: 1 });
  logger.info(err);
  logger.info(err, { a: 1 });
  logger.info("m", err);
  logger.error(ctx, err, { a: 1 });
  logger.fatal(new AggregateError([err]), { a: 1 });
  logger.trace(ctx, "m", { a: 1 });
  logger.debug("m", new TypeError("x"));
  logger.warn(maybeCtx, err);
  logger.log("info", "m", { a: 1 });
  logger.log(10, ctx, "m", err);
  logger.log("warn+1", err);
  logger.event("order.paid", { a: 1 });
  logger.event(ctx, "order.paid", err);
  logger.logEvent("warn", "stock.low", { a: 1 });
  logger.logEvent(13, ctx, "stock.low", err);
  logger.with({ a: 1 }).with(alias).withGroup("g").named("n").info("m");
  const done: Promise<void> = logger.flush();
  const said: boolean = logger.enabled("debug", maybeCtx) && logger.enabled(5);
  void done;
  void said;
}

export function whatMustNot(): void {
  // @ts-expect-error -- attributes have names: a list has none
  logger.info("m", [1]);
  // @ts-expect-error -- the message comes first; at run time it is taken nevertheless
  logger.info({ a: 1 }, "m");
  // @ts-expect-error -- text without a name is no attribute
  logger.info("m", "x");
  // @ts-expect-error -- a number is no message
  logger.info(1);
  // @ts-expect-error -- a date has no name
  logger.info("m", new Date());
  // @ts-expect-error -- a map is a value, which needs a name
  logger.info("m", new Map([["a", 1]]));
  // @ts-expect-error -- nothing was said
  logger.info();
  // @ts-expect-error -- a context alone says nothing
  logger.info(ctx);
  // @ts-expect-error -- the context comes first
  logger.info("m", ctx);
  // @ts-expect-error -- the context comes first
  logger.info("m", { a: 1 }, ctx);
  // @ts-expect-error -- one object of attributes: a second one is a mistake
  logger.info("m", { a: 1 }, { b: 2 });
  // @ts-expect-error -- null is no attributes
  logger.info("m", null);
  // @ts-expect-error -- a function is no attributes; lazy() delays a value
  logger.info("m", () => ({ a: 1 }));
  // @ts-expect-error -- what was caught may be anything: { err } takes it
  logger.error("m", unknownError);
  // @ts-expect-error -- key and value by turns is slog's way, not ours
  logger.info("m", "key", 1);
  // @ts-expect-error -- an event has a name
  logger.event({ a: 1 });
  // @ts-expect-error -- an event's name is text
  logger.event(err);
  // @ts-expect-error -- the level of an event comes first
  logger.logEvent("stock.low", { a: 1 });
  // @ts-expect-error -- with() takes an object
  logger.with("a", 1);
  // @ts-expect-error -- with() takes attributes
  logger.with([1]);
  // @ts-expect-error -- a group has a name
  logger.withGroup();
  // @ts-expect-error -- a level is a name or a number
  logger.log(undefined, "m");
  const attrs: Attrs = {};
  // @ts-expect-error -- attributes are not for writing to
  attrs["a"] = 1;
}

export function whatHandlersAre(): void {
  const two: Handler = { enabled: () => true, handle: () => undefined };
  const full: Handler = {
    enabled: (level, ctx) => level > 5 && ctx !== undefined,
    handle: (record, ctx) => void [record.message, ctx],
    flush: async () => undefined,
    shutdown: async () => undefined,
  };
  const itself: Handler = logger;
  const middleware: Middleware = (next) => ({
    ...two,
    handle: (record, ctx) => next.handle({ ...record, attrs: { ...record.attrs, zone: "z" } }, ctx),
  });
  // @ts-expect-error -- a handler says whether it is enabled
  const half: Handler = { handle: () => undefined };
  // @ts-expect-error -- the answer is a boolean
  const vague: Handler = { enabled: () => "yes", handle: () => undefined };
  // @ts-expect-error -- a flush is waited for
  const sync: Handler = { ...two, flush: () => 1 };
  // @ts-expect-error -- a level has a name that is text, or a number
  const options: LoggerOptions = { level: true };
  const change = (record: LogRecord): void => {
    // @ts-expect-error -- a record is not changed: pass on a new one
    record.message = "other";
    // @ts-expect-error -- nor are its attributes
    if (record.attrs !== undefined) record.attrs["a"] = 1;
  };
  void [full, itself, middleware, half, vague, sync, options, change];
}
