/// <reference lib="esnext.disposable" preserve="true" />
import { activeContext, isContext } from "../context/otel-api.ts";
import { attempt } from "../handler/fanout.ts";
import { DEBUG, ERROR, FATAL, INFO, TRACE, WARN } from "../level/level.ts";
import { Binding } from "../record/binding.ts";
import { report } from "../report/report.ts";
import { thrown } from "../value/marker.ts";
import { isAttrs, isEmpty, knownLevel, readCall } from "./call.ts";
import { deliver } from "./deliver.ts";
import { Derived } from "./derived.ts";
import { joinNames, readName } from "./name.ts";
import { createRoot, gateOf, timeOf } from "./root.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level, LevelInput } from "../level/level.ts";
import type { Attrs } from "../record/attrs.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { LoggerOptions } from "./logger-options.ts";
import type { Root } from "./root.ts";

let adopter: Logger | undefined;

/** Makes a logger the one that logs what was said to none: `main().catch(log.error)`. */
export function adoptDetached(logger: Logger): Logger {
  return (adopter = logger);
}

/**
 * Makes records and hands them to a handler. A log call never throws, never rejects and never blocks on the network; a disabled one
 * costs a comparison. It is a handler itself: what it is given it binds, and passes on.
 *
 * Each level has a method of two shapes, `(message, attrs?)` and `(ctx, message, attrs?)`; without a context the active one is used.
 * An Error may stand in place of the message or of the attributes.
 *
 * @example
 * ```ts
 * const logger = new Logger(jsonHandler()).with({ service: "shop" });
 * logger.info(ctx, "order paid", { orderId: 17 });
 * logger.error("payment failed", error);
 * ```
 */
export class Logger implements Handler {
  readonly threshold: LevelVar;
  /** Names it in its records, OpenTelemetry's instrumentation scope: `db.pool` for `named("db").named("pool")`; empty without a name. */
  readonly name: string;
  readonly #root: Root;
  readonly #binding: Binding | undefined;
  #joined: WeakMap<Binding, Binding> | undefined;

  /** @throws TypeError or RangeError when the handler or an option is not what is expected; the message names it. */
  constructor(handler: Handler, options: LoggerOptions = {}) {
    const derived = options instanceof Derived ? options : undefined;
    this.#root = derived?.root ?? createRoot(handler, options);
    this.name = readName(options.name ?? "");
    this.#binding = derived?.binding;
    this.threshold = derived?.threshold ?? gateOf(this.#root, this.name);
  }

  /** Logs at level 1: each step, for who looks for a fault. */
  trace(message: string | Error, attrs?: Attrs | Error): void;
  trace(ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  trace(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > TRACE) return;
      if (arguments.length > 3) this.#any(TRACE, [...arguments], false);
      else this.#call(TRACE, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, TRACE, false, arguments);
    }
  }

  /** Logs at level 5: what a developer wants to know. */
  debug(message: string | Error, attrs?: Attrs | Error): void;
  debug(ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  debug(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > DEBUG) return;
      if (arguments.length > 3) this.#any(DEBUG, [...arguments], false);
      else this.#call(DEBUG, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, DEBUG, false, arguments);
    }
  }

  /** Logs at level 9, the lowest that a logger lets through by default: what happened. */
  info(message: string | Error, attrs?: Attrs | Error): void;
  info(ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  info(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > INFO) return;
      if (arguments.length > 3) this.#any(INFO, [...arguments], false);
      else this.#call(INFO, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, INFO, false, arguments);
    }
  }

  /** Logs at level 13: what is not as it should be, and was coped with. */
  warn(message: string | Error, attrs?: Attrs | Error): void;
  warn(ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  warn(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > WARN) return;
      if (arguments.length > 3) this.#any(WARN, [...arguments], false);
      else this.#call(WARN, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, WARN, false, arguments);
    }
  }

  /** Logs at level 17: what failed. */
  error(message: string | Error, attrs?: Attrs | Error): void;
  error(ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  error(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > ERROR) return;
      if (arguments.length > 3) this.#any(ERROR, [...arguments], false);
      else this.#call(ERROR, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, ERROR, false, arguments);
    }
  }

  /** Logs at the highest level; it does not end the process. */
  fatal(message: string | Error, attrs?: Attrs | Error): void;
  fatal(ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  fatal(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > FATAL) return;
      if (arguments.length > 3) this.#any(FATAL, [...arguments], false);
      else this.#call(FATAL, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, FATAL, false, arguments);
    }
  }

  /** Logs at any level, a number from 1 to 24 or a name; what is no level is logged at `INFO`, with what was given as `level`. */
  log(level: LevelInput, message: string | Error, attrs?: Attrs | Error): void;
  log(level: LevelInput, ctx: Context | undefined, message: string | Error, attrs?: Attrs | Error): void;
  log(level: LevelInput, a?: unknown, b?: unknown, c?: unknown): void {
    const known = knownLevel(level);
    try {
      if (this.threshold.level > (known ?? INFO)) return;
      if (known === undefined || arguments.length > 4) this.#anyAt(known, level, [...arguments], false);
      else this.#call(known, a, b, c, false);
    } catch (error) {
      Logger.#failed(this, error, known ?? INFO, false, arguments, 1);
    }
  }

  /**
   * Logs an event: a record with a stable name by which backends find its kind, and which `spanEvents` puts onto the span. Its level
   * is `INFO`, its message the name.
   *
   * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-eventname
   */
  event(name: string, attrs?: Attrs | Error): void;
  event(ctx: Context | undefined, name: string, attrs?: Attrs | Error): void;
  event(a?: unknown, b?: unknown, c?: unknown): void {
    try {
      if (this.threshold.level > INFO) return;
      if (arguments.length > 3) this.#any(INFO, [...arguments], true);
      else this.#call(INFO, a, b, c, true);
    } catch (error) {
      Logger.#failed(this, error, INFO, true, arguments);
    }
  }

  /** Logs an event at any level, as {@link Logger.log} does a record: a number from 1 to 24 or a name. */
  logEvent(level: LevelInput, name: string, attrs?: Attrs | Error): void;
  logEvent(level: LevelInput, ctx: Context | undefined, name: string, attrs?: Attrs | Error): void;
  logEvent(level: LevelInput, a?: unknown, b?: unknown, c?: unknown): void {
    const known = knownLevel(level);
    try {
      if (this.threshold.level > (known ?? INFO)) return;
      if (known === undefined || arguments.length > 4) this.#anyAt(known, level, [...arguments], true);
      else this.#call(known, a, b, c, true);
    } catch (error) {
      Logger.#failed(this, error, known ?? INFO, true, arguments, 1);
    }
  }

  /**
   * Logs an event that was found to be enabled, with attributes that are known to be a literal: for typed events, which make them (one that fits
   * costs 1.10 of an event, by `logEvent` 1.13; with a classified attribute 1.18 and 1.22).
   *
   * @internal
   */
  static logKnown(logger: Logger, level: Level, ctx: Context | undefined, name: string, attrs: Attrs): void {
    try {
      logger.#log(level, ctx, name, attrs, true);
    } catch (error) {
      Logger.#failed(logger, error, level, true, [ctx, name, attrs]);
    }
  }

  /** Makes a logger whose records all carry these attributes; they are copied. Without any it is this logger. */
  with(attrs: Attrs): Logger {
    try {
      return isAttrs(attrs) ? this.#bound(attrs ?? {}) : this.#bound(readCall(["", attrs]).attrs ?? {});
    } catch (error) {
      // A proxy that throws already when it is asked what it is.
      return this.#bound({ attrs: thrown(error) });
    }
  }

  /** Makes a logger that puts all later attributes into a group, except the stamps, which stay at the root. `""` gives this logger. */
  withGroup(name: string): Logger {
    const group = String(name);
    return group === "" ? this : this.#derive(Binding.group(this.#binding, group), this.name);
  }

  /** Makes a logger of another name; below a named one it is joined by a dot: `http.client`. Levels by name follow it. `""` gives this logger. */
  named(name: string): Logger {
    const part = String(name);
    if (part === "") return this;
    return this.#derive(this.#binding, joinNames(this.name, part));
  }

  /** Tells whether a call at this level would be logged: to spare the making of its arguments. */
  enabled(level: LevelInput, ctx?: Context): boolean {
    const known = typeof level === "number" ? level : (knownLevel(level) ?? INFO);
    if (this.threshold.level > known) return false;
    try {
      // The handler may have moved the threshold by being asked, as the default one does when it is first made.
      return this.#root.handler.enabled(known, ctx) && this.threshold.level <= known;
    } catch (error) {
      report("handler", error);
      return false;
    }
  }

  /** Takes a finished record, as a handler does: what is bound here goes around what is bound there. */
  handle(record: LogRecord, ctx: Context): void {
    const { handler } = this.#root;
    if (this.name === "" && this.#binding === undefined) attempt(handler, record, ctx);
    else
      attempt(
        handler,
        { ...record, logger: joinNames(this.name, record.logger) || undefined, binding: this.#around(record.binding) },
        ctx,
      );
  }

  /** Resolves when all that was logged before is delivered; rejects when some was not. */
  async flush(): Promise<void> {
    await this.#root.handler.flush?.();
  }

  /** Flushes and frees the handler; what is logged later is dropped, and counted. */
  async shutdown(): Promise<void> {
    await this.#root.handler.shutdown?.();
  }

  /** Shuts down, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** The handler that the records go to. */
  get handler(): Handler {
    return this.#root.handler;
  }

  /** Gives one chain for one, so that formats find again what they kept with it. */
  #around(inner: Binding | undefined): Binding | undefined {
    if (this.#binding === undefined || inner === undefined) return this.#binding ?? inner;
    this.#joined ??= new WeakMap();
    let joined = this.#joined.get(inner);
    if (joined === undefined) this.#joined.set(inner, (joined = Binding.join(this.#binding, inner)));
    return joined;
  }

  #bound(attrs: Attrs): Logger {
    return isEmpty(attrs) ? this : this.#derive(Binding.attrs(this.#binding, attrs), this.name);
  }

  #derive(binding: Binding | undefined, name: string): Logger {
    const threshold = name === this.name ? this.threshold : undefined;
    return new Logger(this.#root.handler, new Derived(this.#root, name, binding, threshold));
  }

  /**
   * The ways in that are common, without a list of arguments: 0.3 µs a call, where the general way takes 1.5 (Node 24). Every other call goes
   * the general way, with the same result.
   */
  #call(level: Level, a: unknown, b: unknown, c: unknown, isEvent: boolean): void {
    const isShort = typeof a === "string" && c === undefined;
    const ctx = isShort ? undefined : a;
    const message = isShort ? a : b;
    const attrs = isShort ? b : c;
    // One place for both shapes: two are too much for V8 to make one piece of (a typed event 1.18 to 1.13 of an event).
    if (typeof message === "string" && (ctx === undefined || isContext(ctx)) && isAttrs(attrs))
      this.#log(level, ctx, message, attrs, isEvent);
    else this.#any(level, [a, b, c], isEvent);
  }

  /**
   * Says what went wrong in a call. That of a method which was taken off its logger is logged by the default one, because nobody knows any more
   * which it was. The `try` costs a disabled call nothing; to look at `this` in each call would.
   */
  static #failed(self: unknown, error: unknown, level: Level, isEvent: boolean, all: ArrayLike<unknown>, from = 0): void {
    if (typeof self === "object" && self !== null && #root in self) return report("logger", error);
    try {
      const args = Array.from(all).slice(from);
      const problem = 'called without its logger, as in "const { info } = logger" or "catch(logger.error)"';
      // What was said is shown here only where it would else be lost: no middleware has seen it.
      report(
        "logger",
        adopter === undefined ? `${problem}: ${readCall(args).message}` : `${problem}: the default logger logs it`,
      );
      if (adopter !== undefined && adopter.threshold.level <= level) adopter.#any(level, args, isEvent);
    } catch (again) {
      report("logger", again);
    }
  }

  /** What is no level is logged beside the rest. */
  #anyAt(known: Level | undefined, level: unknown, [, ...args]: readonly unknown[], isEvent: boolean): void {
    this.#any(known ?? INFO, known === undefined ? [...args, { level }] : args, isEvent);
  }

  #any(level: Level, args: readonly unknown[], isEvent: boolean): void {
    const { ctx, message, attrs } = readCall(args);
    this.#log(level, ctx, message, attrs, isEvent);
  }

  #log(level: Level, ctx: Context | undefined, message: string, attrs: Attrs | undefined, isEvent: boolean): void {
    const { handler, stamper, clock, findSource: find } = this.#root;
    if (!handler.enabled(level, ctx) || this.threshold.level > level) return;
    const context = ctx ?? activeContext();
    const { spanContext, baggage } = stamper.stamp(context);
    const logger = this.name === "" ? undefined : this.name;
    const eventName = isEvent && message !== "" ? message : undefined;
    const binding = this.#binding;
    const source = find === undefined ? undefined : find();
    deliver(
      handler,
      { time: timeOf(clock), level, message, eventName, logger, attrs, binding, spanContext, baggage, source },
      context,
    );
  }
}
