// That what an encoder of declared lines keeps of data is bounded.
import { expect, test } from "vitest";
import { createRecord } from "../../src/record/log-record.ts";
import { LineShape } from "../../src/schema/line-shape.ts";
import { ShapeEncoder } from "../../src/schema/shape-encoder.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { held } from "../held.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

/** Tells how many bytes are kept for records that have gone. */
function keptFor(records: number, record: (i: number) => Partial<LogRecord>): number {
  const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(1e6), length: 0, writing: false };
  const shape = new LineShape({ schema: { properties: { msg: { type: "string" }, a: { type: "string" } } } }, DEFAULT_LIMITS);
  const encoder = new ShapeEncoder(batch, shape, DEFAULT_LIMITS);
  const encode = (fields: Partial<LogRecord>): void => {
    batch.length = 0;
    encoder.encode(createRecord({ time: 0, message: "m", ...fields }));
  };
  encode({});
  const before = held();
  for (let i = 0; i < records; i++) encode(record(i));
  const after = held();
  // Or the encoder were free to go.
  encode({});
  return after - before;
}

const long = (i: number): string => `${i}-`.padEnd(20_000, "x");
/** Cut out of a text of 72 KB, which it would hold on to. */
const cut = (i: number): string => `${i}-`.padEnd(72_000, "x").slice(0, 40);

test.each([
  { name: "long names of attributes", record: (i: number) => ({ attrs: { [long(i)]: 1 } }) },
  { name: "long names behind others that are kept", record: (i: number) => ({ attrs: { [`k${i}`]: 1, [long(i)]: 1 } }) },
  { name: "long names of baggage", record: (i: number) => ({ baggage: [[long(i), "1"] as const] }) },
  { name: "long values", record: (i: number) => ({ attrs: { a: long(i) } }) },
  { name: "names of baggage cut out of large texts", record: (i: number) => ({ baggage: [[cut(i), "1"] as const] }) },
  { name: "values cut out of large texts", record: (i: number) => ({ message: cut(i), attrs: { a: cut(i), z: cut(i) } }) },
])("schema: $name do not fill the memory", ({ record }) => {
  // 40 MB of long ones, 144 of what others are cut out of.
  expect(keptFor(2000, record)).toBeLessThan(10e6);
});
