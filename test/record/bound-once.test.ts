import { describe, expect, test } from "vitest";
import { fanout, jsonHandler, Logger, textHandler } from "../../src/index.ts";
import { logValue } from "../../src/value/log-value.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { Handler } from "../../src/index.ts";

/** Gives a writer of bytes and what it took. */
function written(): { readonly writer: FdWriter; readonly lines: () => readonly string[] } {
  let all = "";
  const writer = new FdWriter(1, {}, (_fd, bytes, from, length) => {
    all += Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString();
    return length;
  });
  return { writer, lines: () => (writer.flushSync(), all.trimEnd().split("\n")) };
}

const out = written();
const json = (): Handler => jsonHandler({ writer: written().writer });

describe("what is bound is resolved once by each output", () => {
  const outputs: readonly { name: string; handler: Handler; times: number }[] = [
    { name: "JSON", handler: json(), times: 1 },
    { name: "text", handler: textHandler({ writer: written().writer }), times: 1 },
    { name: "text with limits of its own", handler: textHandler({ writer: written().writer, limits: { depth: 5 } }), times: 1 },
    { name: "two of JSON", handler: fanout(json(), json()), times: 2 },
    { name: "JSON and text", handler: fanout(json(), textHandler({ writer: written().writer })), times: 2 },
  ];
  for (const { name, handler, times } of outputs) {
    test(`of ${name}`, () => {
      let asked = 0;
      const logger = new Logger(handler).with({ user: { id: 1, who: { [logValue]: () => (asked++, "ada") } } });
      for (let i = 0; i < 10; i++) logger.info("m", { i });
      expect(asked).toBeLessThanOrEqual(times);
    });
  }
});

test("json: two outputs say of what is bound what it was at their first record", () => {
  const other = written();
  const state = { n: 1 };
  const handler = fanout(jsonHandler({ writer: out.writer }), jsonHandler({ writer: other.writer }));
  const logger = new Logger(handler, { clock: () => 0 }).with({ state });
  logger.info("m");
  state.n = 2;
  logger.info("m");
  for (const lines of [out.lines(), other.lines()]) {
    expect(lines.map((line) => (JSON.parse(line) as { state: unknown }).state)).toEqual([{ n: 1 }, { n: 1 }]);
  }
});
