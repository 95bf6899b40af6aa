import { ROOT } from "../context/otel-api.ts";
import type { Context, ContextManager } from "@opentelemetry/api";

/** Runs a function with a context active, by the app's own context manager, or, where it registered none, by one that is taken away again. */
export async function underActive(ctx: Context, run: () => void | Promise<void>): Promise<void> {
  const { context } = await import("@opentelemetry/api");
  const manager = new StackManager();
  const isOurs = context.setGlobalContextManager(manager);
  try {
    await context.with(ctx, run);
  } finally {
    if (isOurs) context.disable();
  }
}

/** Holds the active context for as long as a call lasts, and not past its first await: all that the cases need. */
class StackManager implements ContextManager {
  readonly #stack: Context[] = [];

  active(): Context {
    return this.#stack.at(-1) ?? ROOT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    ctx: Context,
    run: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    this.#stack.push(ctx);
    try {
      return Reflect.apply(run, thisArg, args);
    } finally {
      this.#stack.pop();
    }
  }

  bind<T>(_ctx: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}
