import { wantsColor } from "../format/color.ts";
import { formatPretty } from "../format/pretty.ts";
import { resolveLimits } from "../value/limits.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { isTerminal, stderr, stdout } from "../write/standard.ts";
import { expected, knownOptions } from "../value/option.ts";
import { LineHandler, putText } from "./line-handler.ts";
import { LINE_OPTIONS } from "./line-options.ts";
import type { Handler } from "../handler/handler.ts";
import type { LineWriter } from "../write/line-writer.ts";
import type { LineOptions } from "./line-options.ts";

/** Configures {@link prettyHandler}. */
export interface PrettyHandlerOptions extends LineOptions {
  /** Whether to colour. Default: `NO_COLOR`, then `FORCE_COLOR`, then whether the lines go to a terminal. */
  readonly color?: boolean;
}

/**
 * Writes each record for a person: aligned, coloured on a terminal, errors and long values over several lines. Lines are written
 * before the call returns, so that they stand where a debugger stops.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function prettyHandler(options: PrettyHandlerOptions = {}): Handler {
  knownOptions("prettyHandler", options, [...LINE_OPTIONS, "color"]);
  const limits = resolveLimits(options.limits);
  const { color = wantsColor(globalThis.process?.env ?? {}, leadsToTerminal(options.writer)) } = options;
  if (typeof color !== "boolean") throw new TypeError(expected("color", "true or false", color));
  return new LineHandler(
    { ...options, flushLevel: options.flushLevel ?? "trace" },
    putText((record) => formatPretty(record, { color, limits })),
  );
}

function leadsToTerminal(writer: LineWriter | undefined): boolean {
  if (writer === undefined) return isTerminal(1);
  // Asked of descriptors alone, so that none of the standard ones is opened for a stream.
  if (writer instanceof FdWriter) return (writer === stdout() && isTerminal(1)) || (writer === stderr() && isTerminal(2));
  return (writer as { readonly isTTY?: unknown } | null)?.isTTY === true;
}
