import { describe, expect, test } from "vitest";
import { lineFields } from "../../src/record/line-fields.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { Binding } from "../../src/record/binding.ts";
import { plainAttrs, recordAttrs } from "../../src/record/record-attrs.ts";
import { RESERVED } from "../../src/record/reserved.ts";
import { resolveLimits } from "../../src/value/limits.ts";

describe("createRecord", () => {
  test("what is not given is absent, the level is INFO", () => {
    expect(createRecord({ message: "m" })).toStrictEqual({
      time: undefined,
      level: 9,
      message: "m",
      eventName: undefined,
      logger: undefined,
      attrs: undefined,
      binding: undefined,
      spanContext: undefined,
      baggage: undefined,
    });
  });
});

describe("recordAttrs", () => {
  test("gives all attributes as values of its own: bound, own, then baggage that no attribute stands for", () => {
    const bytes = new Uint8Array([1, 2]);
    const record = createRecord({
      attrs: { own: { deep: [1n, bytes] }, k: "call" },
      binding: Binding.attrs(undefined, { k: "bound", b: 1 }),
      baggage: [
        ["k", "baggage"],
        ["tenant", "t1"],
      ],
    });
    const attrs = recordAttrs(record);
    bytes.fill(0);
    expect(attrs).toEqual({ k: "call", b: 1, own: { deep: [1n, new Uint8Array([1, 2])] }, tenant: "t1" });
    expect(Object.keys(attrs)).toEqual(["k", "b", "own", "tenant"]);
  });

  test("a key named __proto__ is one like any other, at any depth", () => {
    const attrs = recordAttrs(createRecord({ attrs: JSON.parse('{"__proto__":{"a":1},"g":{"__proto__":{"a":1}}}') as never }));
    expect(JSON.stringify(attrs)).toBe('{"__proto__":{"a":1},"g":{"__proto__":{"a":1}}}');
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  test("of more attributes than the limit the first ones are kept and the others counted, baggage last of all", () => {
    const record = createRecord({
      attrs: { a: 1, b: 2, c: 3 },
      binding: Binding.attrs(undefined, { z: 0 }),
      baggage: [["t", "1"]],
    });
    const { attrs, dropped } = plainAttrs(record, resolveLimits({ attributes: 3 }));
    expect([[...attrs.keys()], dropped]).toEqual([["z", "a", "b"], 2]);
  });
});

describe("the fields of a line", () => {
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

  test("stand in their order: time, level, logger, message, event name, attributes, dropped count, ids", () => {
    const record = createRecord({ time: 0, message: "m", logger: "l", eventName: "e", attrs: { a: 1, b: 2 }, spanContext: span });
    expect([...lineFields(record, resolveLimits({ attributes: 1 }))]).toEqual([
      ["time", "1970-01-01T00:00:00.000Z"],
      ["level", "INFO"],
      ["logger", "l"],
      ["msg", "m"],
      ["event_name", "e"],
      ["a", 1],
      ["dropped_attributes_count", 1],
      ["trace_id", span.traceId],
      ["span_id", span.spanId],
      ["trace_flags", "01"],
    ]);
  });

  const OWN = ["time", "level", "logger", "msg", "event_name", "trace_id", "span_id", "trace_flags", "dropped_attributes_count"];

  test("have these names, which no attribute may stand for", () => expect([...RESERVED]).toEqual(OWN));

  test.each(OWN)("an attribute named %s keeps its value under another name", (key) => {
    const fields = lineFields(
      createRecord({ time: 0, message: "m", logger: "l", eventName: "e", attrs: { [key]: "mine" }, spanContext: span }),
    );
    expect(fields.get(`attr.${key}`)).toBe("mine");
    expect(fields.get(key)).not.toBe("mine");
  });

  test("an attribute that is really named attr.level keeps its name beside one named level", () => {
    const fields = lineFields(createRecord({ attrs: { level: "a", "attr.level": "b" } }));
    expect([fields.get("attr.level"), fields.get("attr.attr.level")]).toEqual(["b", "a"]);
  });

  test.each([
    [undefined, undefined],
    [Number.NaN, "Invalid Date"],
    [1e20, "Invalid Date"],
    [-1, "1969-12-31T23:59:59.999Z"],
    [1.9, "1970-01-01T00:00:00.001Z"],
  ])("a time of %s is written as %s", (time, want) => {
    expect(lineFields(createRecord({ time })).get("time")).toBe(want);
  });

  test.each([
    [0, "00"],
    [1, "01"],
    [3, "03"],
    [255, "ff"],
    [257, "01"],
  ])("trace flags of %i are written as %s", (traceFlags, want) => {
    expect(lineFields(createRecord({ spanContext: { ...span, traceFlags } })).get("trace_flags")).toBe(want);
  });

  test("lone surrogates of a message or a name become U+FFFD, an empty event name is none", () => {
    const fields = lineFields(createRecord({ message: "\ud800", logger: "\udc00", eventName: "" }));
    expect([fields.get("msg"), fields.get("logger"), fields.has("event_name")]).toEqual(["\ufffd", "\ufffd", false]);
  });
});
