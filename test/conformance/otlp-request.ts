import protobuf from "protobufjs";
import type { ParsedRecord } from "../../src/testing/index.ts";

// The fields of opentelemetry-proto that a log record has, under their official numbers.
const { root } = protobuf.parse(`syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message Scope { string name = 1; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6;
  uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11;
  string event_name = 12;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`);
const Request = root.lookupType("Request");
// Each level of an attribute is three messages: the 64 that the specification allows are more than the 100 of this reader's default.
for (const reads of [protobuf.Reader, protobuf.util] as { recursionLimit?: number }[]) reads.recursionLimit = 1000;

/** Is a request as JSON has it: numbers of 64 bits as text, bytes in base64, ids in hexadecimal digits. */
interface OtlpJson {
  readonly resourceLogs?: readonly { readonly scopeLogs?: readonly ScopeLogs[] }[];
}
interface ScopeLogs {
  readonly scope?: { readonly name?: string };
  readonly logRecords?: readonly LogRecord[];
}
interface LogRecord {
  readonly timeUnixNano?: string;
  readonly severityNumber?: number;
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}
interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
}
type AnyValue = Readonly<Record<string, unknown>>;

/** Reads the body of a request, in protobuf or JSON, by code that is not ours. */
export function parseOtlp(body: Uint8Array, contentType: string): readonly ParsedRecord[] {
  return records(
    contentType === "application/json" ? (JSON.parse(Buffer.from(body).toString()) as OtlpJson) : fromProtobuf(body),
  );
}

function fromProtobuf(body: Uint8Array): OtlpJson {
  const request: OtlpJson = Request.toObject(Request.decode(body), { longs: String, bytes: String, json: true });
  const hex = (id = ""): string => Buffer.from(id, "base64").toString("hex");
  return {
    resourceLogs: (request.resourceLogs ?? []).map(({ scopeLogs = [] }) => ({
      scopeLogs: scopeLogs.map((scope) => ({
        ...scope,
        logRecords: (scope.logRecords ?? []).map((record) =>
          Object.assign(record, { traceId: hex(record.traceId), spanId: hex(record.spanId) }),
        ),
      })),
    })),
  };
}

function records({ resourceLogs = [] }: OtlpJson): readonly ParsedRecord[] {
  return resourceLogs.flatMap(({ scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) => logRecords.map((record) => toRecord(record, scope?.name))),
  );
}

function toRecord(record: LogRecord, scope: string | undefined): ParsedRecord {
  const { timeUnixNano = "0", severityNumber = 0, body, attributes = [], flags = 0, traceId, spanId, eventName } = record;
  return {
    time: timeUnixNano === "0" ? undefined : Number(BigInt(timeUnixNano) / 1_000_000n),
    level: severityNumber,
    message: String(valueOf(body)),
    attrs: members(attributes),
    eventName: eventName || undefined,
    logger: scope === "correlog" ? undefined : scope || undefined,
    traceId: traceId || undefined,
    spanId: spanId || undefined,
    traceFlags: traceId ? flags & 0xff : undefined,
  };
}

function members(list: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  const keys = list.map(({ key }) => key ?? "");
  if (new Set(keys).size !== keys.length) throw new Error(`expected each key once, got ${keys.join(", ")}`);
  return Object.fromEntries(list.map(({ key = "", value }) => [key, valueOf(value)]));
}

function valueOf(value: AnyValue = {}): unknown {
  const [kind, content] = Object.entries(value)[0] ?? [];
  if (kind === "intValue") return Number.isSafeInteger(Number(content)) ? Number(content) : content;
  if (kind === "arrayValue") return ((content as { values?: readonly AnyValue[] }).values ?? []).map(valueOf);
  if (kind === "kvlistValue") return members((content as { values?: readonly KeyValue[] }).values ?? []);
  return kind === undefined ? null : content;
}
