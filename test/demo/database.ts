import { DatabaseSync } from "node:sqlite";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { preciseNow } from "./precise-now.ts";
import type { SQLInputValue } from "node:sqlite";

/** Wraps SQLite so that each statement which runs for a request or a job has a span, named after OpenTelemetry's conventions. */
export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #name: string;

  constructor(file: string) {
    this.#sqlite = new DatabaseSync(file);
    this.#name = file;
  }

  /** Runs one statement. @see https://opentelemetry.io/docs/specs/semconv/database/database-spans/ */
  run(operation: string, table: string, sql: string, values: readonly SQLInputValue[] = []): void {
    const attributes = {
      "db.system.name": "sqlite",
      "db.namespace": this.#name,
      "db.operation.name": operation,
      "db.collection.name": table,
      "db.query.text": sql,
    };
    // Statements of the set-up belong to nobody: without a parent there is no span.
    if (trace.getSpan(context.active()) === undefined) return void this.#sqlite.prepare(sql).run(...values);
    const options = { kind: SpanKind.CLIENT, attributes, startTime: preciseNow() };
    const span = trace.getTracer("sqlite").startSpan(`${operation} ${table}`, options);
    try {
      const { changes } = this.#sqlite.prepare(sql).run(...values);
      span.setAttribute("sqlite.changes", Number(changes));
    } catch (error) {
      span.setAttribute("error.type", (error as NodeJS.ErrnoException).code ?? "Error");
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end(preciseNow());
    }
  }

  close(): void {
    this.#sqlite.close();
  }
}
