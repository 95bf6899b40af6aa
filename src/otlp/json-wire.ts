import { base64 } from "../value/base64.ts";
import { levelName } from "../level/level.ts";
import { blockOf, FULL, utf8, writeUtf8 } from "./wire.ts";
import type { Block, Place, RecordHead, Wire } from "./wire.ts";

const COMMA = 0x2c;
const CLOSE_LIST = 0x5d;

/**
 * Writes a record's parts in OTLP's JSON. Every part ends with a comma, and who closes what is around it takes the last one back;
 * a record ends with one too.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export class JsonWire implements Wire {
  readonly item: Block = blockOf(new Uint8Array(0));
  #bytes: Uint8Array = new Uint8Array(0);

  use(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  key(name: string): Block {
    return blockOf(utf8(`{"key":${JSON.stringify(name)},"value":`));
  }

  trace(traceId: string, spanId: string, flags: number): Block {
    return blockOf(utf8(`"flags":${flags & 0xff},"traceId":"${traceId}","spanId":"${spanId}",`));
  }

  begin(start: number, head: RecordHead): number {
    const { ms, nanos, timed, level, message, eventName } = head;
    const now = unixNano(ms, nanos);
    const time = timed ? `"timeUnixNano":"${now}",` : "";
    const observed = `"observedTimeUnixNano":"${now}",`;
    const severity = `"severityNumber":${level},"severityText":"${levelName(level)}",`;
    const event = eventName === undefined || eventName === "" ? "" : `"eventName":${quote(eventName)},`;
    return this.#write(start, `{${time}${observed}${severity}${event}"body":{"stringValue":${quote(message)}},"attributes":[`);
  }

  end(at: number, _start: number, dropped: number, trace: Block | undefined): number {
    let p = this.#closeList(at);
    p = this.#write(p, dropped > 0 ? `,"droppedAttributesCount":${dropped},` : ",");
    if (trace !== undefined) p = this.copy(p, trace.bytes);
    return this.#write(p - 1, "},");
  }

  text(p: number, _place: Place, key: Block, text: string): number {
    return this.#value(p, key, `{"stringValue":${quote(text)}}`);
  }

  int(p: number, _place: Place, key: Block, value: number): number {
    // A reader that holds numbers as doubles has every safe integer as it is; all others are text.
    return this.#value(p, key, `{"intValue":${value === 0 ? 0 : value}}`);
  }

  double(p: number, _place: Place, key: Block, value: number): number {
    return this.#value(p, key, Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"doubleValue":"${value}"}`);
  }

  bool(p: number, _place: Place, key: Block, value: boolean): number {
    return this.#value(p, key, value ? `{"boolValue":true}` : `{"boolValue":false}`);
  }

  bigint(p: number, _place: Place, key: Block, value: bigint): number {
    return this.#value(p, key, BigInt.asIntN(64, value) === value ? `{"intValue":"${value}"}` : `{"stringValue":"${value}"}`);
  }

  bytes(p: number, _place: Place, key: Block, value: Uint8Array): number {
    return this.#value(p, key, `{"bytesValue":"${base64(value)}"}`);
  }

  empty(p: number, _place: Place, key: Block): number {
    return this.#value(p, key, "{}");
  }

  openMap(p: number, _place: Place, key: Block): number {
    return this.#write(this.copy(p, key.bytes), `{"kvlistValue":{"values":[`);
  }

  openList(p: number, _place: Place, key: Block): number {
    return this.#write(this.copy(p, key.bytes), `{"arrayValue":{"values":[`);
  }

  close(p: number, _start: number, _place: Place, key: Block): number {
    return this.#write(this.#closeList(p), key.length === 0 ? "}}," : "}}},");
  }

  copy(p: number, source: Uint8Array): number {
    if (p + source.length > this.#bytes.length) throw FULL;
    this.#bytes.set(source, p);
    return p + source.length;
  }

  #closeList(at: number): number {
    if (at + 1 > this.#bytes.length) throw FULL;
    const p = this.#bytes[at - 1] === COMMA ? at - 1 : at;
    this.#bytes[p] = CLOSE_LIST;
    return p + 1;
  }

  #value(p: number, key: Block, json: string): number {
    return this.#write(this.copy(p, key.bytes), key.length === 0 ? `${json},` : `${json}},`);
  }

  #write(p: number, text: string): number {
    if (p + text.length * 3 > this.#bytes.length) throw FULL;
    return p + writeUtf8(this.#bytes, text, p);
  }
}

function unixNano(ms: number, nanos: number): string {
  if (nanos < 1e6) return nanos === 0 && ms === 0 ? "0" : `${ms === 0 ? "" : ms}${String(nanos).padStart(6, "0")}`;
  return String(BigInt(ms) * 1_000_000n + BigInt(nanos));
}

function quote(text: string): string {
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());
}
