import { LineShape } from "../schema/line-shape.ts";
import { ShapeEncoder } from "../schema/shape-encoder.ts";
import { resolveLimits } from "../value/limits.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { jsonLines } from "./json-lines.ts";
import { knownOptions, show } from "../value/option.ts";
import { LineHandler, putText } from "./line-handler.ts";
import { LINE_OPTIONS } from "./line-options.ts";
import type { Handler } from "../handler/handler.ts";
import type { SchemaStats, ShapeOptions } from "../schema/line-shape.ts";
import type { Limits } from "../value/limits.ts";
import type { LineOptions } from "./line-options.ts";

/** Configures {@link jsonHandler} for lines of a declared shape. */
export interface SchemaOptions extends LineOptions, ShapeOptions {}

/** Writes lines of a declared shape, and counts what did not go by it. */
export interface SchemaHandler extends Handler {
  /** Counts since the handler was made. */
  stats(): SchemaStats;
}

/**
 * Writes each record as one line of JSON: `time`, `level`, `msg`, bound and own attributes, baggage, `trace_id`, `span_id` and
 * `trace_flags` (named as OpenTelemetry names them outside OTLP).
 *
 * With `schema` a line has exactly the declared fields, in their declared types and order, for pipelines that load lines into typed
 * columns. A value that does not fit, and what is not declared, stands under one rest field, or is dropped; both are counted. The
 * serializers are compiled by `fast-json-stringify`, loaded at set-up (Node, Bun, Deno). It is there for the contract, not for speed: a
 * line of three attributes costs 0.96 of what it costs without (Node 24, medians; `bench/middleware/outputs.ts` measures it); one in a
 * group that was opened, or through a writer other than `fdWriter`, takes 1.4 µs.
 *
 * @throws RangeError or TypeError when an option is not what is expected; the message names it, or the place in the schema.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 * @example
 * ```ts
 * const columns = { time: { type: "string" }, level: { type: "string" }, msg: { type: "string" }, order_id: { type: "integer" } } as const;
 * const handler = jsonHandler({ schema: { type: "object", properties: columns }, rest: "more" });
 * ```
 */
export function jsonHandler(options: SchemaOptions): SchemaHandler;
export function jsonHandler(options?: LineOptions): Handler;
export function jsonHandler(options: LineOptions & Partial<ShapeOptions> = {}): Handler {
  knownOptions("jsonHandler", options, [...LINE_OPTIONS, "schema", "rest"]);
  const { schema, rest, ...lines } = options;
  if (schema !== undefined) {
    const limits = resolveLimits(options.limits);
    return shaped(options, new LineShape(rest === undefined ? { schema } : { schema, rest }, limits), limits);
  }
  if (rest !== undefined) throw new TypeError(`rest: expected a schema beside it, got rest ${show(rest)} alone`);
  return jsonLines(lines);
}

function shaped(options: LineOptions, shape: LineShape, limits: Limits): SchemaHandler {
  const handler = new LineHandler(options, (writer) => {
    if (!(writer instanceof FdWriter)) return putText((record) => shape.line(record))(writer);
    const encoder = new ShapeEncoder(writer, shape, limits);
    return (record, atOnce) => {
      if (encoder.encode(record)) writer.commit(atOnce);
      else writer.write(shape.line(record));
    };
  });
  return Object.assign(handler, { stats: () => ({ ...shape.stats }) });
}
