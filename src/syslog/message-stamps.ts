import { bytesOf } from "../format/json-bytes.ts";
import { isShort, ownText } from "../value/own-text.ts";
import { paramOf } from "./param.ts";
import { spanParams } from "./syslog-message.ts";
import type { SpanContext } from "@opentelemetry/api";

const NOTHING = bytesOf("");
const MOST_LOGGERS = 1024;

/** Keeps the params of spans and of loggers' names: those that come before all attributes. */
export class MessageStamps {
  readonly #spans = new WeakMap<SpanContext, Uint8Array>();
  readonly #loggers = new Map<string, Uint8Array>();
  #lastSpan: SpanContext | undefined;
  #lastSpanBytes = NOTHING;
  #lastLogger: string | undefined;
  #lastLoggerBytes = NOTHING;

  span(span: SpanContext | undefined): Uint8Array {
    if (span !== this.#lastSpan) {
      this.#lastSpanBytes = span === undefined ? NOTHING : this.#ofSpan(span);
      this.#lastSpan = span;
    }
    return this.#lastSpanBytes;
  }

  logger(name: string | undefined): Uint8Array {
    if (name !== this.#lastLogger) {
      this.#lastLoggerBytes = name === undefined ? NOTHING : this.#ofLogger(name);
      this.#lastLogger = name;
    }
    return this.#lastLoggerBytes;
  }

  #ofSpan(span: SpanContext): Uint8Array {
    let bytes = this.#spans.get(span);
    if (bytes === undefined) {
      bytes = bytesOf(spanParams(span).join(""));
      this.#spans.set(span, bytes);
    }
    return bytes;
  }

  #ofLogger(name: string): Uint8Array {
    let bytes = this.#loggers.get(name);
    if (bytes === undefined) {
      bytes = bytesOf(paramOf("logger", name));
      if (this.#loggers.size < MOST_LOGGERS && isShort(name)) this.#loggers.set(ownText(name), bytes);
    }
    return bytes;
  }
}
