import { untraced } from "../context/untraced.ts";
import { isLeaving, isPage } from "./page.ts";
import { concat } from "./wire.ts";
import { MOST_REPLY_BYTES, NoReply } from "./transport.ts";
import type { OtlpReply, OtlpRequest, Target, Transport } from "./transport.ts";

/** Is the part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * What the bodies of all requests under way may have together that are to outlive their page.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
const KEEPALIVE_BYTES = 65_536;

/** Sends by `fetch`: in browsers, in workerd, and wherever one is given. Certificates are the runtime's affair there. */
export class FetchTransport implements Transport {
  readonly #target: Target;
  readonly #fetch: Fetch;
  readonly #open = new Set<AbortController>();
  /** The bytes of the requests under way that outlive the page. */
  #kept = 0;

  constructor(target: Target, fetch: Fetch) {
    this.#target = target;
    this.#fetch = fetch;
  }

  async send({ body, contentType }: OtlpRequest): Promise<OtlpReply> {
    const { headers, compression } = this.#target;
    // To compress takes turns of the event loop, which a page that is left does not have.
    const gzip = compression === "gzip" && typeof CompressionStream === "function" && !isLeaving();
    const bytes = gzip ? await gzipped(concat(body)) : concat(body);
    const given = headers();
    const all: Record<string, string> = { ...(given instanceof Promise ? await given : given), "content-type": contentType };
    if (gzip) all["content-encoding"] = "gzip";
    // A browser has its own, and another one is a header that the receiver's CORS would have to allow.
    if (isPage()) delete all["user-agent"];
    const init = { method: "POST", headers: all, body: bytes as Uint8Array<ArrayBuffer>, redirect: "manual" } as const;
    if (!isPage() || this.#kept + bytes.length > KEEPALIVE_BYTES) return this.#exchange(init);
    this.#kept += bytes.length;
    try {
      return await this.#exchange({ ...init, keepalive: true });
    } catch (error) {
      // The page's other requests share the bound: once more, without.
      if (error instanceof NoReply && error.cause instanceof TypeError && !isLeaving()) return await this.#exchange(init);
      throw error;
    } finally {
      this.#kept -= bytes.length;
    }
  }

  close(): void {
    for (const stop of this.#open) stop.abort(new NoReply("closed"));
  }

  async #exchange(init: RequestInit): Promise<OtlpReply> {
    const { url, timeoutMs } = this.#target;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new NoReply("timed out")), timeoutMs);
    this.#open.add(stop);
    try {
      return await replyOf(await untraced(async () => this.#fetch(url.href, { ...init, signal: stop.signal })));
    } catch (error) {
      throw error instanceof NoReply
        ? error
        : new NoReply(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      clearTimeout(timer);
      this.#open.delete(stop);
    }
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
