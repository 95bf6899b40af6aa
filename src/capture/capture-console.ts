/// <reference lib="esnext.disposable" preserve="true" />
import { Logger } from "../logger/logger.ts";
import { consoleMethods } from "./console-methods.ts";
import { patchConsole } from "./console-patch.ts";
import { expected, knownOptions } from "../value/option.ts";

/** Configures {@link captureConsole}. */
export interface CaptureOptions {
  /** The console to capture. Default: the global one. */
  readonly console?: Console;
}

/** Gives the console back: called, or disposed of by `using`. A second time it does nothing. */
export interface ConsoleCapture extends Disposable {
  (): void;
}

/**
 * Makes records of what is written to the console. `log`, `info`, `dir`, `dirxml`, `table`, `group`, `count` and timers log at `info`,
 * `debug`, `warn` and `error` at their own level, `trace` at `trace` with its `stack`, a failed `assert` at `error`.
 *
 * The message is what `util.format` makes of the format string, what its specifiers take, and primitives. The members of object
 * literals are attributes, an Error is `err`; other objects, and literals with a key that is taken, are in `args`. A call never throws,
 * also where Node's own would. What handlers write to the console while they handle a captured call goes to the original console, as
 * does what runs under OpenTelemetry's `suppressTracing()`, as an SDK's exporters do: they would be given what they print, without end.
 *
 * Captures may be nested, the latest takes the calls, and ended in any order.
 *
 * @example
 * ```ts
 * const restore = captureConsole(logger);
 * console.log("paid %d", 17, { orderId: 17 }); // INFO "paid 17" orderId=17
 * restore();
 * ```
 * @throws TypeError when `logger` is no Logger, or `console` no object.
 */
export function captureConsole(logger: Logger, options: CaptureOptions = {}): ConsoleCapture {
  if (!(logger instanceof Logger)) throw new TypeError(expected("logger", "a Logger", logger));
  knownOptions("captureConsole", options, ["console"]);
  const target: unknown = options.console ?? globalThis.console;
  if (typeof target !== "object" || target === null) throw new TypeError(expected("console", "a console", target));
  const restore = patchConsole(target as Console, consoleMethods(logger));
  return Object.assign(() => restore(), { [Symbol.dispose]: restore });
}
