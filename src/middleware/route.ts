import { LevelVar } from "../level/level-var.ts";
import { OFF, TRACE } from "../level/level.ts";
import { isHandler } from "../handler/fanout.ts";
import { report } from "../report/report.ts";
import { forAll, thresholdOf, toHandler, wants } from "./children.ts";
import { toMatcher } from "./match.ts";
import { expected, knownOptions, synchronous } from "./option.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Match, Matcher, Predicate } from "./match.ts";

/** Sends the records that fit to a handler. */
export interface Route {
  /** What a record must be to go this way. */
  readonly when: Match | Predicate;
  /** Where it then goes; it is flushed and shut down with the route. */
  readonly to: Handler;
}

/**
 * Sends each record to the handler of the first route that fits it, and to no other. A handler in place of a route takes all that is
 * left; without one, what fits no route is dropped. A record whose handler is not enabled for it is dropped too: it had its route. A
 * predicate that throws does not fit, and is reported.
 *
 * @throws TypeError or RangeError when a route is none, naming its place and member, or when one stands behind a route for all.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger, stderr } from "correlog";
 * import { route } from "correlog/middleware";
 *
 * const handler = route(
 *   { when: { attrs: { "http.route": "/healthz" }, below: "error" }, to: jsonHandler({ level: "warn" }) },
 *   { when: { level: "error" }, to: jsonHandler({ writer: stderr() }) },
 *   jsonHandler(),
 * );
 * new Logger(handler).error("payment failed", { orderId: 17 });
 * ```
 */
export function route(...routes: readonly (Route | Handler)[]): Handler {
  const checked = routes.map((each, place) => toChecked(each, `route: place ${place}`));
  const all = checked.findIndex(({ matcher }) => matcher.isAll);
  if (all >= 0 && all < routes.length - 1) {
    throw new RangeError(
      expected(`route: place ${all}`, "what takes all that is left to stand last", `place ${all} of ${routes.length - 1}`),
    );
  }
  return new Router(checked);
}

interface CheckedRoute {
  readonly matcher: Matcher;
  readonly to: Handler;
}

const ALL: Matcher = { isAll: true, from: TRACE, below: OFF, fits: () => true };

function toChecked(each: unknown, option: string): CheckedRoute {
  if (isHandler(each)) return { matcher: ALL, to: each };
  if (typeof each !== "object" || each === null || !("when" in each)) {
    throw new TypeError(expected(option, "{ when, to } or a handler", each));
  }
  knownOptions(option, each, ["when", "to"]);
  const { when, to } = each as Route;
  if (typeof when === "function") synchronous(`${option}: when`, when);
  return { matcher: toMatcher(`${option}: when`, when), to: toHandler(`${option}: to`, to) };
}

class Router implements Handler {
  readonly threshold: LevelVar;
  readonly #routes: readonly CheckedRoute[];

  constructor(routes: readonly CheckedRoute[]) {
    this.#routes = routes;
    this.threshold = LevelVar.lowestOf(
      routes.map(({ matcher, to }) => LevelVar.highestOf([new LevelVar(matcher.from), thresholdOf(to)])),
    );
  }

  /** Is exact for levels; which route a record fits is known when there is one. */
  enabled(level: Level, ctx?: Context): boolean {
    for (const { matcher, to } of this.#routes) {
      if (level >= matcher.from && level < matcher.below && wants(to, level, ctx)) return true;
    }
    return false;
  }

  handle(record: LogRecord, ctx: Context): void {
    const { level } = record;
    for (const { matcher, to } of this.#routes) {
      if (level >= matcher.from && level < matcher.below && fits(matcher, record, ctx)) {
        return to.enabled(level, ctx) ? to.handle(record, ctx) : undefined;
      }
    }
  }

  async flush(): Promise<void> {
    await forAll(
      this.#routes.map(({ to }) => to),
      "flush",
    );
  }

  async shutdown(): Promise<void> {
    await forAll(
      this.#routes.map(({ to }) => to),
      "shutdown",
    );
  }
}

function fits({ fits: predicate }: Matcher, record: LogRecord, ctx: Context): boolean {
  try {
    return predicate(record, ctx);
  } catch (error) {
    report("route", error);
    return false;
  }
}
