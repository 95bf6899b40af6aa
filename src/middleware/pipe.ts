import { isHandler } from "../handler/fanout.ts";
import { toHandler } from "./children.ts";
import { aFunction, expected } from "./option.ts";
import type { Middleware } from "../handler/handler.ts";

/**
 * Puts middleware in a row: a record passes the first one first, and comes out of the last one into the handler. None is a row too.
 *
 * @throws TypeError when one is no function, or, at its use, when one gives no handler.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { pipe, redact, sample } from "correlog/middleware";
 *
 * const handler = pipe(sample({ first: 100, oneIn: 100 }), redact({ keys: ["password"] }))(jsonHandler());
 * new Logger(handler).info("signed in", { user: "ada", password: "hunter2" });
 * ```
 */
export function pipe(...middlewares: readonly Middleware[]): Middleware {
  for (const [place, middleware] of middlewares.entries()) aFunction(`pipe: place ${place}`, middleware);
  return (handler) =>
    middlewares.reduceRight(
      (next, middleware, place) => {
        const made: unknown = middleware(next);
        if (isHandler(made)) return made;
        throw new TypeError(expected(`pipe: place ${place}`, "a middleware that gives a handler", made));
      },
      toHandler("pipe", handler),
    );
}
