import { describe, expect, test } from "vitest";
import { Batch } from "../../src/otlp/batch.ts";
import { envelopeOf, wireOf } from "../../src/otlp/envelope.ts";
import { RecordEncoder } from "../../src/otlp/record-encoder.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { NanoClock } from "../../src/record/nano-clock.ts";
import { concat } from "../../src/otlp/wire.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { decodeRequest, PROTO_DIR, recordsOf } from "./protocol.ts";
import { held } from "../held.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { DecodedRecord } from "./protocol.ts";

const nameOf = (i: number): string => `${i}-`.padEnd(20_000, "x");
const bindings = Array.from({ length: 1000 }, (_, i) => Binding.attrs(undefined, { i }));

/** Gives the bytes that an encoder holds for 1000 records that have gone. */
function heldFor(protocol: "http/protobuf" | "http/json", record: (i: number) => Partial<LogRecord>): number {
  const encoder = new RecordEncoder(wireOf(protocol), DEFAULT_LIMITS, () => 7, new NanoClock());
  encoder.use(Buffer.alloc(1_000_000));
  const before = held();
  for (let i = 0; i < 1000; i++) encoder.encode(createRecord({ time: 0, message: "m", ...record(i) }), 0);
  const after = held();
  // Or the encoder were free to go, and so what is bound.
  encoder.encode(createRecord({ time: 0, message: "m", binding: bindings[0] }), 0);
  return after - before;
}

describe.each(["http/protobuf", "http/json"] as const)(
  "%s: long names that come from data do not fill the memory",
  (protocol) => {
    const records: readonly { name: string; record: (i: number) => Partial<LogRecord> }[] = [
      { name: "of attributes", record: (i) => ({ attrs: { [nameOf(i)]: 1 } }) },
      { name: "of members", record: (i) => ({ attrs: { in: { [nameOf(i)]: 1 } } }) },
      { name: "in maps", record: (i) => ({ attrs: { in: new Map([[nameOf(i), 1]]) } }) },
      { name: "over what is bound for long", record: (i) => ({ attrs: { [nameOf(i)]: 1 }, binding: bindings[i] }) },
    ];
    for (const { name, record } of records) {
      test(`such as ${name}`, () => expect(heldFor(protocol, record)).toBeLessThan(6e6));
    }
  },
);

/** Cut out of a text of 72 KB, which it would hold on to. */
const cutOf = (i: number): string => "".padEnd(72_000, `${i * 7919}-`).slice(i % 10, 40);

describe.each(["http/protobuf", "http/json"] as const)("%s: what is cut out of large texts does not keep those", (protocol) => {
  const records: readonly { name: string; record: (i: number) => Partial<LogRecord> }[] = [
    { name: "names of attributes", record: (i) => ({ attrs: { in: new Map([[cutOf(i), 1]]) } }) },
    { name: "names of baggage", record: (i) => ({ baggage: [[cutOf(i), "1"]] }) },
    { name: "messages", record: (i) => ({ message: cutOf(i) }) },
    { name: "messages that come again", record: (i) => ({ message: cutOf(i >> 1) }) },
  ];
  for (const { name, record } of records) {
    test(`such as ${name}`, () => expect(heldFor(protocol, record)).toBeLessThan(6e6));
  }
});

test("names of loggers that are cut out of large texts do not keep those", () => {
  const envelope = envelopeOf("http/protobuf", new Map());
  const before = held();
  for (let i = 0; i < 1000; i++) envelope.body(Buffer.alloc(1), [{ scope: cutOf(i), from: 0, to: 1 }]);
  expect(held() - before).toBeLessThan(4e6);
  expect(envelope.body(Buffer.alloc(1), [])).toHaveLength(2);
});

test("long names of loggers that come from data do not fill the memory", () => {
  const envelope = envelopeOf("http/protobuf", new Map());
  const before = held();
  for (let i = 0; i < 1000; i++) envelope.body(Buffer.alloc(1), [{ scope: nameOf(i), from: 0, to: 1 }]);
  expect(held() - before).toBeLessThan(4e6);
  expect(envelope.body(Buffer.alloc(1), [])).toHaveLength(2);
});

describe.skipIf(PROTO_DIR === undefined)("names of any length are sent", () => {
  const name = "ä".repeat(100_000);

  test.each([
    { what: "an attribute", record: { attrs: { [name]: 1 } } },
    { what: "a bound attribute", record: { binding: Binding.attrs(undefined, { [name]: 1 }) } },
    { what: "baggage", record: { baggage: [[name, "1"]] as const } },
  ])("of $what", ({ record }) => {
    expect(Object.keys(sent("scope", record)?.attributes ?? {})).toEqual([name]);
  });
  test("of a logger", () => {
    expect(sent(name, {})?.scope).toBe(name);
  });
  test("of what the resource has", () => {
    expect(sent("scope", { attrs: { a: 1 } }, new Map([[name, "1"]]))?.attributes).toEqual({ a: { int: "1" } });
  });
});

function sent(
  scope: string,
  record: Partial<LogRecord>,
  resource = new Map([["service.name", "shop"]]),
): DecodedRecord | undefined {
  const bytes = Buffer.alloc(1_000_000);
  const encoder = new RecordEncoder(wireOf("http/protobuf"), DEFAULT_LIMITS, () => 7, new NanoClock());
  encoder.use(bytes);
  const to = encoder.encode(createRecord({ time: 0, message: "m", ...record }), 0);
  const batch = new Batch(0, bytes, [0], [{ scope, from: 0, to }], envelopeOf("http/protobuf", resource));
  return recordsOf(decodeRequest(concat(batch.body()), "http/protobuf"))[0];
}
