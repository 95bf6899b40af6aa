import { ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { createRecord } from "../../src/record/log-record.ts";
import { readSettings } from "../../src/syslog/settings.ts";
import { MessageEncoder } from "../../src/syslog/message-encoder.ts";
import { syslogHandler } from "../../src/syslog/syslog-handler.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { held } from "../held.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

/** Tells how many bytes are kept for records that have gone. */
function keptFor(records: number, record: (i: number) => Partial<LogRecord>): number {
  const encoder = new MessageEncoder({ ...readSettings({}).form, limits: DEFAULT_LIMITS });
  const before = held();
  for (let i = 0; i < records; i++) encoder.encode(createRecord({ time: 0, message: "m", ...record(i) }));
  const after = held();
  // Or the encoder were free to go.
  encoder.encode(createRecord({ time: 0 }));
  return after - before;
}

const long = (i: number): string => `${i}-`.padEnd(20_000, "x");

test.each([
  { name: "attributes' names", record: (i: number) => ({ attrs: { [long(i)]: 1 } }) },
  { name: "members' names", record: (i: number) => ({ attrs: { in: { [long(i)]: { [long(i)]: 1 } } } }) },
  { name: "event names", record: (i: number) => ({ eventName: long(i) }) },
  { name: "loggers' names", record: (i: number) => ({ logger: long(i) }) },
  { name: "messages", record: (i: number) => ({ message: long(i >> 1) }) },
])("long $name that come from data do not fill the memory", ({ record }) => {
  // 80 MB of them.
  expect(keptFor(4000, record)).toBeLessThan(10e6);
});

/** Cut out of a text of 72 KB, which it would hold on to. */
const cut = (i: number): string => "".padEnd(72_000, `${i * 7919}-`).slice(i % 10, 40);

test.each([
  { name: "baggage's names", record: (i: number) => ({ baggage: [[cut(i), "1"] as const] }) },
  { name: "a map's keys", record: (i: number) => ({ attrs: { in: new Map([[cut(i), 1]]) } }) },
  { name: "event names", record: (i: number) => ({ eventName: cut(i) }) },
  { name: "loggers' names", record: (i: number) => ({ logger: cut(i) }) },
  { name: "messages", record: (i: number) => ({ message: cut(i) }) },
  { name: "messages that come again", record: (i: number) => ({ message: cut(i >> 1) }) },
])("$name that are cut out of large texts do not keep those", ({ record }) => {
  // 72 MB of them.
  expect(keptFor(1000, record)).toBeLessThan(10e6);
});

test.each([
  { name: "attributes", record: (i: number) => ({ attrs: namesOf(i) }) },
  { name: "members", record: (i: number) => ({ attrs: { in: { deep: namesOf(i) } } }) },
])("names of $name behind others that are kept are not kept for them", ({ record }) => {
  // 4096 that are kept, each with 60 behind it.
  expect(keptFor(12_000, record)).toBeLessThan(10e6);
});

test("what waits costs little more than its bytes, also what goes by the definition", () => {
  const maxQueueBytes = 2_000_000;
  const handler = syslogHandler({ send: () => Promise.reject(new Error("away")), maxQueueBytes });
  const source = { file: "/srv/shop/order.ts", line: 17, function: "pay" };
  const before = held();
  for (let i = 0; i < 20_000; i++) handler.handle(createRecord({ time: 0, message: "order paid", source }), ROOT_CONTEXT);
  expect(handler.stats().dropped).toBeGreaterThan(1000);
  expect(held() - before).toBeLessThan(1.5 * maxQueueBytes);
  expect(handler.stats().queued).toBeGreaterThan(1000);
});

function namesOf(i: number): { readonly [name: string]: number } {
  return Object.fromEntries([
    [`k${i % 4096}`, 1],
    ...Array.from({ length: i < 4096 ? 0 : 60 }, (_, at) => [`n${i}-${at}`, at]),
  ]) as {
    readonly [name: string]: number;
  };
}
