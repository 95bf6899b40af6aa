import { isShort, ownText } from "../value/own-text.ts";
import { KeyCache } from "./key-cache.ts";
import { PlainWriter } from "./plain-writer.ts";
import { JsonWire } from "./json-wire.ts";
import { ProtoWire } from "./proto-wire.ts";
import { varintOf } from "./varint.ts";
import { concat, MEMBER, utf8 } from "./wire.ts";
import type { PlainMap } from "../value/plain.ts";
import type { Wire } from "./wire.ts";

/** Names OTLP's two encodings over HTTP. */
export type Protocol = "http/protobuf" | "http/json";

/** Is a row of records of one instrumentation scope, by the places of its bytes. */
export interface Run {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
}

/** Puts a request around encoded records: the resource once, and the scope of each run. */
export interface Envelope {
  readonly protocol: Protocol;
  readonly contentType: string;
  /** The resource's attributes, encoded: what a spool keeps of it. */
  readonly resource: Uint8Array;
  body(bytes: Uint8Array, runs: readonly Run[]): readonly Uint8Array[];
}

/** Makes the wire of an encoding. */
export function wireOf(protocol: Protocol): Wire {
  return protocol === "http/json" ? new JsonWire() : new ProtoWire();
}

/** Encodes a resource's attributes and makes the envelope with them. */
export function envelopeOf(protocol: Protocol, resource: PlainMap): Envelope {
  const wire = wireOf(protocol);
  return envelopeWith(protocol, new PlainWriter(wire, new KeyCache(wire)).written(MEMBER, resource));
}

/** Makes an envelope with a resource whose attributes are encoded already. */
export function envelopeWith(protocol: Protocol, resource: Uint8Array): Envelope {
  return protocol === "http/json" ? new JsonEnvelope(resource) : new ProtoEnvelope(resource);
}

/** Loggers' names are few; where they come from data, so many are kept and no more, and no long ones. */
const MOST_SCOPES = 1024;

class ProtoEnvelope implements Envelope {
  readonly protocol = "http/protobuf";
  readonly contentType = "application/x-protobuf";
  readonly resource: Uint8Array;
  readonly #head: Uint8Array;
  readonly #scopes = new Map<string, Uint8Array>();

  constructor(resource: Uint8Array) {
    this.resource = resource;
    // ResourceLogs.resource, which is its attributes.
    this.#head = concat([Uint8Array.of(0x0a, ...varintOf(resource.length)), resource]);
  }

  body(bytes: Uint8Array, runs: readonly Run[]): readonly Uint8Array[] {
    const parts: Uint8Array[] = [this.#head];
    for (const { scope, from, to } of runs) {
      const head = this.#scope(scope);
      parts.push(concat([Uint8Array.of(0x12, ...varintOf(head.length + to - from)), head]), bytes.subarray(from, to));
    }
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    // ExportLogsServiceRequest.resource_logs
    return [Uint8Array.of(0x0a, ...varintOf(size)), ...parts];
  }

  #scope(name: string): Uint8Array {
    let head = this.#scopes.get(name);
    if (head === undefined) {
      const text = utf8(name);
      const scope = text.length === 0 ? text : concat([Uint8Array.of(0x0a, ...varintOf(text.length)), text]);
      head = concat([Uint8Array.of(0x0a, ...varintOf(scope.length)), scope]);
      if (this.#scopes.size < MOST_SCOPES && isShort(name)) this.#scopes.set(ownText(name), head);
    }
    return head;
  }
}

class JsonEnvelope implements Envelope {
  readonly protocol = "http/json";
  readonly contentType = "application/json";
  readonly resource: Uint8Array;

  constructor(resource: Uint8Array) {
    this.resource = resource;
  }

  body(bytes: Uint8Array, runs: readonly Run[]): readonly Uint8Array[] {
    // Every part ends with a comma; the last one of a list is left out.
    const parts: Uint8Array[] = [utf8(`{"resourceLogs":[{"resource":{"attributes":[`), withoutComma(this.resource)];
    for (const [index, { scope, from, to }] of runs.entries()) {
      const name = scope === "" ? "{}" : `{"name":${JSON.stringify(scope.toWellFormed())}}`;
      const before = index === 0 ? `]},"scopeLogs":[` : "]},";
      parts.push(utf8(`${before}{"scope":${name},"logRecords":[`), withoutComma(bytes.subarray(from, to)));
    }
    parts.push(utf8("]}]}]}"));
    return parts;
  }
}

function withoutComma(part: Uint8Array): Uint8Array {
  return part.subarray(0, Math.max(part.length - 1, 0));
}
