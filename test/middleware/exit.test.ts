import { describe, expect, test } from "vitest";
import { run } from "../write/child.ts";
import type { Ended } from "../write/child.ts";

const MIDDLEWARE = JSON.stringify(new URL("../../src/middleware/index.ts", import.meta.url).href);
const TESTING = JSON.stringify(new URL("../../src/testing/index.ts", import.meta.url).href);
const LIVES_ON = "setInterval(() => {}, 1000);";

const ENDS: readonly { name: string; use: string; want: Pick<Ended, "code" | "signal"> }[] = [
  { name: "a natural end", use: "", want: { code: 0, signal: null } },
  { name: "process.exit()", use: "process.exit(3);", want: { code: 3, signal: null } },
  { name: "an uncaught throw", use: "throw new Error('boom');", want: { code: 1, signal: null } },
  { name: "SIGTERM", use: `process.kill(process.pid, "SIGTERM"); ${LIVES_ON}`, want: { code: null, signal: "SIGTERM" } },
];

const COUNTING: readonly { name: string; make: string; lines: number; last: object }[] = [
  { name: "collapseRepeats", make: "collapseRepeats()", lines: 2, last: { msg: "refused", repeated: 499 } },
  { name: "sample", make: "sample({ first: 1, oneIn: 0 })", lines: 2, last: { msg: "records left out", dropped: 499 } },
  {
    name: "sampleByTrace",
    make: "sampleByTrace({ ratio: 0 })",
    lines: 1,
    last: { msg: "records of traces left out", dropped: 500 },
  },
  // Whichever ends first: what the one says passes the other, or is counted by it.
  { name: "one around the other", make: "pipe(collapseRepeats(), sample({ first: 1, oneIn: 0 }))", lines: 2, last: {} },
];

describe.concurrent.each(COUNTING)("what $name counted is said at the end of the process", ({ make, lines, last }) => {
  test.each(ENDS)("$name", async ({ use, want }) => {
    const ended = await run(`import { jsonHandler, Logger } from "correlog";
      import { collapseRepeats, pipe, sample, sampleByTrace } from ${MIDDLEWARE};
      import { contextWith } from ${TESTING};
      const logger = new Logger(${make}(jsonHandler()));
      for (let i = 0; i < 500; i++) logger.warn(contextWith({ span: true }), "refused", { host: "db" });
      ${use}`);
    expect(ended).toMatchObject(want);
    const said = ended.stdout.trim().split("\n");
    expect(said).toHaveLength(lines);
    expect(JSON.parse(said.at(-1) ?? "")).toMatchObject(last);
  });
});

test("what was counted reaches a handler that delivers slowly, within what a signal waits for it", async () => {
  const ended = await run(`import { Logger } from "correlog";
    import { collapseRepeats } from ${MIDDLEWARE};
    import { atExit } from ${JSON.stringify(new URL("../../src/write/exit.ts", import.meta.url).href)};
    let queue = [];
    const flush = async () => {
      const batch = queue;
      queue = [];
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log(batch.map(({ attrs }) => attrs?.repeated ?? 1).join(" "));
    };
    atExit({ pending: () => queue.length > 0, flush, flushSync() {} });
    const logger = new Logger(collapseRepeats()({ enabled: () => true, handle: (record) => void queue.push(record) }));
    for (let i = 0; i < 500; i++) logger.warn("refused");
    process.kill(process.pid, "SIGTERM"); ${LIVES_ON}`);
  expect(ended).toMatchObject({ signal: "SIGTERM", stdout: "1 499\n" });
});

test("the process ends no later for what is counted, when the next handler cannot deliver", async () => {
  const ended = await run(`import { Logger } from "correlog";
    import { collapseRepeats } from ${MIDDLEWARE};
    const flush = () => new Promise((resolve) => setTimeout(resolve, 60_000));
    const logger = new Logger(collapseRepeats()({ enabled: () => true, handle() {}, flush }));
    logger.warn("refused");`);
  expect(ended).toMatchObject({ code: 0 });
}, 20_000);

test.each(COUNTING.slice(0, 2))(
  "$name holds nothing back in the exit event, behind which nothing is said any more",
  async ({ make }) => {
    const ended = await run(`import { jsonHandler, Logger } from "correlog";
    import { collapseRepeats, sample } from ${MIDDLEWARE};
    const logger = new Logger(${make}(jsonHandler()));
    logger.info("start");
    process.on("exit", () => {
      for (let i = 0; i < 3; i++) logger.info("bye");
    });`);
    const said = ended.stdout.trim().split("\n");
    expect(said.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["start", "bye", "bye", "bye"]);
  },
);
