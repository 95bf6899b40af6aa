import { isHandler } from "../handler/fanout.ts";
import { LevelVar } from "../level/level-var.ts";
import { expected } from "./option.ts";
import type { Handler } from "../handler/handler.ts";

const METHODS = ["enabled", "handle", "flush", "shutdown"] as const;

/**
 * Makes a handler that does what another does, except for what is overridden: a wrapper that never forgets a method. Both may be
 * instances of classes; each method is called on the object that it came from.
 *
 * Who overrides `enabled` decides on `threshold` too: without one the wrapper has none and every call asks, because the next
 * handler's could hold back what the new `enabled` lets through. One that only ever narrows gives `threshold: next.threshold`.
 *
 * @throws TypeError when `next` is no handler, an override is no function, its `threshold` no `LevelVar`, or nothing that is given overrides anything.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { delegate } from "correlog/middleware";
 * import type { Middleware } from "correlog";
 *
 * const inZone: Middleware = (next) =>
 *   delegate(next, { handle: (record, ctx) => next.handle({ ...record, attrs: { ...record.attrs, zone: "eu-1" } }, ctx) });
 *
 * new Logger(inZone(jsonHandler())).info("order paid", { orderId: 17 });
 * ```
 */
export function delegate(next: Handler, overrides: Partial<Handler>): Handler {
  if (!isHandler(next)) throw new TypeError(expected("delegate", "a handler", next));
  const given: unknown = overrides;
  if (typeof given !== "object" || given === null) throw new TypeError(expected("delegate", "an object of methods", given));
  checkNames(given);
  for (const name of METHODS) {
    const method: unknown = overrides[name];
    if (method !== undefined && typeof method !== "function") throw new TypeError(expected(name, "a function", method));
  }
  const { threshold } = overrides;
  if (threshold !== undefined && !(threshold instanceof LevelVar))
    throw new TypeError(expected("threshold", "a LevelVar", threshold));
  return {
    enabled: overrides.enabled?.bind(overrides) ?? ((level, ctx) => next.enabled(level, ctx)),
    handle: overrides.handle?.bind(overrides) ?? ((record, ctx) => next.handle(record, ctx)),
    flush: overrides.flush?.bind(overrides) ?? (async () => next.flush?.()),
    shutdown: overrides.shutdown?.bind(overrides) ?? (async () => next.shutdown?.()),
    threshold: overrides.enabled !== undefined || "threshold" in overrides ? threshold : next.threshold,
  };
}

/** An object may have members of its own beside; one that has only such is misspelt. */
function checkNames(overrides: object): void {
  const names = [...METHODS, "threshold"];
  const own = Object.keys(overrides);
  if (own.length > 0 && !names.some((name) => name in overrides))
    throw new TypeError(expected("delegate", `any of ${names.join(", ")}`, own.join(", ")));
}
