// Lines in bytes beside those of the definition.
import { expect } from "vitest";
import { LineShape } from "../../src/schema/line-shape.ts";
import { ShapeEncoder } from "../../src/schema/shape-encoder.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import type { ByteBatch } from "../../src/format/byte-batch.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { ShapeOptions } from "../../src/schema/line-shape.ts";
import type { Limits } from "../../src/value/limits.ts";

/** Counts the records that the encoder left to it. */
class Definition extends LineShape {
  left = 0;

  override line(record: LogRecord): string {
    this.left++;
    return super.line(record);
  }
}

/** Writes each record in bytes and by the definition, each with a shape of its own. */
export class Both implements Handler {
  readonly batch: ByteBatch = { bytes: Buffer.allocUnsafeSlow(256), length: 0, writing: false };
  readonly #encoder: ShapeEncoder;
  readonly #behind: Definition;
  readonly #alone: LineShape;
  #want = "";

  constructor(options: ShapeOptions, limits: Limits = DEFAULT_LIMITS) {
    this.#alone = new LineShape(options, limits);
    this.#behind = new Definition(options, limits);
    this.#encoder = new ShapeEncoder(this.batch, this.#behind, limits);
  }

  /** How many records the encoder left to the definition. */
  get left(): number {
    return this.#behind.left;
  }

  enabled(): boolean {
    return true;
  }

  handle(record: LogRecord): void {
    this.#want += this.#alone.line(record);
    // Not by `expect`, which writes onto objects: a test puts a name onto their prototype.
    if (!this.#encoder.encode(record)) throw new Error("the encoder refused a record");
  }

  /** Gives the lines, which are expected to be alike, and to be counted alike. */
  take(): string {
    const got = this.batch.bytes.toString("utf8", 0, this.batch.length);
    expect(got).toBe(this.#want);
    expect(this.#behind.stats).toEqual(this.#alone.stats);
    this.batch.length = 0;
    this.#want = "";
    return got;
  }
}
