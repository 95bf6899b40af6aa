// That what an encoder of declared lines keeps of data is bounded.
import { expect, test } from "vitest";
import { createRecord } from "../../src/record/log-record.ts";
import { LineShape } from "../../src/schema/line-shape.ts";
import { ShapeEncoder } from "../../src/schema/shape-encoder.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { held } from "../held.ts";
import { TEXT } from "./shapes.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

/** Tells how many bytes are kept for records that have gone. */
function keptFor(records: number, record: (i: number) => Partial<LogRecord>): number {
  const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(1e6), length: 0, writing: false };
  const schema = { properties: { time: TEXT, msg: TEXT, a: TEXT } };
  const shape = new LineShape({ schema }, DEFAULT_LIMITS);
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

test.each(["message", "logger", "eventName"])(
  "schema: what call sites are told by, the %s cut out of large texts, does not fill the memory",
  (name) => {
    let text = "";
    // 300 sites, most in a place of their own, of texts that would hold on to 21 MB.
    const kept = keptFor(12_000, (i) => {
      const site = Math.floor(i / 40);
      if (i % 40 === 0) text = `${String.fromCharCode(40 + (site % 80))}${i}`.padEnd(72_000, "x").slice(0, 20 + (site % 90));
      return { message: `${String.fromCharCode(40 + (site % 80))}${"m".repeat(site % 90)}`, [name]: text };
    });
    expect(kept).toBeLessThan(10e6);
  },
);
