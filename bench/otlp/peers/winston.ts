import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { peer } from "./project.ts";
import { globalProvider } from "./sdk.ts";
import type { EventEmitter } from "node:events";
import type { Attrs, Open, Queue } from "./subject.ts";

interface WinstonLogger extends EventEmitter {
  info(message: string, attrs: Attrs): void;
  end(): void;
}
interface Format {
  (transform: (info: object) => object): () => object;
  combine(...formats: readonly object[]): object;
  timestamp(): object;
  json(): object;
}
interface Winston {
  readonly createLogger: (options: object) => WinstonLogger;
  readonly format: Format;
  readonly transports: { readonly Stream: new (options: object) => object };
}

/** Opens winston with its official instrumentation, which adds its transport. Without a path no line is made: the cheapest that it can do. */
export function winston(queue: Queue): Open {
  return async (url, path) => {
    const provider = globalProvider(url, queue);
    const { WinstonInstrumentation } = peer("@opentelemetry/instrumentation-winston") as {
      WinstonInstrumentation: new () => unknown;
    };
    void new WinstonInstrumentation();
    const { createLogger, format, transports } = peer("winston") as Winston;
    const file = path === undefined ? undefined : createWriteStream(path);
    const logger = createLogger({
      level: "info",
      format: file === undefined ? format((info) => info)() : format.combine(format.timestamp(), format.json()),
      transports: file === undefined ? [] : [new transports.Stream({ stream: file })],
    });
    return {
      log: (message, attrs) => logger.info(message, attrs),
      async end() {
        const finished = once(logger, "finish");
        logger.end();
        await finished;
        await new Promise((resolve) => (file === undefined ? resolve(0) : file.end(resolve)));
        await provider.shutdown();
      },
    };
  };
}
