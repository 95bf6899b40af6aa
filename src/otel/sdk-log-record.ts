import type { HrTime, SpanContext } from "@opentelemetry/api";
import type { AnyValue, AnyValueMap } from "./any-value.ts";
import type { OtelReadableLogRecord } from "./log-record-processor.ts";
import type { OtelResource } from "./resource.ts";
import type { Scope } from "./logger-provider.ts";

/** Holds what a record is made of, for {@link SdkLogRecord}. */
export type SdkLogRecordFields = Omit<SdkLogRecord, `set${string}`>;

/**
 * Is the SDK's own record, as its processors change it and its exporters read it; of the same shape in all SDKs since 0.220. It is
 * made here where an official processor or exporter is used without a LoggerProvider.
 */
export class SdkLogRecord implements OtelReadableLogRecord {
  readonly resource: OtelResource;
  readonly instrumentationScope: Scope;
  readonly attributes: AnyValueMap;
  hrTime: HrTime;
  hrTimeObserved: HrTime;
  spanContext: SpanContext | undefined;
  severityNumber: number;
  severityText: string;
  body: AnyValue;
  eventName: string | undefined;
  droppedAttributesCount: number;

  constructor(fields: SdkLogRecordFields) {
    this.resource = fields.resource;
    this.instrumentationScope = fields.instrumentationScope;
    this.attributes = fields.attributes;
    this.hrTime = fields.hrTime;
    this.hrTimeObserved = fields.hrTimeObserved;
    this.spanContext = fields.spanContext;
    this.severityNumber = fields.severityNumber;
    this.severityText = fields.severityText;
    this.body = fields.body;
    this.eventName = fields.eventName;
    this.droppedAttributesCount = fields.droppedAttributesCount;
  }

  /** Sets one attribute, as a processor does that stamps records; the empty key and undefined are nothing to set. */
  setAttribute(key: string, value?: AnyValue): this {
    if (key !== "" && key !== "__proto__" && value !== undefined) this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: AnyValueMap): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value);
    return this;
  }

  setBody(body: AnyValue): this {
    this.body = body;
    return this;
  }

  setEventName(eventName: string): this {
    this.eventName = eventName;
    return this;
  }

  setSeverityNumber(severityNumber: number): this {
    this.severityNumber = severityNumber;
    return this;
  }

  setSeverityText(severityText: string): this {
    this.severityText = severityText;
    return this;
  }
}
