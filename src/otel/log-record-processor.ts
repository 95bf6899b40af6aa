import type { Context } from "@opentelemetry/api";
import type { EnabledQuestion, Scope } from "./logger-provider.ts";
import type { SdkLogRecord } from "./sdk-log-record.ts";

/** Is the SDK's LogRecordProcessor, of either generation. */
export interface OtelLogRecordProcessor {
  onEmit(record: SdkLogRecord, context?: Context): void;
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
  export(records: SdkLogRecord[], done: (result: ExportResult) => void): void;
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
