import { describe, test } from "vitest";
import { textHandler } from "../../src/console/text-handler.ts";
import { testHandler } from "../../src/testing/index.ts";
import { parseTextLines } from "./text-line.ts";

describe("textHandler conforms", () => {
  testHandler(test, {
    makeHandler() {
      const written: string[] = [];
      const handler = textHandler({ writer: { write: (text) => written.push(text) } });
      return { handler, records: () => parseTextLines(written.join("")) };
    },
    lacks: ["nesting", "types"],
  });
});
