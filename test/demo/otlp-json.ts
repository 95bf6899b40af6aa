/** Is an attribute's value once it is decoded. */
export type Value = null | boolean | number | string | readonly Value[] | Attributes;
export type Attributes = { readonly [key: string]: Value };

/** Is a point in time of a span. */
export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

/** Leads from a span to one of another trace. */
interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Is empty when the span has no parent. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: "UNSET" | "OK" | "ERROR";
  readonly statusMessage: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
}

export interface ReceivedRecord {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly timeMs: number;
  readonly level: string;
  readonly message: Value;
  readonly eventName: string;
  readonly attributes: Attributes;
}

/** Is any object of OTLP's JSON: members that are missing have their default. */
interface Json {
  readonly [member: string]: unknown;
}

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS = ["UNSET", "OK", "ERROR"] as const;

/** Reads the body of `POST /v1/traces`. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function readSpans(body: Json): readonly Span[] {
  return list(body["resourceSpans"]).flatMap((resource) =>
    list(resource["scopeSpans"]).flatMap((scope) => list(scope["spans"]).map((span) => readSpan(serviceOf(resource), span))),
  );
}

/** Reads the body of `POST /v1/logs`. */
export function readRecords(body: Json): readonly ReceivedRecord[] {
  return list(body["resourceLogs"]).flatMap((resource) =>
    list(resource["scopeLogs"]).flatMap((scope) =>
      list(scope["logRecords"]).map((record) => readRecord(serviceOf(resource), record)),
    ),
  );
}

function readSpan(service: string, span: Json): Span {
  const status = (span["status"] ?? {}) as Json;
  return {
    service,
    ...ids(span),
    parentSpanId: text(span["parentSpanId"]),
    name: text(span["name"]),
    kind: KINDS[Number(span["kind"] ?? 0)] ?? "UNSPECIFIED",
    startMs: milliseconds(span["startTimeUnixNano"]),
    endMs: milliseconds(span["endTimeUnixNano"]),
    status: STATUS[Number(status["code"] ?? 0)] ?? "UNSET",
    statusMessage: text(status["message"]),
    attributes: attributes(span["attributes"]),
    events: list(span["events"]).map((event) => ({
      name: text(event["name"]),
      timeMs: milliseconds(event["timeUnixNano"]),
      attributes: attributes(event["attributes"]),
    })),
    links: list(span["links"]).map(readLink),
  };
}

function readLink(link: Json): SpanLink {
  return { ...ids(link), attributes: attributes(link["attributes"]) };
}

function readRecord(service: string, record: Json): ReceivedRecord {
  return {
    service,
    ...ids(record),
    flags: Number(record["flags"] ?? 0),
    timeMs: milliseconds(record["timeUnixNano"]),
    level: text(record["severityText"]),
    message: value(record["body"]),
    eventName: text(record["eventName"]),
    attributes: attributes(record["attributes"]),
  };
}

function serviceOf(resource: Json): string {
  return text(attributes((resource["resource"] as Json | undefined)?.["attributes"])["service.name"]);
}

function ids(from: Json): { readonly traceId: string; readonly spanId: string } {
  return { traceId: text(from["traceId"]).toLowerCase(), spanId: text(from["spanId"]).toLowerCase() };
}

function attributes(pairs: unknown): Attributes {
  return Object.fromEntries(list(pairs).map((pair) => [text(pair["key"]), value(pair["value"])]));
}

function value(any: unknown): Value {
  const [kind, inner] = Object.entries((any ?? {}) as Json)[0] ?? [];
  switch (kind) {
    case "intValue":
    case "doubleValue":
      return Number(inner);
    case "arrayValue":
      return list((inner as Json)["values"]).map(value);
    case "kvlistValue":
      return attributes((inner as Json)["values"]);
    case undefined:
      return null;
    default:
      return inner as string | boolean;
  }
}

function list(items: unknown): readonly Json[] {
  return Array.isArray(items) ? (items as readonly Json[]) : [];
}

function text(from: unknown): string {
  return typeof from === "string" ? from : "";
}

/** Gives milliseconds with microseconds as their fraction: with more a number would round, up into the next millisecond too. */
function milliseconds(unixNano: unknown): number {
  return Number(BigInt((unixNano ?? 0) as string | number) / 1000n) / 1000;
}
