import { describe, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { parseJsonLines, testHandler } from "../../src/testing/index.ts";

describe("jsonHandler conforms", () => {
  testHandler(test, {
    makeHandler() {
      const written: string[] = [];
      const handler = jsonHandler({ level: "trace", writer: { write: (text) => written.push(text) } });
      return { handler, records: () => parseJsonLines(written.join("")) };
    },
  });
});
