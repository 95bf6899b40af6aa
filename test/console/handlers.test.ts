import fs, { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { jsonLines } from "../../src/console/json-lines.ts";
import { prettyHandler } from "../../src/console/pretty-handler.ts";
import { textHandler } from "../../src/console/text-handler.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { Logger } from "../../src/logger/logger.ts";
import { lazy } from "../../src/value/log-value.ts";
import { fdWriter } from "../../src/write/descriptor.ts";
import type { LineOptions } from "../../src/console/line-options.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { LineWriter } from "../../src/write/line-writer.ts";

const MAKERS: readonly { name: string; make: (options?: LineOptions) => Handler }[] = [
  { name: "jsonHandler", make: jsonHandler },
  { name: "textHandler", make: textHandler },
  { name: "prettyHandler", make: prettyHandler },
];

const BAD: readonly { name: string; use: unknown; want: string }[] = [
  {
    name: "level",
    use: { level: "loud" },
    want: 'level: expected a level name (trace, debug, info, warn, error, fatal, off) or 1 to 24, got "loud"',
  },
  {
    name: "flushLevel",
    use: { flushLevel: 99 },
    want: "flushLevel: expected a level name (trace, debug, info, warn, error, fatal, off) or 1 to 24, got 99",
  },
  { name: "writer", use: { writer: console.log }, want: "writer: expected an object with write(text), got a function" },
  {
    name: "writer without write",
    use: { writer: { print: 1 } },
    want: "writer: expected an object with write(text), got [object Object]",
  },
  { name: "writer null", use: { writer: null }, want: "writer: expected an object with write(text), got null" },
  { name: "limits.depth", use: { limits: { depth: 65 } }, want: "limits.depth: expected a whole number from 1 to 64, got 65" },
  { name: "limits", use: { limits: { dept: 1 } }, want: 'limits: expected depth, stringLength, attributes, size, got "dept"' },
];

for (const { name, make } of MAKERS) {
  describe(`${name} names the option, the value and what was expected`, () => {
    for (const { name, use, want } of BAD) test(`for a bad ${name}`, () => expect(() => make(use as LineOptions)).toThrow(want));
  });
}

describe("jsonHandler of correlog/core", () => {
  test.each([
    ["schema", { schema: { type: "object", properties: {} } }],
    ["rest", { rest: "more" }],
  ])("says whose option %s is", (name, use) => {
    expect(() => jsonLines(use as LineOptions)).toThrow(
      new TypeError(`${name}: expected by jsonHandler of "correlog", not by that of "correlog/core"`),
    );
  });

  test("has no such option", () => {
    // @ts-expect-error -- a schema is for the other jsonHandler
    const use = (): Handler => jsonLines({ schema: { type: "object", properties: {} } });
    expect(use).toThrow(TypeError);
  });
});

const dir = mkdtempSync(join(tmpdir(), "correlog-console-"));
const path = join(dir, "log");
const said: string[] = [];
let fd = 0;
let writer: LineWriter;

beforeEach(() => {
  const { writeSync } = fs;
  vi.spyOn(fs, "writeSync").mockImplementation(((to: number, ...rest: [never]) =>
    to === 2 ? said.push(String(rest[0])) : writeSync(to, ...rest)) as typeof fs.writeSync);
  rmSync(path, { force: true });
  fd = openSync(path, "a");
  writer = fdWriter(fd);
});

afterEach(async () => {
  await writer.shutdown?.();
  closeSync(fd);
  vi.restoreAllMocks();
  said.length = 0;
});

/** Messages of the lines that are out. */
function written(): readonly string[] {
  return [...readFileSync(path, "utf8").matchAll(/(?:msg=|"msg":"|(?:INFO|WARN|FATAL) +(?!msg))(\w+)/g)].map(
    ([, message = ""]) => message,
  );
}

async function endOfTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

for (const { name, make } of MAKERS) {
  describe(`a handler by ${name}`, () => {
    test("writes from its level up, which may move", async () => {
      const level = new LevelVar("warn");
      const logger = new Logger(make({ writer, level }), { level: "trace" });
      logger.info("hidden");
      logger.warn("shown");
      level.set("info");
      logger.info("moved");
      await logger.flush();
      expect(written()).toEqual(["shown", "moved"]);
    });

    test("drops what comes after shutdown, and counts it", async () => {
      const logger = new Logger(make({ writer }));
      logger.info("before");
      await logger.shutdown();
      logger.info("after");
      await endOfTurn();
      expect(written()).toEqual(["before"]);
      expect(said.join("")).toMatch(/^(correlog: console: .*after shutdown: dropped\n)?$/);
    });

    test("writes from the flush level up before the call returns, with all that came before", () => {
      const logger = new Logger(make({ writer, flushLevel: "warn" }));
      logger.info("one");
      expect(written()).toEqual([]);
      logger.warn("two");
      expect(written()).toEqual(["one", "two"]);
    });
  });
}

describe("flushing by default", () => {
  const DEFAULTS: readonly { name: string; make: () => Handler; want: readonly string[] }[] = [
    { name: "json: fatal is out when the call returns, no other", make: () => jsonHandler({ writer }), want: ["one", "end"] },
    { name: "text: fatal is out when the call returns, no other", make: () => textHandler({ writer }), want: ["one", "end"] },
  ];
  for (const { name, make, want } of DEFAULTS) {
    test(`in ${name}`, () => {
      const logger = new Logger(make());
      logger.info("one");
      expect(written()).toEqual([]);
      logger.fatal("end");
      expect(written()).toEqual(want);
    });
  }

  test.each([{ options: {} }, { options: { flushLevel: undefined } }])(
    "pretty: every line is out when the call returns, with $options",
    ({ options }) => {
      new Logger(prettyHandler({ writer, ...(options as object) })).info("one");
      expect(written()).toEqual(["one"]);
    },
  );
});

describe("colour by default", () => {
  test.each([
    { isTTY: true, want: "\u001b[32mINFO \u001b[39m one" },
    { isTTY: false, want: "INFO  one" },
  ])("pretty: as the stream is a terminal: $isTTY", async ({ isTTY, want }) => {
    for (const [name, value] of [["NO_COLOR", ""] as const, ["FORCE_COLOR", ""] as const, ["TERM", "xterm"] as const])
      vi.stubEnv(name, value);
    const stream = Object.assign(new PassThrough(), { isTTY });
    const handler = prettyHandler({ writer: stream });
    vi.unstubAllEnvs();
    new Logger(handler).info("one");
    await handler.flush?.();
    expect(String(stream.read())).toContain(want);
  });
});

describe("several handlers on one writer", () => {
  test("keep the order of the calls", async () => {
    const loggers = [jsonHandler({ writer }), textHandler({ writer }), jsonHandler({ writer })].map(
      (handler) => new Logger(handler),
    );
    const want: string[] = [];
    for (let i = 0; i < 300; i++) {
      want.push(`m${i}`);
      loggers[i % 3]?.info(`m${i}`, { text: "x".repeat(i) });
    }
    await loggers[0]?.flush();
    expect(written()).toEqual(want);
  });

  test("keep their lines whole where a value of one logs by another", async () => {
    const inner = [jsonHandler({ writer }), textHandler({ writer, flushLevel: "trace" })].map((handler) => new Logger(handler));
    const outer = new Logger(jsonHandler({ writer }));
    for (const [i, logger] of inner.entries()) {
      const size = lazy(() => {
        logger.info(`inner${i}`, { a: "y".repeat(300) });
        return 1;
      });
      outer.info(`outer${i}`, { a: "x".repeat(300), size, b: 2 });
    }
    await outer.flush();
    expect(written()).toEqual(["outer0", "inner0", "outer1", "inner1"]);
  });
});

/** A stream that passes on only when it is told. */
class Slow extends Writable {
  text = "";
  readonly waiting: (() => void)[] = [];

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.waiting.push(() => {
      this.text += chunk.toString("utf8");
      done();
    });
  }
}

describe("a Node stream as writer", () => {
  test("has it all when flush resolves", async () => {
    const stream = new Slow();
    const logger = new Logger(textHandler({ writer: stream }), { clock: () => 0 });
    logger.info("one");
    logger.info("two");
    let flushed = false;
    const flush = logger.flush().then(() => (flushed = true));
    await endOfTurn();
    expect(flushed).toBe(false);
    while (stream.waiting.length > 0) {
      stream.waiting.shift()?.();
      await endOfTurn();
    }
    await flush;
    expect(stream.text).toMatch(/msg=one\n.*msg=two\n$/);
  });

  test("that fails costs its lines, and neither throws nor ends the process", async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error("ENOSPC: no space left")) });
    const logger = new Logger(jsonHandler({ writer: stream }));
    logger.info("one");
    logger.info("two");
    await expect(logger.flush()).rejects.toThrow("stream: 2 lines were lost");
    logger.info("three");
    await expect(logger.flush()).rejects.toThrow("stream: 1 lines were lost");
    await logger.flush();
    expect(said[0]).toMatch(/^correlog: writer: Error: ENOSPC: no space left\n$/);
  });

  test("that has ended costs its lines", async () => {
    const stream = new PassThrough();
    stream.end();
    const logger = new Logger(jsonHandler({ writer: stream }));
    logger.info("one");
    await expect(logger.flush()).rejects.toThrow("stream: 1 lines were lost");
  });

  test("that takes nothing is given 16 MiB, and what comes then is dropped", async () => {
    const stream = new Slow();
    const logger = new Logger(jsonHandler({ writer: stream }));
    for (let i = 0; i < 300; i++) logger.info("m", { text: "x".repeat(65_000) });
    expect(stream.writableLength).toBeLessThan(17 * 1024 * 1024);
    stream.destroy();
    await expect(logger.flush()).rejects.toThrow(/lines were lost/);
  });

  test("has one listener, however many handlers write to it", () => {
    const stream = new PassThrough();
    for (let i = 0; i < 20; i++) jsonHandler({ writer: stream });
    expect(stream.listenerCount("error")).toBe(1);
  });
});

describe("an object as writer", () => {
  test("that throws costs the line, which is said and makes flush reject", async () => {
    const logger = new Logger(
      jsonHandler({
        writer: {
          write() {
            throw new Error("no");
          },
        },
      }),
    );
    expect(() => logger.info("one")).not.toThrow();
    await expect(logger.flush()).rejects.toThrow("writer: 1 lines were lost");
    await logger.flush();
  });

  test("that is async is waited for, and its rejection is no unhandled one", async () => {
    const lines: string[] = [];
    const write = async (text: string): Promise<void> => {
      await endOfTurn();
      if (text.includes("bad")) throw new Error("no");
      lines.push(text);
    };
    const logger = new Logger(jsonHandler({ writer: { write } }));
    logger.info("one");
    await logger.flush();
    expect(lines.length).toBe(1);
    logger.info("bad");
    await endOfTurn();
    await endOfTurn();
    await expect(logger.flush()).rejects.toThrow("writer: 1 lines were lost");
  });

  test("that answers with another library's promise is heard as well", async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what libraries before Promise give
    const write = (): object => ({ then: (_: unknown, rejected: (error: unknown) => void) => rejected(new Error("no")) });
    const logger = new Logger(jsonHandler({ writer: { write } }));
    logger.info("bad");
    await expect(logger.flush()).rejects.toThrow("writer: 1 lines were lost");
  });

  test("is flushed, never shut down", async () => {
    const calls: string[] = [];
    const object = {
      write: (text: string) => calls.push(text.trim()),
      flush: async () => void calls.push("flush"),
      shutdown: async () => void calls.push("shutdown"),
    };
    const logger = new Logger(textHandler({ writer: object }), { clock: () => 0 });
    logger.info("one");
    await logger.shutdown();
    expect(calls).toEqual(["time=1970-01-01T00:00:00.000Z level=INFO msg=one", "flush"]);
  });
});
