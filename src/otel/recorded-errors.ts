import type { Span } from "@opentelemetry/api";

/** Remembers which Errors a span was given: one that is logged on its way up, or that is bound to a logger, is one exception. */
export class RecordedErrors {
  readonly #bySpan = new WeakMap<Span, WeakSet<Error>>();

  /** Tells whether a span is given an Error for the first time. */
  isNew(span: Span, error: Error): boolean {
    let errors = this.#bySpan.get(span);
    if (errors === undefined) this.#bySpan.set(span, (errors = new WeakSet()));
    if (errors.has(error)) return false;
    errors.add(error);
    return true;
  }
}
