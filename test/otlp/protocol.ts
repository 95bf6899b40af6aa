import { existsSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

/** Where the official definitions are; nothing where they are not. */
export const PROTO_DIR: string | undefined = [
  process.env["OTLP_PROTO_DIR"],
  join(import.meta.dirname, "../../../shared/backends/proto"),
].find((dir) => dir !== undefined && existsSync(join(dir, "opentelemetry")));

if (PROTO_DIR === undefined) console.warn("skipped: no OTLP definitions; name their folder in OTLP_PROTO_DIR");

/** Is a decoded AnyValue. */
interface DecodedValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: string | number;
  readonly bytesValue?: string | Uint8Array;
  readonly arrayValue?: { readonly values?: readonly DecodedValue[] };
  readonly kvlistValue?: { readonly values?: readonly DecodedMember[] };
}

/** Is a decoded KeyValue. */
export interface DecodedMember {
  readonly key?: string;
  readonly value?: DecodedValue;
}

interface DecodedLogRecord {
  readonly timeUnixNano?: string;
  readonly observedTimeUnixNano?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: DecodedValue;
  readonly eventName?: string;
  readonly attributes?: readonly DecodedMember[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
  readonly traceId?: Uint8Array | string;
  readonly spanId?: Uint8Array | string;
}

/** Is a decoded ExportLogsServiceRequest. */
export interface DecodedRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: { readonly attributes?: readonly DecodedMember[] };
    readonly scopeLogs?: readonly {
      readonly scope?: { readonly name?: string };
      readonly logRecords?: readonly DecodedLogRecord[];
    }[];
  }[];
}

/** Is a decoded record, in the same shape for both encodings. */
export interface DecodedRecord {
  readonly scope: string;
  readonly time: string;
  readonly observed: string;
  readonly level: number;
  readonly severity: string;
  readonly body: unknown;
  readonly eventName: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dropped: number;
  readonly flags: number;
  readonly traceId: string;
  readonly spanId: string;
}

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(PROTO_DIR ?? "", target);
if (PROTO_DIR !== undefined) root.loadSync("opentelemetry/proto/collector/logs/v1/logs_service.proto");

/** Decodes a request with the official definitions, or as JSON. */
export function decodeRequest(body: Uint8Array, contentType: string): DecodedRequest {
  if (contentType.includes("json")) return JSON.parse(Buffer.from(body).toString()) as DecodedRequest;
  const type = root.lookupType("opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest");
  const message = type.decode(body);
  return type.toObject(message, { longs: String, enums: Number, bytes: Buffer, defaults: false });
}

/** Encodes a reply with the official definitions. */
export function encodeReply(reply: object): Uint8Array {
  const type = root.lookupType("opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse");
  return type.encode(type.fromObject(reply)).finish();
}

/** Gives the records of a decoded request, one after the other. */
export function recordsOf(request: DecodedRequest): DecodedRecord[] {
  const records: DecodedRecord[] = [];
  for (const resourceLogs of request.resourceLogs ?? []) {
    for (const { scope, logRecords } of resourceLogs.scopeLogs ?? []) {
      for (const record of logRecords ?? []) records.push(recordOf(scope?.name ?? "", record));
    }
  }
  return records;
}

function recordOf(scope: string, record: DecodedLogRecord): DecodedRecord {
  return {
    scope,
    time: String(record.timeUnixNano ?? "0"),
    observed: String(record.observedTimeUnixNano ?? "0"),
    level: record.severityNumber ?? 0,
    severity: record.severityText ?? "",
    body: valueOf(record.body),
    eventName: record.eventName ?? "",
    attributes: membersOf(record.attributes),
    dropped: record.droppedAttributesCount ?? 0,
    flags: record.flags ?? 0,
    traceId: hexOf(record.traceId),
    spanId: hexOf(record.spanId),
  };
}

/** Gives named values as an object; its prototype is none, so that every key is one. */
export function membersOf(members: readonly DecodedMember[] | undefined): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const { key, value } of members ?? []) object[key ?? ""] = valueOf(value);
  return object;
}

/** Gives an AnyValue such that what differs in OTLP differs here: `{ int }`, `{ double }`, `{ bytes }`, `{ map }`, and the others themselves. */
export function valueOf(value: DecodedValue | undefined): unknown {
  if (value?.stringValue !== undefined) return value.stringValue;
  if (value?.boolValue !== undefined) return value.boolValue;
  if (value?.intValue !== undefined) return { int: String(value.intValue) };
  if (value?.doubleValue !== undefined) return { double: String(value.doubleValue) };
  if (value?.bytesValue !== undefined) return { bytes: bytesOf(value.bytesValue).toString("hex") };
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf);
  if (value?.kvlistValue !== undefined) return { map: membersOf(value.kvlistValue.values) };
  return null;
}

function bytesOf(bytes: string | Uint8Array): Buffer {
  return typeof bytes === "string" ? Buffer.from(bytes, "base64") : Buffer.from(bytes);
}

function hexOf(id: Uint8Array | string | undefined): string {
  if (id === undefined) return "";
  return typeof id === "string" ? id : Buffer.from(id).toString("hex");
}
