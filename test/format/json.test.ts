import { describe, expect, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { base64 } from "../../src/value/base64.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

const spanContext = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", traceFlags: 257 };
const group = Binding.group(Binding.attrs(undefined, { app: "shop" }), "g");

const LINES: readonly { name: string; use: Partial<LogRecord>; want: string }[] = [
  {
    name: "the record's own fields frame the attributes, the trace stands at the root",
    use: {
      time: Date.UTC(2026, 10, 22, 4, 5, 6, 7),
      level: 13,
      logger: "shop.db",
      message: "paid",
      eventName: "order.paid",
      binding: group,
      attrs: { b: 2 },
      baggage: [["tenant", "t1"]],
      spanContext,
    },
    want:
      '{"time":"2026-11-22T04:05:06.007Z","level":"WARN","logger":"shop.db","msg":"paid","event_name":"order.paid",' +
      '"app":"shop","g":{"b":2},"tenant":"t1",' +
      '"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01"}',
  },
  { name: "a record without time has none", use: { message: "m" }, want: '{"level":"INFO","msg":"m"}' },
  { name: "a time that is none is said", use: { time: Number.NaN }, want: '{"time":"Invalid Date","level":"INFO","msg":""}' },
  {
    name: "an empty group leaves no trace",
    use: { binding: group, attrs: { a: {} } },
    want: '{"level":"INFO","msg":"","app":"shop"}',
  },
  {
    name: "an attribute never stands for a field of the record's own",
    use: { attrs: { level: 1, "attr.level": 2, trace_id: "x", a: 3 } },
    want: '{"level":"INFO","msg":"","attr.level":2,"a":3,"attr.attr.level":1,"attr.trace_id":"x"}',
  },
  {
    name: "what JSON has no number for is text, as is an integer that a reader would round",
    use: { attrs: { a: [Number.NaN, -Infinity, -0, 1e21, 5n, 2n ** 53n - 1n, 2n ** 53n] } },
    want: '{"level":"INFO","msg":"","a":["NaN","-Infinity",0,1e+21,5,9007199254740991,"9007199254740992"]}',
  },
  {
    name: "bytes are base64, of the view alone",
    use: { attrs: { a: new Uint8Array([0, 104, 105, 0]).subarray(1, 3), b: new Uint8Array(0) } },
    want: '{"level":"INFO","msg":"","a":"aGk=","b":""}',
  },
  {
    name: "text is one line of well-formed characters",
    use: { message: 'a"\n\u001b[31m', attrs: { "\ud800": "\udc00\u2028" } },
    want: '{"level":"INFO","msg":"a\\"\\n\\u001b[31m","\ufffd":"\ufffd\u2028"}',
  },
];

describe("a line of JSON", () => {
  for (const { name, use, want } of LINES) {
    test(`json: ${name}`, () => {
      expect(formatJson(createRecord(use))).toBe(`${want}\n`);
    });
  }

  test("json: attributes beyond the limit are dropped and counted", () => {
    const attrs = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`k${i}`, i]));
    const line = JSON.parse(formatJson(createRecord({ attrs })));
    expect(line).toMatchObject({ k127: 127, dropped_attributes_count: 2 });
    expect(line).not.toHaveProperty("k128");
  });

  test("json: bytes are the same where there is no Buffer", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const want = base64(bytes);
    const { Buffer: kept } = globalThis;
    Reflect.deleteProperty(globalThis, "Buffer");
    try {
      expect(base64(bytes)).toBe(want);
    } finally {
      globalThis.Buffer = kept;
    }
  });
});
