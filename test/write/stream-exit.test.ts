import { describe, expect, test } from "vitest";
import { countLines, run } from "./child.ts";
import type { Ended } from "./child.ts";

/** Lines by way of a stream; each program makes it. */
const BURST = `
import { Logger, jsonHandler } from "correlog";
import { createWriteStream, readFileSync, writeSync } from "node:fs";
import { Writable } from "node:stream";
const say = (text) => writeSync(2, text + "\\n");
const loggerTo = (stream) => new Logger(jsonHandler({ writer: stream }));
const burst = (logger) => { for (let i = 0; i < 2000; i++) logger.info("line", { i, text: "x".repeat(170) }); };
`;
const FILE = `const logger = loggerTo(createWriteStream("log")); burst(logger);`;
const NEVER = `const logger = loggerTo(new Writable({ write() {} })); burst(logger);`;
const LIVES_ON = "setInterval(() => {}, 1000);";

interface Exit {
  readonly name: string;
  readonly use: string;
  readonly want: Partial<Ended>;
}

const LOST = expect.stringMatching(
  /correlog: writer: Error: the process ended while up to 2000 lines were with their stream/,
) as unknown as string;

const OUT: readonly Exit[] = [
  { name: "a natural end", use: FILE, want: { code: 0 } },
  { name: "SIGTERM", use: `${FILE} ${LIVES_ON} process.kill(process.pid, "SIGTERM");`, want: { code: 143 } },
];

describe.concurrent("2000 lines in a stream are in its file", () => {
  test.each(OUT)("after $name", async ({ use, want }) => {
    const ended = await run(BURST + use, { shell: "$RUN; code=$?; cat log; exit $code" });
    expect(ended).toMatchObject({ ...want, stderr: expect.not.stringContaining("correlog") });
    expect(countLines(ended.stdout)).toBe(2000);
  });
});

test("what a middleware says at a signal is in the stream's file, also when the stream had nothing before", async () => {
  const ended = await run(
    `${BURST}
    import { collapseRepeats } from ${JSON.stringify(new URL("../../src/middleware/index.ts", import.meta.url).href)};
    const logger = new Logger(collapseRepeats()(jsonHandler({ writer: createWriteStream("log") })));
    logger.info("one");
    await logger.flush();
    for (let i = 0; i < 500; i++) logger.info("m");
    await new Promise((resolve) => setTimeout(resolve, 100));
    ${LIVES_ON} process.kill(process.pid, "SIGTERM");`,
    { shell: "$RUN; cat log" },
  );
  expect(ended.stderr).not.toContain("correlog");
  expect(JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({ msg: "m", repeated: 499 });
});

const SAID: readonly Exit[] = [
  { name: "process.exit()", use: `${FILE} process.exit(3);`, want: { code: 3, stderr: LOST } },
  { name: "an uncaught throw", use: `${FILE} throw new Error("boom");`, want: { code: 1, stderr: LOST } },
  { name: "a natural end, of a stream that never answers", use: NEVER, want: { code: 0, stderr: LOST } },
  {
    name: "process.exit(), in its event",
    use: `const logger = loggerTo(createWriteStream("log")); process.on("exit", () => burst(logger)); process.exit(3);`,
    want: {
      code: 3,
      stderr: expect.stringMatching(/up to 1 lines were with their stream\n[^]* 512 more \(1024 in all\)/),
    },
  },
  {
    name: "SIGTERM, of a stream that never answers",
    use: `${NEVER} ${LIVES_ON} process.kill(process.pid, "SIGTERM");`,
    want: { signal: "SIGTERM", stderr: LOST },
  },
];

describe.concurrent("lines that a stream still has are counted and said", () => {
  test.each(SAID)("after $name", async ({ use, want }) => {
    expect(await run(BURST + use)).toMatchObject(want);
  });

  test("but not those that it has passed on and not answered for yet", async () => {
    const ended = await run(`${BURST}
      burst(loggerTo(new Writable({ write(text, encoding, done) { writeSync(1, text); done(); } })));
      process.exit(3);`);
    expect({ ...ended, stdout: countLines(ended.stdout) }).toEqual({ code: 3, signal: null, stdout: 2000, stderr: "" });
  });
});

describe.concurrent("lines whose writer's promises are under way", () => {
  const SLOW = `
    let got = 0;
    const writer = { write: () => new Promise((resolve) => setTimeout(() => { got++; resolve(); }, 50)) };
    const logger = loggerTo(writer);
    for (let i = 0; i < 3; i++) logger.info("m");`;
  test("are waited for at a signal", async () => {
    const ended = await run(
      `${BURST}${SLOW.replace("got++;", "say('got ' + ++got);")} process.kill(process.pid, "SIGTERM"); ${LIVES_ON}`,
    );
    expect(ended).toMatchObject({ signal: "SIGTERM", stderr: "got 1\ngot 2\ngot 3\n" });
  });

  test.each(["process.exit(3);", 'throw new Error("boom");'])("are counted and said at %s", async (end) => {
    const { stderr } = await run(`${BURST}${SLOW}${end}`);
    expect(stderr).toContain("correlog: writer: Error: the process ended before the writer answered for 3 lines");
  });
});

describe.concurrent("a stream that is destroyed amid a write", () => {
  const ENDLESS = "write() {}, emitClose: false";
  const FLUSHES: readonly { name: string; stream: string }[] = [
    { name: "and says nothing", stream: ENDLESS },
    { name: "and never comes to the end of it", stream: "write() {}, destroy() {}" },
  ];
  test.each(FLUSHES)(
    "$name ends a flush before and one behind, which count its lines",
    async ({ stream }) => {
      const ended = await run(`${BURST}
      const stream = new Writable({ ${stream} });
      const logger = loggerTo(stream);
      logger.info("one");
      const told = () => logger.flush().then(() => "resolved", (error) => error.message);
      const before = told();
      setTimeout(() => stream.destroy(), 20);
      say(await before);
      logger.info("two");
      say(await told());`);
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.stderr).toBe(
        "correlog: writer: Error: the stream was closed\nstream: 1 lines were lost\nstream: 1 lines were lost\n" +
          "correlog: writer: 1 more (2 in all), last: Error: the stream was closed\n",
      );
    },
    20_000,
  );
});
