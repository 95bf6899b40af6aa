import { layoutLines } from "../console/json-lines.ts";
import { LINE_OPTIONS } from "../console/line-options.ts";
import { expected, knownOptions } from "../value/option.ts";
import { flagsText } from "../record/line-fields.ts";
import { PlainError } from "../value/plain.ts";
import { attrsOf, firstError, headFields, layoutOf, putAttrs, putEnd, replaced } from "./field-map.ts";
import type { LineOptions } from "../console/line-options.ts";
import type { JsonLayout } from "../format/json-layout.ts";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { Source } from "../record/source.ts";
import type { PlainMap } from "../value/plain.ts";
import type { FieldMap, OwnFields } from "./field-map.ts";

/** Configures {@link gcpHandler} and {@link gcpFields}, beside the options of every line. */
export interface GcpOptions {
  /**
   * The project whose Cloud Trace has the traces. Default: `GOOGLE_CLOUD_PROJECT`, then `GCLOUD_PROJECT` of the environment; Cloud Run and GKE set
   * neither. Without one a trace is named by its id alone, the form that Google Cloud prefers by now; older agents that read files need the project.
   */
  readonly projectId?: string;
}

const TRACE = "logging.googleapis.com/trace";
const SPAN = "logging.googleapis.com/spanId";
const SOURCE = "logging.googleapis.com/sourceLocation";
const SAMPLED = "logging.googleapis.com/trace_sampled";

/** What the agents take for the record's own: its level, its text, and its time in every form that they read. */
const TAKEN: ReadonlySet<string> = new Set([
  "severity",
  "message",
  "time",
  "timestamp",
  "timestampSeconds",
  "timestampNanos",
  "logger",
  "event_name",
  "stack_trace",
  TRACE,
  SPAN,
  SAMPLED,
  "trace_flags",
]);

/** The first level of each severity, as the OpenTelemetry Collector's exporter maps them. */
const SEVERITIES: readonly (readonly [Level, string])[] = [
  [24, "EMERGENCY"],
  [23, "ALERT"],
  [21, "CRITICAL"],
  [17, "ERROR"],
  [13, "WARNING"],
  [11, "NOTICE"],
  [9, "INFO"],
];

/** Names a level as Cloud Logging does; `TRACE` and `DEBUG` are `DEBUG`. */
export function gcpSeverity(level: Level): string {
  return SEVERITIES.find(([from]) => level >= from)?.[1] ?? "DEBUG";
}

/**
 * Makes a map to the fields that Google Cloud's agents know: `severity`, `time`, `message`, `logging.googleapis.com/trace` (the trace's full name, or
 * its id where no project is known), `…/spanId`, `…/trace_sampled`, `…/sourceLocation`. The stack of the first Error among the attributes is
 * `stack_trace`, where Error Reporting looks first; what else the Error says stays with its attribute. `logger` and `event_name` are as in other lines.
 * `httpRequest`, `serviceContext`, `@type`, `…/labels` and the other special fields are whatever an attribute of that name says.
 *
 * @throws TypeError when the project's id is none.
 * @see https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields
 * @see https://cloud.google.com/trace/docs/trace-log-integration
 */
export function gcpFields(options: GcpOptions = {}): FieldMap {
  return fieldsOf(ownOf(options));
}

function fieldsOf(own: OwnFields): FieldMap {
  return (record, limits) => {
    const { attrs, dropped } = attrsOf(record, limits);
    const [key, error] = firstError(attrs) ?? [];
    const stack = error?.get("stack");
    const fields = headFields(own, record);
    if (typeof stack === "string") fields.set("stack_trace", stack);
    putAttrs(fields, key === undefined || error === undefined ? attrs : replaced(attrs, key, key, withoutStack(error)), (name) =>
      TAKEN.has(name),
    );
    if (dropped > 0) fields.set("dropped_attributes_count", dropped);
    putEnd(fields, own, record);
    return fields;
  };
}

function ownOf(options: GcpOptions): OwnFields {
  const project = projectOf(options);
  return {
    time: "time",
    level: "severity",
    logger: "logger",
    eventName: "event_name",
    fixed: new Map(),
    levelName: gcpSeverity,
    source: (source) => new Map([[SOURCE, locationOf(source)]]),
    span: (span) =>
      new Map<string, string | boolean>([
        [TRACE, project === undefined ? span.traceId : `projects/${project}/traces/${span.traceId}`],
        [SPAN, span.spanId],
        [SAMPLED, (span.traceFlags & 1) === 1],
        ["trace_flags", flagsText(span)],
      ]),
  };
}

/** A line is an int64, which is a text in protobuf's JSON. */
function locationOf({ file, line, function: name }: Source): PlainMap {
  const place = new Map([
    ["file", file.toWellFormed()],
    ["line", String(line)],
  ]);
  return name === undefined ? place : place.set("function", name.toWellFormed());
}

function withoutStack(error: PlainError): PlainMap {
  const rest = new PlainError(error);
  if (typeof error.get("stack") === "string") rest.delete("stack");
  return rest;
}

function projectOf({ projectId }: GcpOptions): string | undefined {
  const project = projectId ?? projectOfEnvironment();
  if (project === undefined) return undefined;
  if (typeof project === "string" && /^[^\s/]+$/.test(project)) return project;
  throw new TypeError(expected("projectId", "the id of a Google Cloud project, also as GOOGLE_CLOUD_PROJECT", project));
}

/** In Deno a variable takes a permission. A trace is named without a project too, so that its want is not complained of. */
function projectOfEnvironment(): string | undefined {
  const env = globalThis.process?.env ?? {};
  try {
    return env["GOOGLE_CLOUD_PROJECT"] || env["GCLOUD_PROJECT"] || undefined;
  } catch {
    // As if none were set.
    return undefined;
  }
}

/** Makes {@link gcpFields} for the encoder of bytes. */
export function gcpLayout(options: GcpOptions): JsonLayout {
  const own = ownOf(options);
  return layoutOf(own, fieldsOf(own), TAKEN, (attrs) => attrs);
}

/**
 * Writes each record as one line of JSON for Google Cloud Logging, see {@link gcpFields}: on standard output in Cloud Run, GKE or Cloud Functions.
 *
 * @throws TypeError or RangeError when an option is not what is expected; the message names it.
 */
export function gcpHandler(options: LineOptions & GcpOptions = {}): Handler {
  knownOptions("gcpHandler", options, [...LINE_OPTIONS, "projectId"]);
  return layoutLines(gcpLayout(options), options);
}
