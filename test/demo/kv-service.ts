import { context } from "@opentelemetry/api";
import { readBody } from "./body.ts";
import { Database } from "./database.ts";
import { Jobs } from "./jobs.ts";
import { runService } from "./service.ts";
import type { IncomingMessage } from "node:http";
import type { Logger } from "../../src/index.ts";
import type { Answer } from "./service.ts";

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Takes `POST /kv`, stores the pair, and leaves an entry in the audit trail to a job that runs later. */
class KeyValueService {
  readonly path = "/kv";
  readonly #logger: Logger;
  readonly #database: Database;
  readonly #jobs = new Jobs();

  constructor(logger: Logger, database: Database) {
    this.#logger = logger;
    this.#database = database;
    database.run("CREATE", "kv", "CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
    database.run("CREATE", "audit", "CREATE TABLE IF NOT EXISTS audit (at INTEGER NOT NULL, key TEXT NOT NULL)");
  }

  async handle(request: IncomingMessage): Promise<Answer> {
    try {
      return this.#put(readPair(await readBody(request)));
    } catch (error) {
      this.#logger.error("request refused", { err: error });
      return { status: error instanceof TypeError ? 400 : 500, body: { error: (error as Error).message } };
    }
  }

  #put(pair: Pair): Answer {
    this.#logger.info("inserting data", { pair });
    this.#database.run("INSERT", "kv", "INSERT OR REPLACE INTO kv (key, value) VALUES (?, ?)", [pair.key, pair.value]);
    this.#logger.event("kv.stored", { key: pair.key, bytes: Buffer.byteLength(pair.value) });
    this.#logger.info("data inserted", { pair });
    this.#jobs.add("audit", () => this.#audit(pair.key));
    return { status: 201, body: { stored: pair.key } };
  }

  #audit(key: string): void {
    this.#database.run("INSERT", "audit", "INSERT INTO audit (at, key) VALUES (?, ?)", [Date.now(), key]);
    this.#logger.info(context.active(), "audit entry written", { key });
  }

  async idle(): Promise<void> {
    await this.#jobs.idle();
  }

  close(): void {
    this.#database.close();
  }
}

/** @throws TypeError when the body is no pair of a key and a value. */
function readPair(body: string): Pair {
  let pair: unknown;
  try {
    pair = JSON.parse(body);
  } catch (cause) {
    throw new TypeError("the body is no JSON", { cause });
  }
  const { key, value } = (pair ?? {}) as Partial<Pair>;
  if (typeof key !== "string" || key === "") throw new TypeError("key: expected a text that is not empty");
  if (typeof value !== "string") throw new TypeError(`value: expected a text, got ${JSON.stringify(value) ?? "nothing"}`);
  return { key, value };
}

runService("kv-service", (logger) => new KeyValueService(logger, new Database(process.env["KV_DATABASE"] ?? ":memory:")));
