import { bind } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { recordAttrs } from "../../src/record/record-attrs.ts";
import { resolveGroup } from "../../src/value/resolve.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { ParsedRecord, Subject } from "../../src/testing/index.ts";

type Keep = (record: LogRecord) => ParsedRecord;

/** Says of a record all that there is to say. */
export function say(record: LogRecord, attrs: { readonly [key: string]: unknown } = recordAttrs(record)): ParsedRecord {
  const { time, level, message, eventName, logger, spanContext } = record;
  const { traceId, spanId, traceFlags } = spanContext ?? {};
  return { time, level, message, eventName, logger, attrs, traceId, spanId, traceFlags };
}

/** Makes a handler that keeps records as a function says them, and is otherwise well, but for what is given. */
export function subject(keep: Keep, faults: Partial<Handler> = {}): Subject {
  const records: ParsedRecord[] = [];
  const handler = { enabled: () => true, handle: (record: LogRecord) => void records.push(keep(record)), ...faults };
  return { handler, records: () => records };
}

const lateReads: Keep = (record) => ({
  ...say(record),
  get attrs() {
    return recordAttrs(record);
  },
});

function reserved(keep: Keep): Keep {
  return (record) => {
    const { attrs, ...fields } = keep(record);
    const line: { [key: string]: unknown } = { msg: fields.message, ...attrs };
    return {
      ...fields,
      message: String(line["msg"]),
      attrs: Object.fromEntries(Object.entries(attrs).filter(([key]) => key !== "msg")),
    };
  };
}

export interface Mutant {
  readonly name: string;
  readonly make: () => Subject;
  /** Cases that must fail. All that fail are listed where they are few. */
  readonly fails: readonly string[];
}

/** Are handlers with one fault each, of those that are made: a kit that passes them tests nothing. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "forgets what is bound",
    make: () => subject((record) => say(record, recordAttrs({ ...record, binding: undefined }))),
    fails: [
      "with-attrs",
      "with-group",
      "multi-with",
      "resolve-with-attrs",
      "siblings-with",
      "middleware-adds",
      "logger-as-handler",
    ],
  },
  {
    name: "opens a group although nothing is in it",
    make: () =>
      subject((record) =>
        say(record, {
          ...recordAttrs(record),
          ...(record.binding?.group === undefined || record.attrs !== undefined ? {} : { [record.binding.group]: {} }),
        }),
      ),
    fails: ["empty-group-record", "with-group-no-attrs", "nested-empty-group-record", "with-group-empty-attrs"],
  },
  {
    name: "leaves out the baggage",
    make: () => subject((record) => say(record, recordAttrs({ ...record, baggage: undefined }))),
    fails: ["ids-interleaved", "baggage", "baggage-under-group", "baggage-not-replacing-call", "baggage-hostile"],
  },
  {
    name: "lets baggage stand for an attribute",
    make: () => subject((record) => say(record, { ...recordAttrs(record), ...Object.fromEntries(record.baggage ?? []) })),
    fails: ["baggage-not-replacing-call", "baggage-not-replacing-bound"],
  },
  {
    name: "puts baggage into the open group",
    make: () =>
      subject((record) =>
        say(
          record,
          Object.fromEntries(
            Object.entries(
              recordAttrs({
                ...record,
                baggage: undefined,
                attrs: { ...Object.fromEntries(record.baggage ?? []), ...record.attrs },
              }),
            ),
          ),
        ),
      ),
    fails: ["baggage-under-group"],
  },
  {
    name: "lets an attribute stand for the message",
    make: () => subject(reserved(say)),
    fails: ["reserved-msg"],
  },
  {
    name: "leaves out a key of its own instead of renaming it",
    make: () =>
      subject((record) =>
        say(record, Object.fromEntries(Object.entries(recordAttrs(record)).filter(([key]) => key !== "level"))),
      ),
    fails: ["reserved-level"],
  },
  {
    name: "loses a key named __proto__",
    make: () =>
      subject((record) => {
        const attrs: { [key: string]: unknown } = {};
        for (const [key, value] of Object.entries(recordAttrs(record))) attrs[key] = value;
        return say(record, attrs);
      }),
    fails: ["reserved-__proto__"],
  },
  {
    name: "reads the attributes when it is read, not when it is called",
    make: () => subject(lateReads),
    fails: ["mutated-attrs"],
  },
  {
    name: "keeps the caller's bytes",
    make: () =>
      subject((record) => ({
        ...say(record),
        attrs: { ...recordAttrs(record), ...(record.attrs?.["other"] === undefined ? {} : { other: record.attrs["other"] }) },
      })),
    fails: ["mutated-attrs"],
  },
  {
    name: "takes the ids from the active span when it writes",
    make: () => subject((record) => ({ ...say(record), traceId: undefined })),
    fails: [
      "ids",
      "ids-unsampled",
      "ids-remote",
      "ids-flags",
      "ids-under-group",
      "ids-explicit",
      "ids-active",
      "ids-interleaved",
    ],
  },
  {
    name: "leaves out the ids of a span that is not sampled",
    make: () => subject((record) => say(record.spanContext?.traceFlags === 0 ? { ...record, spanContext: undefined } : record)),
    fails: ["ids-unsampled"],
  },
  {
    name: "keeps of the flags the sampled bit alone",
    make: () => subject((record) => ({ ...say(record), traceFlags: record.spanContext && record.spanContext.traceFlags & 1 })),
    fails: ["ids-flags"],
  },
  {
    name: "writes zeros where there is no span",
    make: () => subject((record) => ({ ...say(record), traceId: record.spanContext?.traceId ?? "0".repeat(32) })),
    fails: ["ids-zero", "ids-invalid", "ids-absent", "ids-explicit"],
  },
  {
    name: "puts the ids among the attributes of the open group",
    make: () =>
      subject((record) =>
        say(
          record,
          recordAttrs({
            ...record,
            attrs: record.spanContext && record.binding ? { ...record.attrs, trace_id: "x" } : record.attrs,
          }),
        ),
      ),
    fails: ["ids-under-group"],
  },
  {
    name: "makes up a time",
    make: () => subject((record) => ({ ...say(record), time: record.time ?? 0 })),
    fails: ["zero-time"],
  },
  {
    name: "cuts a time to seconds",
    make: () => subject((record) => ({ ...say(record), time: record.time && Math.floor(record.time / 1000) * 1000 })),
    fails: ["built-ins", "times"],
  },
  {
    name: "rounds a level to its range",
    make: () => subject((record) => ({ ...say(record), level: record.level - ((record.level - 1) % 4) })),
    fails: ["levels"],
  },
  {
    name: "has one level for all",
    make: () => subject((record) => ({ ...say(record), level: 9 })),
    fails: ["levels", "level-methods"],
  },
  {
    name: "says the source",
    make: () => subject((record) => say(record, { ...recordAttrs(record), source: "x.ts:1" })),
    fails: ["empty-source"],
  },
  {
    name: "forgets the event name",
    make: () => subject((record) => ({ ...say(record), eventName: undefined })),
    fails: ["event-name"],
  },
  {
    name: "forgets the logger's name",
    make: () => subject((record) => ({ ...say(record), logger: undefined })),
    fails: ["logger-name"],
  },
  {
    name: "sorts the attributes",
    make: () => subject((record) => say(record, Object.fromEntries(Object.entries(recordAttrs(record)).toReversed()))),
    fails: ["order"],
  },
  {
    name: "writes JSON that bigint breaks",
    make: () => subject((record) => say(record, JSON.parse(JSON.stringify(recordAttrs(record))))),
    fails: ["value-bigint", "value-bigint64-array", "value-mixed-array", "value-nan", "value-infinity"],
  },
  {
    name: "writes the attributes as they were given",
    make: () => subject((record) => say(record, JSON.parse(JSON.stringify({ ...record.attrs })))),
    fails: [
      "value-circular",
      "value-throwing-getter",
      "value-map",
      "value-error-with-cause",
      "value-symbol",
      "value-throwing-proxy",
      "resolve",
      "empty-group",
      "inline-group",
    ],
  },
  {
    name: "sets a member of the record",
    make: () =>
      subject((record) => {
        (record as { message: string }).message = record.message.trim();
        return say(record);
      }),
    fails: ["frozen-record"],
  },
  {
    name: "adds to the attributes that it was given",
    make: () =>
      subject((record) => {
        const said = say(record);
        Object.assign(record.attrs ?? {}, { seen: true });
        return said;
      }),
    fails: ["frozen-record", "fanout-twice"],
  },
  {
    name: "drops the newest record while another is being written",
    make() {
      let busy = false;
      const records: ParsedRecord[] = [];
      const handle = (record: LogRecord): void => {
        if (busy) return;
        busy = true;
        records.push(say(record));
        busy = false;
      };
      return { handler: { enabled: () => true, handle }, records: () => records };
    },
    fails: ["value-that-logs"],
  },
  {
    name: "remembers the last record's attributes",
    make() {
      const all: { [key: string]: unknown } = {};
      return subject((record) => say(record, { ...Object.assign(all, recordAttrs(record)) }));
    },
    fails: ["no-leak", "siblings-with"],
  },
  {
    name: "keeps what it rendered by the depth of the binding",
    make() {
      const rendered = new Map<number, unknown>();
      const depthOf = (record: LogRecord): number => {
        let depth = 0;
        for (let step = record.binding; step !== undefined; step = step.parent) depth++;
        return depth;
      };
      return subject((record) => {
        const depth = depthOf(record);
        const bound = recordAttrs(createRecord({ binding: record.binding }));
        if (!rendered.has(depth)) rendered.set(depth, bound);
        return say(record, record.attrs === undefined ? (rendered.get(depth) as ParsedRecord["attrs"]) : undefined);
      });
    },
    fails: ["siblings-with"],
  },
  {
    name: "puts the newest record first",
    make() {
      const records: ParsedRecord[] = [];
      return { handler: { enabled: () => true, handle: (record) => void records.unshift(say(record)) }, records: () => records };
    },
    fails: ["sequence"],
  },
  {
    name: "writes each record twice",
    make() {
      const records: ParsedRecord[] = [];
      return {
        handler: { enabled: () => true, handle: (record) => void records.push(say(record), say(record)) },
        records: () => records,
      };
    },
    fails: ["built-ins", "fanout-twice"],
  },
  {
    name: "writes nothing",
    make: () => ({ handler: { enabled: () => true, handle: () => undefined }, records: () => [] }),
    fails: ["built-ins"],
  },
  {
    name: "writes what enabled() is asked",
    make() {
      const records: ParsedRecord[] = [];
      return {
        handler: {
          enabled: () => {
            records.push(say(createRecord({})));
            return true;
          },
          handle: (record) => void records.push(say(record)),
        },
        records: () => records,
      };
    },
    fails: ["enabled"],
  },
  {
    name: "says of enabled() what is no boolean",
    make: () => subject(say, { enabled: () => 1 as unknown as boolean }),
    fails: ["enabled"],
  },
  {
    name: "is enabled below its own threshold",
    make: () => subject(say, { enabled: () => true, threshold: { level: 5 } as never }),
    fails: ["threshold"],
  },
  {
    name: "is an async function",
    make() {
      const records: ParsedRecord[] = [];
      const handler = { enabled: () => true, handle: async (record: LogRecord) => void records.push(say(record)) };
      return {
        handler,
        records: () => records,
      };
    },
    fails: ["synchronous"],
  },
  {
    name: "resolves flush() before all is out",
    make() {
      const records: ParsedRecord[] = [];
      return {
        handler: {
          enabled: () => true,
          handle: (record) => void setTimeout(() => records.push(say(record)), 5),
          flush: async () => undefined,
        },
        records: () => records,
      };
    },
    fails: ["flush", "shutdown"],
  },
  {
    name: "rejects a second flush() while one runs",
    make() {
      let busy = false;
      return subject(say, {
        async flush() {
          if (busy) throw new Error("busy");
          busy = true;
          await Promise.resolve();
          busy = false;
        },
      });
    },
    fails: ["flush"],
  },
  {
    name: "rejects a second shutdown()",
    make() {
      let down = false;
      return subject(say, {
        async shutdown() {
          await Promise.resolve();
          if (down) throw new Error("down");
          down = true;
        },
      });
    },
    fails: ["shutdown"],
  },
  {
    name: "ignores control characters of a message",
    make: () => subject((record) => ({ ...say(record), message: record.message.replaceAll(/[\u0000-\u001f]/g, "") })),
    fails: ["message-lines", "message-controls"],
  },
  {
    name: "trims values",
    make: () =>
      subject((record) =>
        say(
          record,
          Object.fromEntries(
            Object.entries(recordAttrs(record)).map(([key, value]) => [key, typeof value === "string" ? value.trim() : value]),
          ),
        ),
      ),
    fails: ["texts"],
  },
  {
    name: "does not call [logValue]() on bound attributes",
    make: () =>
      subject((record) =>
        say(record, {
          ...recordAttrs(record),
          ...(record.attrs === undefined && record.binding?.attrs?.["k"] !== undefined ? { k: "unresolved" } : {}),
        }),
      ),
    fails: ["resolve-with-attrs", "duplicate-bound"],
  },
  {
    name: "lets the first of two equal keys win",
    make: () =>
      subject((record) => say(record, { ...recordAttrs(record), ...Object.fromEntries(bind(record.binding, resolveGroup({}))) })),
    fails: ["duplicate-call"],
  },
];
