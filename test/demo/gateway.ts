import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { readBody } from "./body.ts";
import { runService } from "./service.ts";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Baggage } from "@opentelemetry/api";
import type { Logger } from "../../src/index.ts";
import type { Answer } from "./service.ts";

/** Names where each tenant's keys live; `*` stands for all others. */
type Shards = { readonly [tenant: string]: string };

/** Takes `POST /` from clients and puts the key into the shard of the client's tenant. */
class Gateway {
  readonly path = "/";
  readonly #logger: Logger;
  readonly #shards: Shards;

  constructor(logger: Logger, shards: Shards) {
    this.#logger = logger;
    this.#shards = shards;
  }

  async handle(request: IncomingMessage): Promise<Answer> {
    const body = await readBody(request);
    const baggage = baggageOf(request.headers);
    // From here on every record and every outgoing request carries the baggage; nothing below passes it on by hand.
    return context.with(propagation.setBaggage(context.active(), baggage), async () => this.#forward(body, baggage));
  }

  async #forward(body: string, baggage: Baggage): Promise<Answer> {
    const tenant = baggage.getEntry("tenant.id")?.value ?? "";
    const upstream = this.#shards[tenant] ?? this.#shards["*"] ?? "";
    const log = this.#logger.with({ upstream });
    log.info("sending request", { request: asObject(body) });
    try {
      const response = await fetch(upstream, { method: "POST", body });
      // The body is read whatever the status is: a connection whose body is left unread is lost to the pool.
      const answer = asObject(await response.text());
      this.#note(log, response.status, answer);
      return { status: response.status, body: answer };
    } catch (error) {
      log.error("upstream is down", { err: error });
      return { status: 502, body: { error: "upstream is down" } };
    }
  }

  #note(log: Logger, status: number, answer: Answer["body"]): void {
    if (status < 400) return log.info("upstream answered", { status });
    log.warn("upstream refused", { status, answer });
    trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR, message: `upstream answered ${status}` });
  }
}

/** Makes the baggage out of what this system knows of the request. What the client sent as baggage is not trusted and ends here. */
function baggageOf(headers: IncomingHttpHeaders): Baggage {
  return propagation.createBaggage({
    "tenant.id": { value: String(headers["x-tenant-id"] ?? "public") },
    "user.id": { value: String(headers["x-user-id"] ?? "anonymous") },
  });
}

function asObject(text: string): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : { value };
  } catch {
    // What is no JSON is shown as it came; the service behind will say what is wrong with it.
    return { text };
  }
}

runService("gateway", (logger) => new Gateway(logger, JSON.parse(process.env["KV_SHARDS"] ?? "{}") as Shards));
