import type { OtlpReply } from "./transport.ts";

/** Is what a receiver that took a request says it did not take of it. */
interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** Says that all was taken. */
const ALL_TAKEN: PartialSuccess = { rejected: 0, message: "" };
const MOST_MESSAGE = 500;

/**
 * Reads `partial_success` of a reply; a reply that cannot be read says that all was taken.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export function partialSuccess({ contentType, body }: OtlpReply): PartialSuccess {
  if (body.length === 0) return ALL_TAKEN;
  return contentType.includes("json") ? fromJson(body) : fromProto(body);
}

/** Says in a few words why a receiver refused: the message of a status, or the text that it sent. */
export function refusalOf({ contentType, body }: OtlpReply): string {
  if (contentType.includes("protobuf")) {
    // google.rpc.Status: field 2 is the message.
    return clean(decode(field(body, 2)));
  }
  return clean(decode(body.subarray(0, MOST_MESSAGE * 2)));
}

function fromJson(body: Uint8Array): PartialSuccess {
  try {
    const reply = JSON.parse(decode(body)) as {
      partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown };
    } | null;
    const { rejectedLogRecords = 0, errorMessage = "" } = reply?.partialSuccess ?? {};
    const rejected = Number(rejectedLogRecords);
    return { rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0, message: clean(String(errorMessage)) };
  } catch {
    // The status said that it was taken; what stands in the body besides is not OTLP.
    return ALL_TAKEN;
  }
}

function fromProto(body: Uint8Array): PartialSuccess {
  const partial = field(body, 1);
  return { rejected: varintField(partial, 1), message: clean(decode(field(partial, 2))) };
}

/** Gives the bytes of a field that has a length; none where it is not there. */
function field(bytes: Uint8Array, number: number): Uint8Array {
  for (const each of fields(bytes)) if (each.number === number && each.bytes !== undefined) return each.bytes;
  return new Uint8Array(0);
}

function varintField(bytes: Uint8Array, number: number): number {
  for (const each of fields(bytes)) if (each.number === number && each.bytes === undefined) return each.value;
  return 0;
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array | undefined;
}

function* fields(bytes: Uint8Array): Generator<Field> {
  let p = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[p++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (p < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if ((tag & 7) === 0) yield { number, value: varint(), bytes: undefined };
    else if ((tag & 7) === 2) {
      const length = varint();
      yield { number, value: 0, bytes: bytes.subarray(p, p + length) };
      p += length;
    } else return;
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function clean(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, MOST_MESSAGE);
}
