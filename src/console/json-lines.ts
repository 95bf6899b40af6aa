import { JSON_LAYOUT } from "../format/json-layout.ts";
import { JsonLineEncoder } from "../format/json-line.ts";
import { resolveLimits } from "../value/limits.ts";
import { knownOptions } from "../value/option.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { LineHandler, putText } from "./line-handler.ts";
import { LINE_OPTIONS } from "./line-options.ts";
import type { JsonLayout } from "../format/json-layout.ts";
import type { Handler } from "../handler/handler.ts";
import type { Limits } from "../value/limits.ts";
import type { LineOptions } from "./line-options.ts";

/**
 * Writes each record as one line of JSON: `time`, `level`, `msg`, bound and own attributes, baggage, `trace_id`, `span_id` and
 * `trace_flags` (named as OpenTelemetry names them outside OTLP). It is `jsonHandler` without a schema, which would be 15 KB more to load.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function jsonLines(options: LineOptions = {}): Handler {
  knownOptions("jsonHandler", options, [...LINE_OPTIONS, "schema", "rest"]);
  const { schema, rest } = options as Partial<Record<"schema" | "rest", unknown>>;
  if (schema !== undefined || rest !== undefined) {
    throw new TypeError(
      `${schema === undefined ? "rest" : "schema"}: expected by jsonHandler of "correlog", not by that of "correlog/core"`,
    );
  }
  return layoutLines(JSON_LAYOUT, options);
}

/** Writes each record as one line of JSON in a layout: bytes where the writer takes them, else text. */
export function layoutLines(layout: JsonLayout, options: LineOptions): Handler {
  const limits = resolveLimits(options.limits);
  return new LineHandler(options, (writer) => {
    if (!(writer instanceof FdWriter)) return putText((record) => layout.format(record, limits))(writer);
    return putBytes(writer, layout, limits);
  });
}

function putBytes(writer: FdWriter, layout: JsonLayout, limits: Limits): ReturnType<ReturnType<typeof putText>> {
  const encoder = new JsonLineEncoder(writer, limits, layout);
  return (record, atOnce) => {
    if (encoder.encode(record)) writer.commit(atOnce);
    else writer.write(layout.format(record, limits));
  };
}
