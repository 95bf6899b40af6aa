import { describe, expect, test } from "vitest";
import { countLines, run } from "./child.ts";
import type { ChildOptions, Ended } from "./child.ts";

/** 2000 lines of 250 bytes in one turn: what a reader's pipe of 64 KiB holds is an eighth of it. */
const BURST = `
import { Logger, jsonHandler, log } from "correlog";
import { writeSync } from "node:fs";
const logger = new Logger(jsonHandler());
const burst = () => { for (let i = 0; i < 2000; i++) logger.info("line", { i, text: "x".repeat(170) }); };
const ready = () => writeSync(2, "ready\\n");
`;

/** Touching it makes a pipe non-blocking: a full one then answers EAGAIN. */
const NON_BLOCKING = `process.stdout;`;
const SLOW_READER = "set -o pipefail; $RUN | (sleep 0.4; cat)";
const LIVES_ON = "setInterval(() => {}, 1000);";
/** 2000 short lines that a writer keeps for a minute but for what makes 16 KiB. */
const HELD = `import { fdWriter } from "correlog";
  const held = new Logger(jsonHandler({ writer: fdWriter(1, { flushIntervalMs: 60_000 }) }));
  for (let i = 0; i < 2000; i++) held.info("line", { i });`;

interface Exit {
  readonly name: string;
  readonly use: string;
  readonly options?: ChildOptions;
  readonly want: Pick<Ended, "code" | "signal">;
  /** Lines that are printed. Default: all 2000. */
  readonly lines?: number;
  readonly stderr?: RegExp;
}

const kill =
  (...signals: readonly NodeJS.Signals[]): NonNullable<ChildOptions["ready"]> =>
  (child) => {
    for (const signal of signals) child.kill(signal);
  };

const TO_A_FILE: readonly Exit[] = [
  { name: "a natural end", use: "burst();", want: { code: 0, signal: null } },
  { name: "process.exit()", use: "burst(); process.exit(3);", want: { code: 3, signal: null } },
  {
    name: "process.exit() in a value of a further line, which is lost",
    use: `import { lazy } from "correlog"; burst();
      logger.info("never whole", { v: lazy(() => { logger.info("said by the value"); process.exit(3); }) });`,
    lines: 2001,
    want: { code: 3, signal: null },
    stderr: /1 lines lost: the process ended while the line was written/,
  },
  {
    name: "process.exit() in a listener of exit's own",
    use: "process.on('exit', burst); process.exit(3);",
    want: { code: 3, signal: null },
  },
  { name: "an uncaught throw", use: "burst(); throw new Error('boom');", want: { code: 1, signal: null }, stderr: /boom/ },
  {
    name: "an unhandled rejection",
    use: "burst(); Promise.reject(new Error('boom'));",
    want: { code: 1, signal: null },
    stderr: /boom/,
  },
  {
    name: "SIGTERM in the turn of the burst",
    use: "burst(); process.kill(process.pid, 'SIGTERM'); " + LIVES_ON,
    want: { code: null, signal: "SIGTERM" },
  },
  {
    name: "SIGTERM amid a life of bursts",
    use: `${LIVES_ON} burst(); ready();`,
    options: { ready: kill("SIGTERM") },
    want: { code: null, signal: "SIGTERM" },
  },
  {
    name: "SIGINT",
    use: `${LIVES_ON} burst(); ready();`,
    options: { ready: kill("SIGINT") },
    want: { code: null, signal: "SIGINT" },
  },
  {
    name: "SIGHUP",
    use: `${LIVES_ON} burst(); ready();`,
    options: { ready: kill("SIGHUP") },
    want: { code: null, signal: "SIGHUP" },
  },
  {
    name: "SIGUSR2, by which nodemon ends a process",
    use: `${LIVES_ON} ${HELD} ready();`,
    options: { ready: kill("SIGUSR2") },
    want: { code: null, signal: "SIGUSR2" },
  },
  {
    name: "process.exit() with an earlier listener of exit's own that throws",
    use: "burst(); process.exit(3);",
    options: { env: { NODE_OPTIONS: "--import=data:text/javascript,process.on('exit',()=>{throw(1)})" } },
    want: { code: 3, signal: null },
    stderr: /^1$/m,
  },
  {
    name: "an uncaught throw with an earlier listener of exit's own that exits",
    use: "burst(); throw new Error('boom');",
    options: { env: { NODE_OPTIONS: "--import=data:text/javascript,process.on('exit',()=>process.exit(5))" } },
    want: { code: 5, signal: null },
  },
  {
    name: "process.exit() in a listener of exit's own that logs before",
    use: "burst(); process.on('exit', (code) => { burst(); if (code !== 7) process.exit(7); });",
    lines: 4000,
    want: { code: 7, signal: null },
  },
  {
    name: "an app that listens to SIGTERM, lives on and ends itself",
    use: `process.on("SIGTERM", () => setTimeout(() => { burst(); process.exit(7); }, 20)); ${LIVES_ON} ready();`,
    options: { ready: kill("SIGTERM") },
    want: { code: 7, signal: null },
  },
  {
    name: "an app that ends itself in its listener to SIGTERM",
    use: `process.once("SIGTERM", () => { burst(); process.exit(7); }); ${LIVES_ON} ready();`,
    options: { ready: kill("SIGTERM") },
    want: { code: 7, signal: null },
  },
  {
    name: "a worker thread's natural end",
    use: `import { Worker, isMainThread } from "node:worker_threads";
      if (isMainThread) new Worker(new URL(import.meta.url)); else burst();`,
    want: { code: 0, signal: null },
  },
  {
    name: "process.exit() in a worker thread",
    use: `import { Worker, isMainThread } from "node:worker_threads";
      if (isMainThread) new Worker(new URL(import.meta.url)); else { burst(); process.exit(); }`,
    want: { code: 0, signal: null },
  },
];

const HELD_TO_A_FILE: readonly Exit[] = [
  { name: "a natural end", use: HELD, want: { code: 0, signal: null } },
  { name: "process.exit()", use: `${HELD} process.exit(3);`, want: { code: 3, signal: null } },
  { name: "an uncaught throw", use: `${HELD} throw new Error("boom");`, want: { code: 1, signal: null }, stderr: /boom/ },
  {
    name: "SIGTERM",
    use: `${HELD} ${LIVES_ON} ready();`,
    options: { ready: kill("SIGTERM") },
    want: { code: null, signal: "SIGTERM" },
  },
];

const TO_A_SLOW_READER: readonly Exit[] = [
  { name: "a natural end", use: "burst();", want: { code: 0, signal: null } },
  { name: "process.exit()", use: "burst(); process.exit(3);", want: { code: 3, signal: null } },
  { name: "an uncaught throw", use: "burst(); throw new Error('boom');", want: { code: 1, signal: null }, stderr: /boom/ },
  {
    name: "SIGTERM",
    use: `burst(); process.kill(process.pid, "SIGTERM"); ${LIVES_ON}`,
    want: { code: 143, signal: null },
    stderr: /^Terminated$/m,
  },
];

async function expectLines({ use, options = {}, want, lines = 2000, stderr = /^$/ }: Exit): Promise<void> {
  const ended = await run(BURST + use, options);
  expect({ code: ended.code, signal: ended.signal, lines: countLines(ended.stdout) }).toEqual({ ...want, lines });
  expect(ended.stderr).toMatch(stderr);
}

describe.concurrent("2000 lines in one turn are in the file, and the process ends as it would have", () => {
  for (const exit of TO_A_FILE) test(`after ${exit.name}`, async () => expectLines(exit));
});

describe.concurrent("2000 lines that a writer would keep for a minute are in the file", () => {
  for (const exit of HELD_TO_A_FILE) test(`after ${exit.name}`, async () => expectLines(exit));
});

describe.concurrent("2000 lines in one turn reach a slow reader of a pipe", () => {
  for (const exit of TO_A_SLOW_READER) {
    test(`after ${exit.name}`, async () => expectLines({ ...exit, options: { shell: SLOW_READER } }));
    test(`after ${exit.name}, the pipe being non-blocking`, async () =>
      expectLines({ ...exit, use: NON_BLOCKING + exit.use, options: { shell: SLOW_READER } }));
  }
});

describe.concurrent("a process", () => {
  test("ends by itself as soon as nothing of the app keeps it", async () => {
    const started = performance.now();
    const ended = await run(`${BURST} logger.info("one"); log.info("two");`);
    expect(countLines(ended.stdout)).toBe(2);
    // Retries, reports and exits hold timers; none may hold the process: a report's lasts 10 s.
    expect(performance.now() - started).toBeLessThan(9000);
  });

  test.each(["", "process.exit(0);"])(
    "writes what is logged in its exit event by a logger that is made there, %s",
    async (end) => {
      const ended = await run(`import { log } from "correlog";
      process.on("exit", () => { log.info("one"); log.info("two"); });
      ${end}`);
      expect({ ...ended, stdout: countLines(ended.stdout) }).toEqual({ code: 0, signal: null, stdout: 2, stderr: "" });
    },
  );

  test("is held up for 5 s by a reader that takes nothing, once, and says how many lines that costs", async () => {
    const ended = await run(
      `${BURST} ${NON_BLOCKING} burst(); process.exitCode = 4;
      process.on("beforeExit", () => writeSync(2, "a natural end\\n"));`,
      { shell: "($RUN; echo code $? >&2; touch over) | (until [ -e over ]; do sleep 0.05; done; wc -l)" },
    );
    expect(ended.stderr.trim().split("\n")).toEqual([
      "a natural end",
      "a natural end",
      `correlog: writer: fd 1: ${2000 - Number(ended.stdout)} lines lost: the reader takes nothing`,
      "code 4",
    ]);
  }, 30_000);

  test("is ended by a second Ctrl-C, however much is pending", async () => {
    const ended = await run(
      `${BURST}
      ${NON_BLOCKING} burst(); setInterval(() => {}, 1000);
      process.kill(process.pid, "SIGINT");
      // The first one would have ended it 1450 ms later: turns are counted, which a busy machine makes slower.
      const count = (turns) => { if (turns === 50) writeSync(2, "not at once"); else setTimeout(count, 10, turns + 1); };
      setTimeout(() => { process.kill(process.pid, "SIGINT"); count(0); }, 600);`,
      { shell: "($RUN; echo code $? >&2; touch over) | (until [ -e over ]; do sleep 0.05; done)" },
    );
    expect(ended.stderr).toContain("code 130");
    expect(ended.stderr).not.toContain("not at once");
  });

  test.skipIf(process.getuid?.() !== 0)("has all out at each signal also as process 1, which no signal ends", async () => {
    const ended = await run(
      `import { fdWriter, jsonHandler, Logger } from "correlog";
      import { readFileSync, writeSync } from "node:fs";
      const logger = new Logger(jsonHandler({ writer: fdWriter(1, { flushIntervalMs: 60_000 }) }));
      const keeps = setInterval(() => {}, 1000);
      for (let i = 0; i < 3; i++) {
        logger.info("m");
        process.kill(process.pid, "SIGTERM");
        await new Promise((resolve) => setTimeout(resolve, 50));
        writeSync(2, process.pid + " " + readFileSync("/proc/self/fd/1", "utf8").match(/\\n/g).length + "\\n");
      }
      clearInterval(keeps);`,
      { shell: "unshare --pid --fork $RUN" },
    );
    expect(ended).toMatchObject({ code: 0, stderr: "1 1\n1 2\n1 3\n" });
  });

  test.each([
    ["after a natural end", ""],
    ["after process.exit()", "await logger.flush(); process.exit();"],
    ["after process.exit() in the turn of a flush", "logger.flush(); process.exit();"],
  ])("writes what is logged in its exit event, also when the writer's turn was to come: %s", async (_, end) => {
    for (const options of ["", "{ flushIntervalMs: 60_000 }"]) {
      const ended = await run(`import { fdWriter, jsonHandler, Logger } from "correlog";
        const logger = new Logger(jsonHandler({ writer: fdWriter(1, ${options || "{}"}) }));
        process.on("exit", () => logger.info("two"));
        logger.info("one");
        ${end}`);
      expect({ ...ended, stdout: countLines(ended.stdout) }).toEqual({ code: 0, signal: null, stdout: 2, stderr: "" });
    }
  });

  test("that emits the exit event by hand goes on as before", async () => {
    const ended = await run(`
      import { isExiting } from ${JSON.stringify(new URL("../../src/write/exit.ts", import.meta.url).href)};
      import { log } from "correlog";
      import { writeSync } from "node:fs";
      log.info("one");
      process.emit("exit", 0);
      const during = isExiting();
      await new Promise((resolve) => setTimeout(resolve, 1));
      writeSync(2, [during, isExiting()].join());`);
    expect(ended).toMatchObject({ code: 0, stderr: "true,false" });
  });

  test("is not ended by a signal that the app listens to", async () => {
    const ended = await run(
      `${BURST} let n = 0;
      process.on("SIGINT", () => { logger.info("heard", { n: ++n }); if (n === 3) process.exit(5); else ready2(); });
      const ready2 = () => setTimeout(() => process.kill(process.pid, "SIGINT"), 5);
      ${LIVES_ON} ready2();`,
    );
    expect({ code: ended.code, lines: countLines(ended.stdout) }).toEqual({ code: 5, lines: 3 });
  });

  test("writes what is logged while a signal waits for something else", async () => {
    const ended = await run(`${BURST}
      import { atExit } from ${JSON.stringify(new URL("../../src/write/exit.ts", import.meta.url).href)};
      atExit({ pending: () => true, flushSync() {}, flush: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        logger.info("the last thing before the end");
      } });
      ${LIVES_ON} process.kill(process.pid, "SIGTERM");`);
    expect(ended).toMatchObject({ signal: "SIGTERM", stdout: expect.stringContaining("the last thing") });
  });

  test("waits no longer than 2 s on a signal for what cannot be delivered", async () => {
    const ended = await run(`${BURST}
      import { atExit } from ${JSON.stringify(new URL("../../src/write/exit.ts", import.meta.url).href)};
      atExit({ pending: () => true, flushSync() { throw new Error("no"); }, flush: () => new Promise(() => {}) });
      ${LIVES_ON} logger.info("one"); process.kill(process.pid, "SIGTERM");`);
    expect(ended).toMatchObject({ signal: "SIGTERM", stdout: expect.stringContaining('"one"') });
  });

  test("has one listener of ours for each end, however often a test runner or a hot reload makes the modules anew", async () => {
    const ended = await run(`import { registerHooks } from "node:module";
      import { writeSync } from "node:fs";
      const copyOf = (url) => (url.includes("?copy=") ? url.slice(url.indexOf("?copy=")) : "");
      registerHooks({
        resolve(name, from, next) {
          const found = next(name, from);
          const copy = copyOf(from.parentURL ?? "");
          return copy !== "" && found.url.startsWith("file:") && copyOf(found.url) === "" ? { ...found, url: found.url + copy } : found;
        },
      });
      process.on("warning", (warning) => writeSync(2, warning.name + "\\n"));
      const source = import.meta.resolve("correlog");
      const copies = [];
      for (let i = 0; i < 15; i++) copies.push(await import(source + "?copy=" + i));
      for (const { jsonHandler, Logger } of copies) new Logger(jsonHandler()).info("one");
      process.on("exit", () => { for (const { log } of copies) log.info("two"); });
      await new Promise((resolve) => setTimeout(resolve, 10));
      writeSync(2, [new Set(copies.map(({ Logger }) => Logger)).size, process.listenerCount("exit")].join(" ") + "\\n");
      for (const { log } of copies) log.info("three");
      process.exit();`);
    expect(ended.stderr).toBe("15 2\n");
    expect(countLines(ended.stdout)).toBe(45);
  });

  test("has one listener of ours for each end, however many realms share it, as in vitest's vm pools", async () => {
    const ended = await run(
      `import { stripTypeScriptTypes } from "node:module";
      import { readFileSync, writeSync } from "node:fs";
      import vm from "node:vm";
      const linked = async (context, url, made) => {
        const known = made.get(url);
        if (known !== undefined) return known;
        const code = stripTypeScriptTypes(readFileSync(new URL(url), "utf8"));
        const module = new vm.SourceTextModule(code, { context, identifier: url });
        made.set(url, module);
        await module.link((name) => linked(context, new URL(name, url).href, made));
        return module;
      };
      const realms = [];
      for (let i = 0; i < 3; i++) {
        const context = vm.createContext({ process, performance, setImmediate, setTimeout, clearTimeout });
        const module = await linked(context, ${JSON.stringify(new URL("../../src/write/exit.ts", import.meta.url).href)}, new Map());
        await module.evaluate();
        realms.push(module.namespace);
      }
      realms.forEach(({ atExit }, i) => {
        let isPending = true;
        atExit({
          pending: () => isPending,
          flush: () => new Promise((resolve) => setTimeout(() => { isPending = false; writeSync(2, i + "\\n"); resolve(); }, 20 * (3 - i))),
          flushSync() {},
        });
      });
      writeSync(2, [new Set(realms.map(({ atExit }) => atExit)).size, process.listenerCount("SIGTERM")].join(" ") + "\\n");
      ${LIVES_ON} process.kill(process.pid, "SIGTERM");`,
      { env: { NODE_OPTIONS: "--experimental-vm-modules" } },
    );
    expect(ended).toMatchObject({ signal: "SIGTERM", stderr: "3 1\n2\n1\n0\n" });
  });

  test("has no listener of ours for a logger that holds nothing", async () => {
    const ended = await run(`import { discard, Logger } from "correlog";
      import { writeSync } from "node:fs";
      const logger = new Logger(discard);
      logger.info("one");
      await logger.flush();
      writeSync(2, ["exit", "beforeExit", "SIGTERM", "SIGUSR2"].map((name) => process.listenerCount(name)).join());`);
    expect(ended).toMatchObject({ code: 0, stderr: "0,0,0,0" });
  });

  test("counts no listener of ours among those of a signal while it is handled", async () => {
    const ended = await run(`${BURST}
      logger.info("one");
      process.on("SIGTERM", () => { process.exit(process.listenerCount("SIGTERM")); });
      ${LIVES_ON} process.kill(process.pid, "SIGTERM");`);
    expect(ended.code).toBe(1);
  });
});

describe.concurrent("a reader that is gone", () => {
  test("`| head -1` gets its line, the app lives on, and one line on stderr says what is lost", async () => {
    const ended = await run(
      `${BURST}
      for (let turn = 0; turn < 50; turn++) {
        burst();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      process.exitCode = 4;`,
      { shell: "$RUN | head -1; exit ${PIPESTATUS[0]}" },
    );
    expect({ code: ended.code, lines: countLines(ended.stdout) }).toEqual({ code: 4, lines: 1 });
    expect(ended.stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^correlog: writer: fd 1: \d+ lines lost: EPIPE/),
      expect.stringMatching(/^correlog: writer: \d+ more \(\d+ in all\), last: fd 1: \d+ lines lost: EPIPE/),
    ]);
  });

  test("a closed stderr harms nothing, nor do both", async () => {
    const full = await run(`${BURST} burst(); process.exitCode = 6;`, { stdout: "/dev/full", shell: "$RUN 2>&-" });
    const closed = await run(`${BURST} burst(); process.exitCode = 6;`, { shell: "$RUN >&- 2>&-" });
    expect([full.code, closed.code]).toEqual([6, 6]);
  });

  test("flush tells the app what was lost", async () => {
    const ended = await run(`${BURST} burst(); await logger.flush().catch((error) => ready(console.error(error.message)));`, {
      stdout: "/dev/full",
    });
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^fd 1: 2000 lines were lost$/m) });
  });
});

/** A file system of 64 KiB; only root may make one. */
const MOUNT = "mkdir disk && mount -t tmpfs -o size=64k tmpfs disk";

describe.concurrent("a disk that is full", () => {
  test("costs lines that are counted and said once, and the app lives on", async () => {
    const ended = await run(`${BURST} burst(); setTimeout(() => { burst(); process.exitCode = 4; }, 20);`, {
      stdout: "/dev/full",
    });
    expect(ended.code).toBe(4);
    expect(ended.stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^correlog: writer: fd 1: \d+ lines lost: ENOSPC/),
      expect.stringMatching(/^correlog: writer: \d+ more \(4000 in all\), last: fd 1: \d+ lines lost: ENOSPC/),
    ]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "leaves whole lines behind when there is room again, beside the one that was torn",
    async () => {
      const ended = await run(
        `import { Logger, jsonHandler, fdWriter } from "correlog";
      import { openSync, truncateSync, readFileSync, writeFileSync } from "node:fs";
      writeFileSync("disk/other", "x".repeat(32768));
      const logger = new Logger(jsonHandler({ writer: fdWriter(openSync("disk/log", "a")) }));
      for (let i = 0; i < 2000; i++) logger.info("line", { i });
      await new Promise(setImmediate);
      truncateSync("disk/other");
      for (let i = 0; i < 10; i++) logger.info("again", { i });
      const failed = await logger.flush().then(() => "", (error) => error.message);
      const lines = readFileSync("disk/log", "utf8").split("\\n");
      const whole = lines.flatMap((line) => { try { return [JSON.parse(line)]; } catch { return []; } });
      console.log(JSON.stringify({
        torn: lines.length - 1 - whole.length,
        all: whole.filter((line) => line.msg === "line").length + Number(/\\d+(?= lines)/.exec(failed)[0]),
        again: whole.filter((line) => line.msg === "again").length,
      }));`,
        { shell: `unshare -m bash -c '${MOUNT} && $RUN'` },
      );
      expect({ ...ended, stdout: JSON.parse(ended.stdout) }).toMatchObject({
        code: 0,
        stdout: { torn: 1, all: 2000, again: 10 },
        stderr: expect.stringMatching(/^correlog: writer: fd \d+: \d+ lines lost: ENOSPC/),
      });
    },
  );
});
