import { spanOf } from "../context/otel-api.ts";
import { ERROR } from "../level/level.ts";
import { report } from "../report/report.ts";
import type { Context, HrTime, Span, SpanContext } from "@opentelemetry/api";
import type { SpanEventPolicy } from "./span-event-options.ts";
import type { SpanRecord } from "./span-record.ts";

const EXCEPTION: ReadonlySet<string> = new Set(["exception.type", "exception.message", "exception.stacktrace"]);

/** Gives the live span of a context if it records; one that has ended or was not sampled does not. */
export function recordingSpan(ctx: Context): Span | undefined {
  const span = spanOf(ctx);
  return span?.isRecording() === true ? span : undefined;
}

/**
 * Puts a record onto the live span of its context, as the policy says; it is made only when that span records and has the record's
 * ids: another's events are not put onto it. It never throws: the record goes its way, whatever the span does.
 */
export function writeToSpan(ctx: Context, ids: SpanContext | undefined, policy: SpanEventPolicy, make: () => SpanRecord): void {
  try {
    const span = recordingSpan(ctx);
    if (span !== undefined && ids !== undefined && isOf(span, ids)) write(span, make(), policy);
  } catch (error) {
    report("span events", error);
  }
}

function isOf(span: Span, ids: SpanContext): boolean {
  const own = span.spanContext();
  return own === ids || (isSameId(own.spanId, ids.spanId) && isSameId(own.traceId, ids.traceId));
}

/** A record's ids are in lower case, whatever their span says. */
function isSameId(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

function write(span: Span, record: SpanRecord, policy: SpanEventPolicy): void {
  const event = policy.toEvent(record);
  if (event !== undefined && hasRoom(span, record, policy)) addEvent(span, event.name, event.attributes, record.time);
  if (policy.recordException) writeException(span, record, policy);
  const status = policy.toStatus(record);
  if (status !== undefined) span.setStatus(status);
}

function hasRoom(span: Span, record: SpanRecord, policy: SpanEventPolicy): boolean {
  const dropped = policy.budget.take(span, record.level >= ERROR || hasException(record));
  if (dropped > 0) span.setAttribute("log.dropped_events_count", dropped);
  return dropped === 0;
}

function hasException({ error, attrs }: SpanRecord): boolean {
  return error !== undefined || "exception.type" in attrs || "exception.message" in attrs;
}

function writeException(span: Span, record: SpanRecord, policy: SpanEventPolicy): void {
  const { error, attrs, time } = record;
  if (error === undefined) {
    if (!hasException(record) || !hasRoom(span, record, policy)) return;
    addEvent(span, "exception", Object.fromEntries(Object.entries(attrs).filter(([key]) => EXCEPTION.has(key))), time);
  } else if (policy.recorded.isNew(span, error) && hasRoom(span, record, policy)) {
    if (time === undefined) span.recordException(error);
    else span.recordException(error, time);
  }
}

function addEvent(span: Span, name: string, attributes: SpanRecord["attrs"], time: HrTime | undefined): void {
  if (time === undefined) span.addEvent(name, attributes);
  else span.addEvent(name, attributes, time);
}
