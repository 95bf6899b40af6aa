import { activeContext } from "../context/otel-api.ts";
import { INFO } from "../level/level.ts";
import { resolve, resolveGroup } from "../value/resolve.ts";
import { toAnyValue } from "./any-value.ts";
import { eventAttributes, jsonText } from "./event-attributes.ts";
import { readSpanEventOptions } from "./span-event-options.ts";
import { SpanRecord } from "./span-record.ts";
import { recordingSpan, writeToSpan } from "./span-writer.ts";
import type { Context, HrTime, SpanContext } from "@opentelemetry/api";
import type { SpanEventOptions, SpanEventPolicy } from "./span-event-options.ts";

/** Is what the processor reads of the SDK's record, of either generation. */
export interface EmittedLogRecord {
  readonly hrTime: HrTime;
  readonly hrTimeObserved: HrTime;
  readonly spanContext?: SpanContext | undefined;
  readonly severityNumber?: number | undefined;
  readonly body?: unknown;
  readonly eventName?: string | undefined;
  readonly attributes: object;
}

/** Is a LogRecordProcessor for the SDK's LoggerProvider, of either generation. */
export interface SpanEventProcessor {
  onEmit(record: EmittedLogRecord, context?: Context): void;
  /** Tells whether a record would become an event: only then the SDK makes it for this processor alone. */
  enabled(question: { context: Context; severityNumber?: number; eventName?: string }): boolean;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Makes what {@link spanEvents} does as a processor of the SDK, for records of whatever logger the app has. Put it before the
 * processor that exports: it changes no record.
 *
 * @throws TypeError or RangeError when an option is not what is expected; the message names it.
 *
 * @example
 * ```ts
 * new LoggerProvider({ processors: [spanEventProcessor(), new BatchLogRecordProcessor({ exporter })] });
 * ```
 */
export function spanEventProcessor(options: SpanEventOptions = {}): SpanEventProcessor {
  const policy = readSpanEventOptions(options);
  return {
    onEmit(record, context) {
      if (levelOf(record.severityNumber) < policy.threshold.level) return;
      writeToSpan(context ?? activeContext(), record.spanContext, policy, () => toSpanRecord(record, policy));
    },
    enabled: ({ context, severityNumber }) =>
      levelOf(severityNumber) >= policy.threshold.level && recordingSpan(context) !== undefined,
    async forceFlush() {
      // A span takes its events at once.
    },
    async shutdown() {
      // It holds nothing.
    },
  };
}

/** Reads a severity; one that is not specified, or 0, which says so, counts as `INFO`. */
function levelOf(severityNumber: number | undefined): number {
  return severityNumber === undefined || severityNumber === 0 ? INFO : severityNumber;
}

function toSpanRecord(record: EmittedLogRecord, { limits }: SpanEventPolicy): SpanRecord {
  const { hrTime, hrTimeObserved, body, eventName } = record;
  const fields = {
    level: levelOf(record.severityNumber),
    message: typeof body === "string" ? body : jsonText(toAnyValue(resolve(body, limits) ?? "")),
    eventName,
    time: hrTime[0] === 0 && hrTime[1] === 0 ? hrTimeObserved : hrTime,
  };
  return new SpanRecord(fields, {
    attrs: () => eventAttributes(resolveGroup(record.attributes, limits)),
    error: () => undefined,
  });
}
