import { levelBlock, ProtoHeads } from "./proto-heads.ts";
import { ProtoValues } from "./proto-values.ts";
import { varintSize } from "./varint.ts";
import { blockOf, ITEM } from "./wire.ts";
import type { Block, RecordHead, Wire } from "./wire.ts";

/** What a record takes besides its attributes and its texts, at most. */
const ROOM = 64;
const LAST_LEVEL = 24;
const BODY = blockOf(Uint8Array.of(0x2a));

/**
 * Writes records in protobuf: what stands around their attributes. Lengths that are not known before what they measure are written in
 * four bytes, with leading zeros, which every decoder takes: it spares a second walk. Texts have their shortest form.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.5.0/opentelemetry/proto/logs/v1/logs.proto
 */
export class ProtoWire extends ProtoValues implements Wire {
  /** `severity_number` and `severity_text`, ready. */
  readonly #levels: readonly Block[] = Array.from({ length: LAST_LEVEL + 1 }, (_, level) => levelBlock(level));
  readonly #heads = new ProtoHeads();
  #ms = -1;
  #msLow = 0;
  #msHigh = 0;

  trace(traceId: string, spanId: string, flags: number): Block {
    const block = [0x4a, 16, ...hexBytes(traceId), 0x52, 8, ...hexBytes(spanId)];
    // A fixed32 of zero is a default, which protobuf leaves out.
    return blockOf(Uint8Array.from((flags & 0xff) === 0 ? block : [0x45, flags & 0xff, 0, 0, 0, ...block]));
  }

  begin(start: number, head: RecordHead): number {
    const ready = this.#heads.find(head);
    this.need(start, (ready?.length ?? 0) + ROOM);
    this.out[start] = 0x12;
    const p = this.#times(start + 5, head);
    if (ready !== undefined) return this.block(p, ready);
    const end = this.#severityAndBody(p, head);
    this.#heads.wrote(head, this.view, p, end);
    return end;
  }

  #severityAndBody(at: number, { message, eventName, level }: RecordHead): number {
    // LogRecord.body: like an item, a tag and an AnyValue.
    const p = this.text(this.block(at, this.#levels[level] ?? levelBlock(level)), ITEM, BODY, message);
    return eventName === undefined || eventName === "" ? p : this.#lengthAndText(p, 0x62, eventName);
  }

  end(at: number, start: number, dropped: number, trace: Block | undefined): number {
    let p = at;
    this.need(p, ROOM);
    if (dropped > 0) {
      this.out[p] = 0x38;
      p = this.varint(p + 1, dropped);
    }
    if (trace !== undefined) p = this.block(p, trace);
    this.length4(start + 1, p - start - 5);
    return p;
  }

  #lengthAndText(p: number, tag: number, text: string): number {
    const { out } = this;
    const { length } = text;
    this.need(p, length * 3 + ROOM);
    const textAt = p + 1 + varintSize(length);
    const written = this.utf8(textAt, text);
    const moved = p + 1 + varintSize(written);
    if (moved !== textAt) out.copyWithin(moved, textAt, textAt + written);
    out[p] = tag;
    return this.varint(p + 1, written) + written;
  }

  /** Writes `time_unix_nano`, where there is one, and `observed_time_unix_nano`: as fixed64, the same. */
  #times(at: number, { ms, nanos, timed }: RecordHead): number {
    if (ms !== this.#ms) this.#setMs(ms);
    const { out, view } = this;
    const low = this.#msLow + nanos;
    const high = low > 0xffff_ffff ? this.#msHigh + Math.floor(low / 0x1_0000_0000) : this.#msHigh;
    let p = at;
    if (timed) {
      out[p] = 0x09;
      view.setUint32(p + 1, low, true);
      view.setUint32(p + 5, high, true);
      p += 9;
    }
    out[p] = 0x59;
    view.setUint32(p + 1, low, true);
    view.setUint32(p + 5, high, true);
    return p + 9;
  }

  /** Keeps the halves of a millisecond for the next record: 90 ns of BigInt once a millisecond. */
  #setMs(ms: number): void {
    const base = BigInt(ms) * 1_000_000n;
    this.#ms = ms;
    this.#msLow = Number(base & 0xffff_ffffn);
    this.#msHigh = Number(base >> 32n);
  }
}

function hexBytes(hex: string): number[] {
  return Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}
