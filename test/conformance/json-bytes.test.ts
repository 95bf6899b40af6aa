import { describe, test } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { parseJsonLines, testHandler } from "../../src/testing/index.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";

// Over a file descriptor lines are encoded straight into bytes: another code, to which the same rules apply.
describe("jsonHandler over a file descriptor conforms", () => {
  testHandler(test, {
    makeHandler() {
      const written: Buffer[] = [];
      const writer = new FdWriter(1, {}, (_fd, bytes, offset, length) => {
        written.push(Buffer.from(bytes.subarray(offset, offset + length)));
        return length;
      });
      return {
        handler: jsonHandler({ writer }),
        records: () => parseJsonLines(Buffer.concat(written).toString()),
        dispose: async () => writer.shutdown(),
      };
    },
  });
});
