import type { Context, HrTime, SpanContext } from "@opentelemetry/api";
import type { EnabledQuestion, Scope } from "./logger-provider.ts";

/** Is what processors and exporters of either generation read of a record. */
export interface OtelReadableLogRecord {
  readonly hrTime: HrTime;
  readonly hrTimeObserved: HrTime;
  readonly spanContext?: SpanContext | undefined;
  readonly severityNumber?: number | undefined;
  readonly severityText?: string | undefined;
  readonly body?: unknown;
  readonly eventName?: string | undefined;
  readonly attributes: { readonly [key: string]: unknown };
  readonly droppedAttributesCount: number;
  readonly resource: { readonly attributes: object };
  readonly instrumentationScope: { readonly name: string; readonly version?: string | undefined };
}

/** Is the SDK's LogRecordProcessor, of either generation. */
export interface OtelLogRecordProcessor {
  onEmit(record: OtelReadableLogRecord, context?: Context): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
  enabled?(question: EnabledQuestion & { instrumentationScope: Scope }): boolean;
}

/** Says how an export ended: code 0 is success, 1 is failure. */
export interface ExportResult {
  code: number;
  error?: Error;
}

/** Is the SDK's LogRecordExporter, of either generation. */
export interface OtelLogRecordExporter {
  export(records: OtelReadableLogRecord[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Tells a processor by its methods: the exporter's own copy of the SDK may lie beside the app's. */
export function isProcessor(value: unknown): value is OtelLogRecordProcessor {
  return hasMethods(value, ["onEmit", "forceFlush", "shutdown"]);
}

/** Tells an exporter by its methods. */
export function isExporter(value: unknown): value is OtelLogRecordExporter {
  return hasMethods(value, ["export", "shutdown"]);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as { readonly [key: string]: unknown })[name] === "function");
}
