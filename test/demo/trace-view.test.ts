import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { Telemetry } from "./telemetry.ts";
import { traceTree } from "./trace-tree.ts";
import { traceSummary, traceView } from "./trace-view.ts";
import type { ReceivedRecord, Span } from "./otlp-json.ts";

function span(fields: Partial<Span> & { readonly spanId: string }): Span {
  return {
    service: "shop",
    traceId: "t",
    parentSpanId: "",
    name: fields.spanId,
    kind: "INTERNAL",
    startMs: 0,
    endMs: 10,
    status: "UNSET",
    statusMessage: "",
    attributes: {},
    events: [],
    links: [],
    ...fields,
  };
}

function record(fields: Partial<ReceivedRecord>): ReceivedRecord {
  return {
    service: "shop",
    traceId: "t",
    spanId: "a",
    flags: 1,
    timeMs: 0,
    level: "INFO",
    message: "m",
    eventName: "",
    attributes: {},
    ...fields,
  };
}

/** Draws a trace as plain lines without the columns at the right. */
function draw(spans: readonly Span[], records: readonly ReceivedRecord[]): readonly string[] {
  const telemetry = new Telemetry();
  telemetry.addSpans(spans);
  telemetry.addRecords(records);
  const lines = stripVTControlCharacters(traceView(traceTree(telemetry, "t"))).split("\n");
  return lines.map((line) => line.replace(/ {2,}[A-Z]+ +▕.*/, "")).filter((line) => line.trim() !== "");
}

describe("traceView", () => {
  test("puts records, events and child spans in the order of time", () => {
    const event = { name: "e", timeMs: 6, attributes: {} };
    const spans = [span({ spanId: "a", events: [event] }), span({ spanId: "b", parentSpanId: "a", startMs: 4, endMs: 5 })];
    const records = [record({ message: "last", timeMs: 8 }), record({ message: "first", timeMs: 2 })];
    expect(draw(spans, records)).toEqual(["shop  a", "├─ INFO  first ", "├─ shop  b", "├─ ◆ span event e ", "└─ INFO  last "]);
  });

  test("puts a record before the span of the same millisecond, whose start the SDK cut, and before the event made from it", () => {
    const event = { name: "m", timeMs: 1.2, attributes: {} };
    const spans = [span({ spanId: "a", events: [event] }), span({ spanId: "b", parentSpanId: "a", startMs: 1 })];
    expect(draw(spans, [record({ timeMs: 1.2 })])).toEqual(["shop  a", "├─ INFO  m ", "├─ ◆ span event m ", "└─ shop  b"]);
  });

  test("shows what lost its place: a span without its parent as a root, a record without its span at the end", () => {
    const spans = [span({ spanId: "a" }), span({ spanId: "b", parentSpanId: "gone", startMs: 1 })];
    expect(draw(spans, [record({ spanId: "gone" })])).toEqual(["shop  a", "shop  b", "? INFO  m "]);
  });

  test("shows nothing that a terminal obeys", () => {
    const attributes = { "k\u001b[2J": "v\u001b]0;x\u0007\n", nested: { "\u009b": ["\u202e"] } };
    const spans = [span({ spanId: "a", name: "n\u001b[1m", statusMessage: "s\r", attributes })];
    const telemetry = new Telemetry();
    telemetry.addSpans(spans);
    telemetry.addRecords([record({ message: "m\u001b[31m\n", attributes })]);
    const text = traceView(traceTree(telemetry, "t"));
    expect(text.replaceAll(/\u001b\[\d+m/g, "")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).toContain("m\\x1b[31m⏎");
  });

  test("is never wider than the terminal, as long as single values are not", () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`key${i}`, { a: "b".repeat(i), c: [1, null, true] }]),
    );
    const spans = [span({ spanId: "a", attributes }), span({ spanId: "b", parentSpanId: "a", startMs: 9.9, endMs: 2000 })];
    const telemetry = new Telemetry();
    telemetry.addSpans(spans);
    telemetry.addRecords([record({ spanId: "b", attributes })]);
    const lines = stripVTControlCharacters(traceView(traceTree(telemetry, "t"))).split("\n");
    expect(lines.filter((line) => [...line].length > 132)).toEqual([]);
  });
});

test("traceSummary: counts what there is", () => {
  const telemetry = new Telemetry();
  telemetry.addSpans([span({ spanId: "a", endMs: 1500 })]);
  telemetry.addRecords([record({ service: "other" }), record({})]);
  expect(traceSummary(traceTree(telemetry, "t"))).toBe("1.50 s · 2 services · 1 span · 2 records");
});
