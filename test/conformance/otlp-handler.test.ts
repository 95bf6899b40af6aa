import { describe, test } from "vitest";
import { otlpHandler } from "../../src/otlp/index.ts";
import { testHandler } from "../../src/testing/index.ts";
import { parseOtlp } from "./otlp-request.ts";

describe.each(["http/protobuf", "http/json"] as const)("otlpHandler over %s conforms", (protocol) => {
  testHandler(test, {
    makeHandler() {
      const received: { readonly body: Uint8Array; readonly contentType: string }[] = [];
      const handler = otlpHandler({
        protocol,
        env: {},
        transport: {
          async send({ body, contentType }) {
            // The parts are not to be kept beyond the reply.
            received.push({ body: Buffer.concat(body), contentType });
            return Promise.resolve({ status: 200, contentType, retryAfter: undefined, body: new Uint8Array() });
          },
          close: () => undefined,
        },
      });
      return {
        handler,
        records: () => received.flatMap(({ body, contentType }) => parseOtlp(body, contentType)),
        dispose: async () => handler.shutdown(),
      };
    },
  });
});
