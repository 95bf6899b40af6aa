import { formatJson } from "../format/json.ts";
import { JsonLineEncoder } from "../format/json-line.ts";
import { resolveLimits } from "../value/limits.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { LineHandler, putText } from "./line-handler.ts";
import type { Handler } from "../handler/handler.ts";
import type { LineOptions } from "./line-options.ts";

/**
 * Writes each record as one line of JSON: `time`, `level`, `msg`, bound and own attributes, baggage, `trace_id`, `span_id` and
 * `trace_flags` (named as OpenTelemetry names them outside OTLP).
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function jsonHandler(options: LineOptions = {}): Handler {
  const limits = resolveLimits(options.limits);
  return new LineHandler(options, (writer) => {
    if (!(writer instanceof FdWriter)) return putText((record) => formatJson(record, limits))(writer);
    const encoder = new JsonLineEncoder(writer, limits);
    return (record, atOnce) => {
      if (encoder.encode(record)) writer.commit(atOnce);
      else writer.write(formatJson(record, limits));
    };
  });
}
