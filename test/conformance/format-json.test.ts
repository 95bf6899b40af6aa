import { describe, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { parseJsonLines, testHandler } from "../../src/testing/index.ts";

describe("formatJson in a handler of two methods conforms", () => {
  testHandler(test, {
    makeHandler() {
      const lines: string[] = [];
      return {
        handler: { enabled: () => true, handle: (record) => void lines.push(formatJson(record)) },
        records: () => parseJsonLines(lines.join("")),
      };
    },
  });
});
