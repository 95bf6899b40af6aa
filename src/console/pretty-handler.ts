import { wantsColor } from "../format/color.ts";
import { formatPretty } from "../format/pretty.ts";
import { resolveLimits } from "../value/limits.ts";
import { isTerminal } from "../write/standard.ts";
import { LineHandler, putText } from "./line-handler.ts";
import type { Handler } from "../handler/handler.ts";
import type { LineOptions } from "./line-options.ts";

export interface PrettyHandlerOptions extends LineOptions {
  /** Whether to colour. Default: `NO_COLOR`, then `FORCE_COLOR`, then whether standard output is a terminal. */
  readonly color?: boolean;
}

/**
 * Writes each record for a person: aligned, coloured on a terminal, errors and long values over several lines. Lines are written
 * before the call returns, so that they stand where a debugger stops.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function prettyHandler(options: PrettyHandlerOptions = {}): Handler {
  const limits = resolveLimits(options.limits);
  const color = options.color ?? wantsColor(globalThis.process?.env ?? {}, options.writer === undefined && isTerminal(1));
  return new LineHandler(
    { flushLevel: "trace", ...options },
    putText((record) => formatPretty(record, { color, limits })),
  );
}
