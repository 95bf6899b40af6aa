import { expect, test } from "vitest";
import { JsonLineEncoder } from "../../src/format/json-line.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { Differential, expectSame } from "./differential.ts";
import { held } from "../held.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

/** Gives the bytes that an encoder holds on to of some records' attributes, after others. */
function heldOf(attrs: (i: number) => Attrs, before: number, records: number): number {
  const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(1e6), length: 0, writing: false };
  const encoder = new JsonLineEncoder(batch);
  const encode = (i: number): void => {
    batch.length = 0;
    encoder.encode(createRecord({ time: 0, message: "m", attrs: attrs(i) }));
  };
  for (let i = 0; i < before; i++) encode(i);
  const start = held();
  for (let i = before; i < before + records; i++) encode(i);
  const more = held() - start;
  // Or the encoder were free to go.
  encode(0);
  return more;
}

test("json: long names that come from data do not fill the memory", () => {
  const nameOf = (i: number): string => `${i}-`.padEnd(20_000, "x");
  // 160 MB of names and their bytes go through.
  expect(heldOf((i) => ({ [nameOf(i)]: 1, in: { [nameOf(i)]: 1 } }), 0, 4000)).toBeLessThan(20e6);
});

test("json: names in nested values that never come again are not kept", () => {
  // Beyond the number of names that are kept.
  expect(heldOf((i) => ({ users: { [`user-${i}`]: 1 } }), 10_000, 30_000)).toBeLessThan(1e6);
  expect(heldOf((i) => ({ users: [{ [`user-${i}`]: 1 }, { [`name-${i}`]: 2 }] }), 10_000, 30_000)).toBeLessThan(1e6);
});

test("json: a long name is bound once, however many names came since", () => {
  const long = "n".repeat(20_000);
  const handler = new Differential(DEFAULT_LIMITS);
  const logger = new Logger(handler, { clock: () => 0 });
  for (let i = 0; i < 100; i++) {
    const child = logger.with({ [long]: i });
    child.info("m");
    logger.info("m", { [`k${i}`]: 1 });
    child.info("m", { [long]: "again", [`${long}${i}`]: 1 });
  }
  expectSame(handler, 300);
});

test("json: a name that was cut out of a larger text does not hold on to that", () => {
  const cut = (i: number): string => `${i}-`.padEnd(100_000, "x").slice(0, 30);
  const records: readonly ((i: number) => Partial<LogRecord>)[] = [
    (i) => ({ attrs: { map: new Map([[cut(i), 1]]) } }),
    (i) => ({ baggage: [[cut(i), "v"]] }),
    (i) => ({ logger: cut(i) }),
  ];
  for (const record of records) {
    const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(1e6), length: 0, writing: false };
    const encoder = new JsonLineEncoder(batch);
    const before = held();
    for (let i = 0; i < 1000; i++) {
      batch.length = 0;
      encoder.encode(createRecord({ time: 0, message: "m", ...record(i) }));
    }
    // 100 MB of texts went by.
    expect(held() - before).toBeLessThan(20e6);
    expect(encoder.encode(createRecord({ time: 0, message: "m" }))).toBe(true);
  }
});
