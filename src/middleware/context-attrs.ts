import { isContext } from "../context/otel-api.ts";
import { Binding } from "../record/binding.ts";
import { toHandler } from "./children.ts";
import { delegate } from "./delegate.ts";
import { expected } from "./option.ts";
import type { Context } from "@opentelemetry/api";
import type { Middleware } from "../handler/handler.ts";
import type { Attrs } from "../record/attrs.ts";

/** Is found by every copy of this package, as the API's own keys are. */
const ATTRS = Symbol.for("correlog.context.attrs");

/**
 * Gives a context under which every record carries these attributes, whoever logs it, beside those that the context had; a later one
 * of the same key stands for an earlier one. {@link contextAttrs} must stand before the handler. They are copied, one level deep, and
 * stay in this process: what is to reach other services is baggage.
 *
 * @throws TypeError when `ctx` is no context.
 *
 * @example
 * ```ts
 * import { activeContext, jsonHandler, Logger } from "correlog";
 * import { contextAttrs, withAttrs } from "correlog/middleware";
 *
 * const logger = new Logger(contextAttrs()(jsonHandler()));
 * const ctx = withAttrs(activeContext(), { requestId: "r1" });
 * logger.info(ctx, "order paid"); // in an app: context.with(ctx, () => …), and every call below
 * ```
 */
export function withAttrs(ctx: Context, attrs: Attrs): Context {
  if (!isContext(ctx)) throw new TypeError(expected("withAttrs", "a context", ctx));
  return ctx.setValue(ATTRS, Binding.attrs(ctx.getValue(ATTRS) as Binding | undefined, attrs));
}

/**
 * Adds to each record what {@link withAttrs} gave its context: at the root, before what is bound to the logger, outside of its groups.
 * They belong to the request, and so stand at the same place in every record of it; what the logger or the call has under the same
 * key at the root stands for it. What takes secrets out (`redact`) stands behind it, or does not see them.
 *
 * @example
 * ```ts
 * import { activeContext, jsonHandler, Logger } from "correlog";
 * import { contextAttrs, withAttrs } from "correlog/middleware";
 *
 * const logger = new Logger(contextAttrs()(jsonHandler())).withGroup("db");
 * logger.info(withAttrs(activeContext(), { requestId: "r1" }), "query", { ms: 3 }); // requestId, db: { ms }
 * ```
 */
export function contextAttrs(): Middleware {
  return (next) => {
    const chains = new Chains();
    return delegate(toHandler("contextAttrs", next), {
      handle(record, ctx) {
        const outer = ctx.getValue(ATTRS) as Binding | undefined;
        if (outer === undefined) return next.handle(record, ctx);
        return next.handle({ ...record, binding: chains.join(outer, record.binding) }, ctx);
      },
    });
  };
}

/** Joins chains, the same two to the same one: formats keep what they made of it by its identity. */
class Chains {
  readonly #joined = new WeakMap<Binding, WeakMap<Binding, Binding>>();
  #lastOuter: Binding | undefined;
  #lastInner: Binding | undefined;
  #last: Binding | undefined;

  join(outer: Binding, inner: Binding | undefined): Binding {
    if (inner === undefined) return outer;
    if (this.#last !== undefined && outer === this.#lastOuter && inner === this.#lastInner) return this.#last;
    let byInner = this.#joined.get(outer);
    if (byInner === undefined) this.#joined.set(outer, (byInner = new WeakMap()));
    let joined = byInner.get(inner);
    if (joined === undefined) byInner.set(inner, (joined = Binding.join(outer, inner)));
    this.#lastOuter = outer;
    this.#lastInner = inner;
    return (this.#last = joined);
  }
}
