// The encoder of bytes beside the definition of its layout.
import { expect } from "vitest";
import { JSON_LAYOUT } from "../../src/format/json-layout.ts";
import { JsonLineEncoder } from "../../src/format/json-line.ts";
import { Logger } from "../../src/logger/logger.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { JsonLayout } from "../../src/format/json-layout.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Limits } from "../../src/value/limits.ts";

/** Encodes each record into one batch that is never emptied but by the test, and by the definition; keeps both. */
export class Differential implements Handler {
  readonly batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(256), length: 0, writing: false };
  readonly #encoder: JsonLineEncoder;
  readonly #limits: Limits;
  readonly #layout: JsonLayout;
  want = "";

  constructor(limits: Limits, layout: JsonLayout = JSON_LAYOUT) {
    this.#limits = limits;
    this.#layout = layout;
    this.#encoder = new JsonLineEncoder(this.batch, limits, layout);
  }

  enabled(): boolean {
    return true;
  }

  handle(record: LogRecord): void {
    this.want += this.#layout.format(record, this.#limits);
    // Not by `expect`, which writes onto objects: a test puts a read-only name onto their prototype.
    if (!this.#encoder.encode(record)) throw new Error("the encoder refused a record");
  }

  take(): { got: string; want: string } {
    const got = this.batch.bytes.toString("utf8", 0, this.batch.length);
    const { want } = this;
    this.batch.length = 0;
    this.want = "";
    return { got, want };
  }
}

/** Expects the lines of both, all of them JSON. */
export function expectSame(handler: Differential, lines: number): void {
  const { got, want } = handler.take();
  expect(got).toBe(want);
  const parts = got.split("\n");
  expect(parts.pop()).toBe("");
  expect(parts.length).toBe(lines);
  for (const part of parts) JSON.parse(part);
}

/** Counts the lines that the encoder left to the definition; all of them must be the same in both. */
export function definedLines(layout: JsonLayout, use: (logger: Logger) => void): number {
  let count = 0;
  const counting: JsonLayout = {
    ...layout,
    format(record, limits) {
      count++;
      return layout.format(record, limits);
    },
  };
  const handler = new Differential(DEFAULT_LIMITS, counting);
  use(new Logger(handler, { level: "trace", clock: () => 0 }));
  const { got, want } = handler.take();
  expect(got).toBe(want);
  // One of each record is what it is compared with.
  return count - got.split("\n").length + 1;
}
