import { untraced } from "./untraced.ts";
import { concat } from "./wire.ts";
import { MOST_REPLY_BYTES, NoReply } from "./transport.ts";
import type { OtlpReply, OtlpRequest, Target, Transport } from "./transport.ts";

/** Is the part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends by `fetch`: in browsers, in workerd, and wherever one is given. Certificates are the runtime's affair there. */
export class FetchTransport implements Transport {
  readonly #target: Target;
  readonly #fetch: Fetch;
  readonly #open = new Set<AbortController>();

  constructor(target: Target, fetch: Fetch) {
    this.#target = target;
    this.#fetch = fetch;
  }

  async send({ body, contentType }: OtlpRequest): Promise<OtlpReply> {
    const { url, headers, compression, timeoutMs } = this.#target;
    const gzip = compression === "gzip" && typeof CompressionStream === "function";
    const bytes = gzip ? await gzipped(concat(body)) : concat(body);
    const all = { ...(await headers()), "content-type": contentType, ...(gzip ? { "content-encoding": "gzip" } : {}) };
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new NoReply("timed out")), timeoutMs);
    this.#open.add(stop);
    try {
      const init: RequestInit = {
        method: "POST",
        headers: all,
        body: bytes as Uint8Array<ArrayBuffer>,
        redirect: "manual",
        signal: stop.signal,
      };
      const response = await untraced(async () => this.#fetch(url.href, init));
      return await replyOf(response);
    } catch (error) {
      throw error instanceof NoReply
        ? error
        : new NoReply(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      clearTimeout(timer);
      this.#open.delete(stop);
    }
  }

  close(): void {
    for (const stop of this.#open) stop.abort(new NoReply("closed"));
  }
}

async function replyOf(response: Response): Promise<OtlpReply> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    const bytes = part.value as Uint8Array;
    size += bytes.length;
    if (size > MOST_REPLY_BYTES) {
      await reader?.cancel();
      throw new NoReply(`the reply is more than ${MOST_REPLY_BYTES} bytes`);
    }
    parts.push(bytes);
  }
  const { headers } = response;
  // A redirect that is not followed comes without a status in browsers.
  const status = response.type === "opaqueredirect" ? 302 : response.status;
  return {
    status,
    contentType: headers.get("content-type") ?? "",
    retryAfter: headers.get("retry-after") ?? undefined,
    body: concat(parts),
  };
}

async function gzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
