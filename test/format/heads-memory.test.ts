import { describe, expect, test } from "vitest";
import { JsonLineEncoder } from "../../src/format/json-line.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { Differential, expectSame } from "./differential.ts";
import { held } from "../held.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

const nameOf = (i: number): string => `${i}-`.padEnd(20_000, "x");

/** Gives the bytes that an encoder holds for records that have gone. */
function heldFor(records: number, record: (i: number) => Partial<LogRecord>): number {
  const batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(1e6), length: 0, writing: false };
  const encoder = new JsonLineEncoder(batch);
  const before = held();
  for (let i = 0; i < records; i++) {
    batch.length = 0;
    encoder.encode(createRecord({ time: 0, ...record(i) }));
  }
  const after = held();
  // Or the encoder were free to go.
  encoder.encode(createRecord({ time: 0, message: "m" }));
  return after - before;
}

describe("json: long names that come from data do not fill the memory", () => {
  // Twice, because a message is kept at its second sight: 60 MB of names go through.
  const records: readonly { name: string; record: (i: number) => Partial<LogRecord> }[] = [
    { name: "of loggers", record: (i) => ({ message: "m", logger: nameOf(i) }) },
    { name: "of loggers that say something of their own", record: (i) => ({ message: `m${i >> 1}`, logger: nameOf(i >> 1) }) },
    { name: "of events", record: (i) => ({ message: `m${i >> 1}`, eventName: nameOf(i >> 1) }) },
  ];
  for (const { name, record } of records) {
    test(`such as ${name}`, () => expect(heldFor(3000, record)).toBeLessThan(4e6));
  }
});

/** Cut out of a text of 72 KB, which it would hold on to. */
const cutOf = (i: number): string => "".padEnd(72_000, `${i * 7919}-`).slice(i % 10, 40);

describe("json: what is cut out of large texts does not keep those", () => {
  const records: readonly { name: string; record: (i: number) => Partial<LogRecord> }[] = [
    { name: "messages", record: (i) => ({ message: cutOf(i) }) },
    { name: "messages that come again", record: (i) => ({ message: cutOf(i >> 1) }) },
    { name: "names of loggers", record: (i) => ({ message: "m", logger: cutOf(i) }) },
    { name: "names of events", record: (i) => ({ message: `m${i >> 1}`, eventName: cutOf(i >> 1) }) },
    {
      name: "names of loggers that say something of their own",
      record: (i) => ({ message: `m${i >> 1}`, logger: cutOf(i >> 1) }),
    },
  ];
  for (const { name, record } of records) {
    test(`such as ${name}`, () => expect(heldFor(2000, record)).toBeLessThan(6e6));
  }
});

test("json: the lines of loggers and events of long names are as defined", () => {
  const handler = new Differential(DEFAULT_LIMITS);
  let time = 0;
  const logger = new Logger(handler, { clock: () => (time += 500) });
  const loggers = ["n".repeat(128), "n".repeat(129), nameOf(1), "short"].map((name) => logger.named(name));
  for (let i = 0; i < 4; i++) {
    for (const each of loggers) {
      for (const level of ["info", "error", "error"] as const) each[level]("m", { i });
      each.event(`e${"e".repeat(i * 60)}`);
      each.event(`e${"e".repeat(i * 60)}`);
    }
  }
  expectSame(handler, 80);
});
