export type { AnyValue, AnyValueMap } from "./any-value.ts";
export type { EventAttributes, EventValue } from "./event-attributes.ts";
export type {
  ExportResult,
  OtelLogRecordExporter,
  OtelLogRecordProcessor,
  OtelReadableLogRecord,
} from "./log-record-processor.ts";
export type { EnabledQuestion, OtelLogger, OtelLoggerProvider, OtelLogRecord, Scope } from "./logger-provider.ts";
export { otelHandler } from "./otel-handler.ts";
export type { OtelHandlerOptions } from "./otel-handler.ts";
export type { OtelResource, ResourceInput } from "./resource.ts";
export type { SdkLogRecord } from "./sdk-log-record.ts";
export { spanEventProcessor } from "./span-event-processor.ts";
export type { EmittedLogRecord, SpanEventProcessor } from "./span-event-processor.ts";
export type { BridgeOptions, MirrorOptions, SpanEventOptions, StatusPolicy } from "./span-event-options.ts";
export { spanEvents } from "./span-events.ts";
export type { SpanRecord } from "./span-record.ts";
