import { describe, test } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { testHandler } from "../../src/testing/index.ts";

describe("memoryHandler conforms", () => {
  testHandler(test, {
    makeHandler() {
      const handler = memoryHandler();
      return { handler, records: () => handler.records };
    },
  });
});
