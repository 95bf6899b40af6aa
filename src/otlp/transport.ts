/** Is one request to a receiver. */
export interface OtlpRequest {
  /** The body in parts, to be sent one behind the other; they are not to be kept beyond the reply. */
  readonly body: readonly Uint8Array[];
  /** What the header `content-type` has to say: protobuf or JSON. */
  readonly contentType: string;
}

/** Is what a receiver answered. */
export interface OtlpReply {
  /** The HTTP status. */
  readonly status: number;
  /** The header `content-type` as it came. */
  readonly contentType: string;
  /** The `Retry-After` header as it came. */
  readonly retryAfter: string | undefined;
  /** At most 4 MiB; more counts as a failed request. */
  readonly body: Uint8Array;
}

/** Sends requests to a receiver. */
export interface Transport {
  /**
   * Resolves with the reply, whatever its status, without following redirects. Rejects when there is none: the connection is refused or
   * lost, or the time is over.
   */
  send(request: OtlpRequest): Promise<OtlpReply>;
  /**
   * Sends requests and returns their replies before the event loop turns again, for the end of the process: it tries again what OTLP has tried
   * again, within the time, and gives nothing for a request that has no reply by then. Without it nothing is sent then.
   */
  sendSync?(requests: readonly OtlpRequest[], timeoutMs: number): readonly (OtlpReply | undefined)[];
  /** Breaks off what is under way and frees connections. */
  close(): void;
}

/** Is where and how requests are sent. */
export interface Target {
  readonly url: URL;
  readonly headers: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Gives the headers without waiting: those of the last request where they come late. */
  readonly knownHeaders: () => Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  readonly timeoutMs: number;
  readonly connections: number;
  readonly tls: Tls;
}

/** Is what an https connection is made with; PEM. */
export interface Tls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** The bound that the specification recommends for a reply. */
export const MOST_REPLY_BYTES = 4_194_304;

/** Says that there was no reply; the request may be tried again. */
export class NoReply extends Error {
  override readonly name = "NoReply";
}
