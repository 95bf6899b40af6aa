import { formatText } from "../format/text.ts";
import { resolveLimits } from "../value/limits.ts";
import { knownOptions } from "../value/option.ts";
import { LineHandler, putText } from "./line-handler.ts";
import { LINE_OPTIONS } from "./line-options.ts";
import type { Handler } from "../handler/handler.ts";
import type { LineOptions } from "./line-options.ts";

/**
 * Writes each record as one line of `key=value` pairs (logfmt), groups joined by dots, as slog's TextHandler does.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 */
export function textHandler(options: LineOptions = {}): Handler {
  knownOptions("textHandler", options, LINE_OPTIONS);
  const limits = resolveLimits(options.limits);
  return new LineHandler(
    options,
    putText((record) => formatText(record, limits)),
  );
}
