import { openSync } from "node:fs";
import type { OtlpOptions } from "../../../src/otlp/index.ts";
import type { Open } from "./subject.ts";

/** Opens correlog. It is loaded here, so that the processes of the others do not carry it. */
export function ours(options: OtlpOptions = {}, flushLevel?: "trace"): Open {
  return async (endpoint, path) => {
    const { fanout, fdWriter, jsonHandler, Logger } = await import("../../../src/index.ts");
    const { otlpHandler } = await import("../../../src/otlp/index.ts");
    const otlp = otlpHandler({ env: {}, endpoint, resource: { "service.name": "bench" }, ...options });
    const lineOptions = flushLevel === undefined ? {} : { flushLevel };
    const handler =
      path === undefined ? otlp : fanout(jsonHandler({ writer: fdWriter(openSync(path, "w")), ...lineOptions }), otlp);
    const logger = new Logger(handler, { name: "bench" });
    return {
      log: (message, attrs) => logger.info(message, attrs),
      async end() {
        await handler.flush?.();
        await otlp.shutdown();
      },
    };
  };
}
