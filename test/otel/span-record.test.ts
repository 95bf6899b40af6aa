import { expect, test } from "vitest";
import { SpanRecord } from "../../src/otel/span-record.ts";

test.each([undefined, new Error("e")])("a record on its way to its span is read once, also for %s", (error) => {
  const reads = { attrs: 0, error: 0 };
  const record = new SpanRecord(
    { level: 9, message: "m", eventName: undefined, time: undefined },
    {
      attrs() {
        reads.attrs++;
        return { a: 1 };
      },
      error() {
        reads.error++;
        return error;
      },
    },
  );
  for (let i = 0; i < 3; i++) expect([record.attrs, record.error]).toEqual([{ a: 1 }, error]);
  expect(reads).toEqual({ attrs: 1, error: 1 });
});
