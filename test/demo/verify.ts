import { isDeepStrictEqual } from "node:util";
import { lineProblems } from "./line-check.ts";
import type { Exchange } from "./exchange.ts";
import type { ReceivedRecord, Span } from "./otlp-json.ts";
import type { ConsoleLine } from "./process.ts";
import type { DemoRequest, Expected, ExpectedRecord, ExpectedSpan } from "./requests.ts";
import type { Telemetry } from "./telemetry.ts";

/** Is all that the demo saw. */
export interface Evidence {
  readonly exchanges: readonly Exchange[];
  readonly telemetry: Pick<Telemetry, "spans" | "records" | "linkedTo">;
  readonly lines: readonly ConsoleLine[];
}

/** Says what is wrong with what arrived, a sentence each; nothing when every record is there, once, and where it belongs. */
export function verify({ exchanges, telemetry, lines }: Evidence): readonly string[] {
  const { spans, records } = telemetry;
  const traces = exchanges.flatMap(({ request, traceId }) => [
    traceId,
    ...(request.linked === undefined ? [] : telemetry.linkedTo(traceId)),
  ]);
  const isOurs = ({ traceId }: { readonly traceId: string }): boolean => traces.includes(traceId);
  return [
    ...exchanges.flatMap((one) => exchangeProblems(one, telemetry).map((problem) => `${one.request.title}: ${problem}`)),
    ...records
      .filter((record) => !isOurs(record))
      .map((record) => `${named(record)} belongs to no request's trace: ${record.traceId}`),
    // A span of the exporters' own requests would be one.
    ...spans.filter((span) => !isOurs(span)).map((span) => `span "${span.name}" belongs to no request's trace: ${span.traceId}`),
    ...lineProblems(records, lines),
  ];
}

function exchangeProblems(
  { request, traceId, status, serverTiming }: Exchange,
  telemetry: Evidence["telemetry"],
): readonly string[] {
  const linked = request.linked === undefined ? [] : telemetry.linkedTo(traceId);
  return [
    ...unequal("status", status, request.status),
    ...(serverTiming.includes(`-${traceId}-`) ? [] : [`the gateway went on with another trace: ${serverTiming}`]),
    ...traceProblems(request, request, traceId, telemetry),
    ...(request.linked === undefined ? [] : unequal("linked traces", linked.length, 1)),
    ...linked.flatMap((id) => (request.linked === undefined ? [] : traceProblems(request.linked, request, id, telemetry))),
  ];
}

function traceProblems(
  expected: Expected,
  request: DemoRequest,
  traceId: string,
  telemetry: Evidence["telemetry"],
): readonly string[] {
  const spans = telemetry.spans.filter((span) => span.traceId === traceId);
  const records = telemetry.records.filter((record) => record.traceId === traceId);
  return [
    ...missing(spans, expected.spans, sameSpan, (span) => `span "${span.name}" of ${span.service}`),
    ...rootProblems(spans),
    ...missing(records, expected.records, sameRecord, named),
    ...records.flatMap((record) => recordProblems(record, spans, request)),
    ...records.flatMap((record) => shapeProblems(record, expected)),
  ];
}

function rootProblems(spans: readonly Span[]): readonly string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return unequal("spans without a parent in the trace", spans.filter(({ parentSpanId }) => !ids.has(parentSpanId)).length, 1);
}

function sameSpan(span: Span, expected: ExpectedSpan): boolean {
  return (
    span.service === expected.service &&
    span.name === expected.name &&
    span.kind === expected.kind &&
    span.status === expected.status
  );
}

function sameRecord(record: ReceivedRecord, { service, level, message, eventName = "" }: ExpectedRecord): boolean {
  return record.service === service && record.level === level && record.message === message && record.eventName === eventName;
}

/** Finds what is not there, is there twice, or was not expected at all. */
function missing<Found, Wanted>(
  found: readonly Found[],
  wanted: readonly Wanted[],
  same: (found: Found, wanted: Wanted) => boolean,
  show: (one: Found | Wanted) => string,
): readonly string[] {
  const surplus = found.filter((one) => !wanted.some((want) => same(one, want)));
  return [
    ...wanted.flatMap((want) => unequal(show(want), found.filter((one) => same(one, want)).length, 1)),
    ...surplus.map((one) => `${show(one)} was not expected`),
  ];
}

function recordProblems(record: ReceivedRecord, spans: readonly Span[], { tenant, user }: DemoRequest): readonly string[] {
  const span = spans.find(({ spanId }) => spanId === record.spanId);
  const { attributes } = record;
  const baggage = Object.fromEntries(Object.entries(attributes).filter(([key]) => key.startsWith("baggage.")));
  const problems = [
    ...(span === undefined ? ["its span is not in its trace"] : []),
    ...(span !== undefined && span.service !== record.service ? ["its span is another service's"] : []),
    ...unequal("flags", record.flags, 1),
    ...unequal("baggage", baggage, { "baggage.tenant.id": tenant, "baggage.user.id": user }),
    ...(span === undefined ? [] : eventProblems(record, span)),
  ];
  return problems.map((problem) => `${named(record)}: ${problem}`);
}

/** Checks that an event is on its span as well, and nothing else is. */
function eventProblems({ eventName, message }: ReceivedRecord, { events }: Span): readonly string[] {
  const name = eventName === "" ? message : eventName;
  return unequal("span events of its name", events.filter((event) => event.name === name).length, eventName === "" ? 0 : 1);
}

/** Checks what is often got wrong: objects and errors as text, errors under several names, and raw trace headers. */
function shapeProblems(record: ReceivedRecord, { records }: Expected): readonly string[] {
  const { attributes } = record;
  const structures = records.find((expected) => sameRecord(record, expected))?.structures ?? [];
  return [
    ...structures.filter((key) => typeof attributes[key] !== "object").map((key) => `${key} is no structure`),
    ...("error" in attributes ? ["an error is called error, not err"] : []),
    ...(JSON.stringify(attributes).includes("traceparent") ? ["a raw traceparent header is in it"] : []),
  ].map((problem) => `${named(record)}: ${problem}`);
}

function unequal(what: string, found: unknown, wanted: unknown): readonly string[] {
  return isDeepStrictEqual(found, wanted) ? [] : [`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(found)}`];
}

function named(record: Pick<ReceivedRecord, "service" | "message">): string;
function named(record: { readonly service: string; readonly message: unknown }): string {
  return `record "${String(record.message)}" of ${record.service}`;
}
