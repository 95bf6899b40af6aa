import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";
import type { ReceivedRecord } from "./otlp-json.ts";
import type { ConsoleLine } from "./process.ts";

/** Says for which records no console line says the same, and which JSON lines have no record. */
export function lineProblems(records: readonly ReceivedRecord[], lines: readonly ConsoleLine[]): readonly string[] {
  const silent = records.filter((record) => !lines.some((line) => agrees(line, record)));
  // Lines for a person are not one for each record: an error takes several.
  const lost = lines.filter((line) => line.text.startsWith("{") && !records.some((record) => agrees(line, record)));
  return [
    ...silent.map(({ service, message }) => `record "${String(message)}" of ${service}: no console line agrees with it`),
    ...lost.map(({ service, text }) => `console line of ${service}: OTLP brought no record that agrees with it: ${text}`),
  ];
}

function agrees({ service, text }: ConsoleLine, record: ReceivedRecord): boolean {
  return service === record.service && (text.startsWith("{") ? jsonAgrees(text, record) : textAgrees(text, record));
}

/** Compares every field of a JSON line with the record that OTLP took. */
function jsonAgrees(text: string, record: ReceivedRecord): boolean {
  const {
    time,
    level,
    logger,
    msg,
    event_name: eventName = "",
    trace_id,
    span_id,
    trace_flags,
    ...attributes
  } = JSON.parse(text) as {
    readonly [field: string]: unknown;
  };
  // OTLP also has an error in the words of its own conventions.
  const sent = Object.fromEntries(Object.entries(record.attributes).filter(([key]) => !key.startsWith("exception.")));
  return isDeepStrictEqual(
    { time, level, logger, msg, eventName, trace_id, span_id, trace_flags, attributes },
    {
      time: new Date(record.timeMs).toISOString(),
      level: record.level,
      logger: record.service,
      msg: record.message,
      eventName: record.eventName,
      trace_id: record.traceId,
      span_id: record.spanId,
      trace_flags: record.flags.toString(16).padStart(2, "0"),
      attributes: sent,
    },
  );
}

/** Compares what a line for a person shows of a record: its level, its message, its span and the short form of its trace. */
function textAgrees(text: string, record: ReceivedRecord): boolean {
  const plain = stripVTControlCharacters(text);
  return [record.level, String(record.message), record.traceId.slice(0, 8), record.spanId].every((part) => plain.includes(part));
}
