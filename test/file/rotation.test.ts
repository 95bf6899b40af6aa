import { execFile } from "node:child_process";
import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppendingHandler, fileHandler } from "../../src/file/file-handler.ts";
import { formatJson } from "../../src/format/json.ts";
import { Logger } from "../../src/logger/logger.ts";
import { parseJsonLines, testHandler } from "../../src/testing/index.ts";
import { pathToFileURL } from "node:url";

let dir = "";
let path = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "correlog-file-"));
  path = join(dir, "app.log");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const files = (): string[] => readdirSync(dir).toSorted();
const numbers = (file: string): unknown[] => parseJsonLines(readFileSync(join(dir, file), "utf8")).map(({ attrs }) => attrs["i"]);
/** All numbers that were logged, from the oldest file to the newest. */
const everywhere = (): unknown[] =>
  files()
    .toSorted((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0))
    .flatMap(numbers);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("fileHandler conforms", () => {
  testHandler(test, {
    makeHandler() {
      const own = mkdtempSync(join(tmpdir(), "correlog-file-"));
      const file = join(own, "log", "a.log");
      const handler = fileHandler({ path: file, level: "trace", rotate: { maxBytes: 2 ** 40 } });
      const dispose = async (): Promise<void> => {
        await handler.shutdown().catch(() => undefined);
        rmSync(own, { recursive: true });
      };
      return { handler, records: () => parseJsonLines(readFileSync(file, "utf8")), dispose };
    },
  });
});

describe("file rotation", () => {
  test("by size: no file is larger, no line is lost or torn, the order stays", async () => {
    const handler = fileHandler({ path, rotate: { maxBytes: 500, keep: 100 } });
    const logger = new Logger(handler);
    for (const i of upTo(200)) {
      logger.info("line", { i });
      if (i % 7 === 0) await handler.flush();
    }
    await handler.shutdown();
    expect(everywhere()).toEqual(upTo(200));
    expect(Math.max(...files().map((file) => statSync(join(dir, file)).size))).toBeLessThanOrEqual(500);
    expect(handler.stats()).toEqual({ dropped: 0, rotations: files().length - 1, reopened: files().length - 1 });
  });

  test("only as many files are kept as was asked, the newest ones, also when it was more before", async () => {
    for (const i of [3, 4, 5, 6]) writeFileSync(`${path}.${i}`, "old\n");
    const handler = fileHandler({ path, rotate: { maxBytes: 300, keep: 2 } });
    const logger = new Logger(handler, { clock: () => 0 });
    for (const i of upTo(40)) logger.info("line", { i });
    await handler.shutdown();
    expect(files()).toEqual(["app.log", "app.log.1", "app.log.2"]);
    const kept = everywhere();
    expect(kept).toEqual(upTo(40).slice(-kept.length));
  });

  test("a line longer than a file has one of its own", async () => {
    const handler = fileHandler({ path, rotate: { maxBytes: 300 } });
    const logger = new Logger(handler);
    logger.info("short", { i: 0 });
    logger.info("x".repeat(1000), { i: 1 });
    logger.info("short", { i: 2 });
    await handler.shutdown();
    expect([numbers("app.log.2"), numbers("app.log.1"), numbers("app.log")]).toEqual([[0], [1], [2]]);
  });

  test("by time: the first line of a new period begins a new file, an empty file stays", async () => {
    let now = Date.UTC(2026, 10, 22, 23, 59, 59);
    const handler = fileHandler({ path, clock: () => now, rotate: { every: "day" } });
    const logger = new Logger(handler, { clock: () => now });
    utimesSync(path, now / 1000, now / 1000);
    now += 86_400_000;
    logger.info("line", { i: 0 });
    await handler.flush();
    expect(files()).toEqual(["app.log"]);
    now += 86_400_000;
    logger.info("line", { i: 1 });
    await handler.shutdown();
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([[0], [1]]);
  });

  test("by time: a file that an earlier process left from an earlier period is set aside at the first line", async () => {
    writeFileSync(path, '{"level":"INFO","msg":"m","i":0}\n');
    const now = Date.now();
    utimesSync(path, now / 1000 - 7200, now / 1000 - 7200);
    const handler = fileHandler({ path, rotate: { every: "hour" } });
    new Logger(handler).info("line", { i: 1 });
    await handler.shutdown();
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([[0], [1]]);
  });

  test("property: whatever the sizes of lines, turns and files, every line is in exactly one file", async () => {
    const shape = fc.record({
      lines: fc.array(fc.record({ size: fc.nat(400), flush: fc.boolean() }), { minLength: 1, maxLength: 60 }),
      maxBytes: fc.integer({ min: 1, max: 1500 }),
      batchBytes: fc.integer({ min: 1, max: 2000 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ lines, maxBytes, batchBytes }) => {
        for (const file of files()) rmSync(join(dir, file));
        const handler = fileHandler({ path, batchBytes, rotate: { maxBytes, keep: 1000 } });
        const logger = new Logger(handler);
        for (const [i, { size, flush }] of lines.entries()) {
          logger.info("é".repeat(size), { i });
          if (flush) await handler.flush();
        }
        await handler.shutdown();
        expect(everywhere()).toEqual(upTo(lines.length));
      }),
      { numRuns: 30 },
    );
  });

  test("a rotation that fails costs no line: they go on into the file that there is", async () => {
    const broken = Object.assign(Object.create(fs), {
      renameSync() {
        throw Object.assign(new Error("EPERM: not permitted"), { code: "EPERM" });
      },
    });
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 300 } }, broken);
    const logger = new Logger(handler);
    for (const i of upTo(20)) logger.info("line", { i });
    await handler.shutdown();
    expect(files()).toEqual(["app.log"]);
    expect(numbers("app.log")).toEqual(upTo(20));
  });

  test("a disk that takes a few bytes at a time gets each line whole into one file", async () => {
    const slow = Object.assign(Object.create(fs), {
      writeSync: (fd: number, bytes: Uint8Array, offset: number, length: number) =>
        fs.writeSync(fd, bytes, offset, Math.min(length, 33)),
    });
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 100 } }, slow);
    const logger = new Logger(handler);
    for (const i of upTo(8)) logger.info("x".repeat(60), { i });
    await handler.shutdown();
    expect(everywhere()).toEqual(upTo(8));
    expect(files()).toHaveLength(8);
  });

  test("of two writers that find the file full, the second goes on in the first one's new file", async () => {
    const handlers = [0, 1].map(() => fileHandler({ path, clock: () => 0, rotate: { maxBytes: 300 } }));
    for (const i of upTo(6)) {
      const handler = handlers[i % 2] ?? expect.fail();
      new Logger(handler, { clock: () => 0 }).info("x".repeat(50), { i });
      await handler.flush();
    }
    await Promise.all(handlers.map(async (handler) => handler.shutdown()));
    // The first one's third line: what the other wrote meanwhile it learns when it writes.
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(handlers.map((handler) => handler.stats().rotations)).toEqual([0, 1]);
  });

  test("one that was taken for dead amid its rotation overwrites no file that another set aside, and leaves that one's lock", async () => {
    const amid = Object.assign(Object.create(fs), {
      renameSync(from: string, to: string) {
        fs.renameSync(from, to);
        if (from !== `${path}.1`) return;
        fs.unlinkSync(`${path}.lock`);
        other.reopen();
        new Logger(other).info("x".repeat(300), { i: 6 });
        other.flush().catch(() => undefined);
        writeFileSync(`${path}.lock`, "");
      },
    });
    const slow = new AppendingHandler({ path, rotate: { maxBytes: 400 } }, amid);
    const other = fileHandler({ path, rotate: { maxBytes: 400 } });
    for (const i of upTo(6)) {
      new Logger(slow).info("x".repeat(100), { i });
      await slow.flush();
    }
    expect((everywhere() as number[]).toSorted((a, b) => a - b)).toEqual(upTo(7));
    expect(files()).toContain("app.log.lock");
    await Promise.all([slow.shutdown(), other.shutdown()]);
  });

  test("a rotation asks for no more numbers than there are files", async () => {
    const asked: string[] = [];
    const seen = Object.assign(Object.create(fs), {
      renameSync(from: string, to: string) {
        asked.push(from);
        fs.renameSync(from, to);
      },
    });
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 1, keep: 1000 } }, seen);
    for (const i of upTo(4)) new Logger(handler).info("line", { i });
    await handler.shutdown();
    expect(asked.map((each) => each.slice(path.length))).toEqual(["", ".1", "", ".2", ".1", ""]);
    expect(everywhere()).toEqual(upTo(4));
  });

  test("while another process is setting the file aside it grows by pieces, not by all that waits", async () => {
    const handler = fileHandler({ path, rotate: { maxBytes: 1000, keep: 100 } });
    const logger = new Logger(handler);
    logger.info("x".repeat(900), { i: 0 });
    await handler.flush();
    writeFileSync(`${path}.lock`, "");
    let written = 0;
    const watched = Object.assign(Object.create(fs), {
      writeSync(fd: number, bytes: Uint8Array, offset: number, length: number) {
        if (++written === 2) fs.unlinkSync(`${path}.lock`);
        return fs.writeSync(fd, bytes, offset, length);
      },
    });
    const second = new AppendingHandler({ path, rotate: { maxBytes: 1000, keep: 100 } }, watched);
    for (const i of upTo(100)) new Logger(second).info("line", { i: i + 1 });
    await Promise.all([second.shutdown(), handler.shutdown()]);
    expect(everywhere()).toEqual(upTo(101));
    expect(Math.max(...files().map((file) => statSync(join(dir, file)).size))).toBeLessThanOrEqual(3000);
  });

  test("a full disk costs the lines it was to write, counts them, and the next line is whole", async () => {
    let full = false;
    const disk = Object.assign(Object.create(fs), {
      writeSync(fd: number, bytes: Uint8Array, offset: number, length: number) {
        if (full && length > 1) {
          fs.writeSync(fd, bytes, offset, 10);
          full = false;
          return 10;
        }
        if (length > 1 && failing) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
        return fs.writeSync(fd, bytes, offset, length);
      },
    });
    let failing = false;
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 120 } }, disk);
    const logger = new Logger(handler);
    logger.info("line", { i: 0 });
    await handler.flush();
    full = failing = true;
    logger.info("line", { i: 1 });
    await expect(handler.flush()).rejects.toThrow(/1 lines were lost/);
    failing = false;
    logger.info("line", { i: 2 });
    await handler.shutdown();
    const lines = files().flatMap((file) => readFileSync(join(dir, file), "utf8").trimEnd().split("\n"));
    expect(handler.stats().dropped).toBe(1);
    expect(
      lines
        .filter((line) => line.endsWith("}"))
        .map((line) => JSON.parse(line).i)
        .toSorted((a: number, b: number) => a - b),
    ).toEqual([0, 2]);
  });
});

describe("a file that is moved from outside", () => {
  test("reopen() writes the next line to a new file at the path", async () => {
    const handler = fileHandler({ path, format: formatJson });
    const logger = new Logger(handler);
    logger.info("line", { i: 0 });
    await handler.flush();
    renameSync(path, `${path}.1`);
    logger.info("line", { i: 1 });
    handler.reopen();
    logger.info("line", { i: 2 });
    await handler.shutdown();
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([[0], [1, 2]]);
  });

  test("without a word it is noticed a second later, and its folder is made again", async () => {
    let now = 0;
    path = join(dir, "sub", "app.log");
    const handler = fileHandler({ path, clock: () => now });
    const logger = new Logger(handler);
    logger.info("line", { i: 0 });
    await handler.flush();
    renameSync(join(dir, "sub"), join(dir, "old"));
    now += 1000;
    logger.info("line", { i: 1 });
    await handler.shutdown();
    expect([numbers("old/app.log"), numbers("sub/app.log")]).toEqual([[0], [1]]);
  });
});

describe("a clock that is put back", () => {
  const HOUR = 3_600_000;

  test("delays no look at a file that was moved", async () => {
    let now = 10 * HOUR;
    const handler = fileHandler({ path, clock: () => now });
    const logger = new Logger(handler);
    logger.info("line", { i: 0 });
    await handler.flush();
    renameSync(path, `${path}.1`);
    now -= HOUR;
    logger.info("line", { i: 1 });
    await handler.shutdown();
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([[0], [1]]);
  });

  test("delays no try at a rotation that failed before", async () => {
    let now = 10 * HOUR;
    let fails = true;
    const broken = Object.assign(Object.create(fs), {
      renameSync(from: string, to: string) {
        if (fails) throw Object.assign(new Error("EPERM: not permitted"), { code: "EPERM" });
        fs.renameSync(from, to);
      },
    });
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 50 }, clock: () => now }, broken);
    const logger = new Logger(handler);
    for (const i of upTo(3)) {
      logger.info("line", { i });
      await handler.flush();
      if (i === 1) [fails, now] = [false, now - HOUR];
    }
    await handler.shutdown();
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([[0, 1], [2]]);
  });

  test("by a moment leaves the file; by more than a period begins one, which is no longer the old one's", async () => {
    let now = 10 * HOUR;
    const handler = fileHandler({ path, rotate: { every: "hour" }, clock: () => now });
    const logger = new Logger(handler);
    for (const at of [10 * HOUR, 10 * HOUR - 1, 7 * HOUR, 8 * HOUR]) {
      now = at;
      logger.info("line", { i: at / HOUR });
      await handler.flush();
    }
    await handler.shutdown();
    expect([numbers("app.log.2"), numbers("app.log.1"), numbers("app.log")]).toEqual([[10, (10 * HOUR - 1) / HOUR], [7], [8]]);
  });
});

/** Is `node:fs` that ends a loop which would never end. */
function bounded(own: object = {}): typeof fs {
  let writes = 0;
  const writeSync = (...args: Parameters<typeof fs.writeSync>): number => {
    if (++writes > 100) throw new Error("too many writes");
    return fs.writeSync(...args);
  };
  return Object.assign(Object.create(fs), { writeSync, ...own });
}

describe("a path that is a symbolic link", () => {
  test("stays one: what it leads to is set aside, where it lies", async () => {
    mkdirSync(join(dir, "data"));
    symlinkSync(join("data", "real.log"), path);
    const handler = fileHandler({ path, rotate: { maxBytes: 300, keep: 100 } });
    const logger = new Logger(handler);
    for (const i of upTo(20)) logger.info("line", { i });
    await handler.shutdown();
    expect(files()).toEqual(["app.log", "data"]);
    expect(readlinkSync(path)).toBe(join("data", "real.log"));
    const set = readdirSync(join(dir, "data")).toSorted((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0));
    expect(set.length).toBeGreaterThan(3);
    expect(set.flatMap((file) => numbers(join("data", file)))).toEqual(upTo(20));
  });
});

describe("a file that was removed", () => {
  test.each([{ rotate: { maxBytes: 5000 } }, {}])(
    "and cannot be made again costs lines, which are counted, until it can: %o",
    async (options) => {
      const sub = join(dir, "sub");
      path = join(sub, "app.log");
      const handler = new AppendingHandler({ path, ...options }, bounded());
      const logger = new Logger(handler);
      logger.info("line", { i: 0 });
      await handler.flush();
      rmSync(sub, { recursive: true });
      writeFileSync(sub, "no folder");
      handler.reopen();
      for (const i of [1, 2]) {
        logger.info("line", { i });
        await expect(handler.flush()).rejects.toMatchObject({
          message: expect.stringMatching(/1 lines were lost$/) as unknown,
          cause: { message: expect.stringMatching(new RegExp(`^path ${path}: E[A-Z]+: (?!.*path )`)) as unknown },
        });
      }
      rmSync(sub);
      logger.info("line", { i: 3 });
      await handler.shutdown();
      expect(numbers("sub/app.log")).toEqual([3]);
      expect(handler.stats()).toEqual({ dropped: 2, rotations: 0, reopened: 1 });
    },
  );

  test("costs a process that rotates no line, when it can be made again", async () => {
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 5000 } }, bounded());
    const logger = new Logger(handler);
    logger.info("line", { i: 0 });
    await handler.flush();
    rmSync(path);
    logger.info("line", { i: 1 });
    await handler.shutdown();
    expect(numbers("app.log")).toEqual([1]);
  });

  test("is not what it is taken for where a file system counts no names", async () => {
    const uncounted = bounded({ fstatSync: (fd: number) => Object.assign(fs.fstatSync(fd), { nlink: 0 }) });
    const handler = new AppendingHandler({ path, rotate: { maxBytes: 5000 } }, uncounted);
    const logger = new Logger(handler);
    for (const i of upTo(3)) logger.info("line", { i });
    await handler.shutdown();
    expect(numbers("app.log")).toEqual(upTo(3));
  });
});

const SOURCE = pathToFileURL(join(import.meta.dirname, "../../src")).href;
const program = (text: string): string => `
import { fileHandler } from "${SOURCE}/file/file-handler.ts";
import { Logger } from "${SOURCE}/logger/logger.ts";
import { renameSync } from "node:fs";
const path = ${JSON.stringify(path)};
${text}`;

async function child(text: string): Promise<void> {
  await promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module", "-e", program(text)]);
}

describe("processes", () => {
  test("three that append to one rotating file lose no line and tear none", async () => {
    const one = (from: number): Promise<void> =>
      child(`const logger = new Logger(fileHandler({ path, rotate: { maxBytes: 4000, keep: 1000 } }));
for (let i = ${from}; i < ${from + 1500}; i++) { logger.info("line", { i }); if (i % 15 === 0) await new Promise((resolve) => setTimeout(resolve, 1)); }`);
    await Promise.all([one(0), one(1500), one(3000)]);
    expect(files().every((file) => !file.endsWith(".lock"))).toBe(true);
    // How many depends on how often two meet: what is written meanwhile makes a file larger.
    expect(files().length).toBeGreaterThan(5);
    expect((everywhere() as number[]).toSorted((a, b) => a - b)).toEqual(upTo(4500));
  });

  test("SIGHUP opens the path again and does not end the process; process.exit() loses nothing", async () => {
    await child(`
const logger = new Logger(fileHandler({ path, reopenOn: "SIGHUP" }));
logger.info("line", { i: 0 });
await logger.flush();
renameSync(path, path + ".1");
process.kill(process.pid, "SIGHUP");
setTimeout(() => { logger.info("line", { i: 1 }); process.exit(0); }, 50);`);
    expect([numbers("app.log.1"), numbers("app.log")]).toEqual([[0], [1]]);
  });

  test("a relative path is the same file when the process goes to another folder", async () => {
    await child(`
process.chdir(path.slice(0, path.lastIndexOf("/")));
const handler = fileHandler({ path: "app.log" });
const logger = new Logger(handler);
logger.info("line", { i: 0 });
await handler.flush();
process.chdir("/");
handler.reopen();
logger.info("line", { i: 1 });
await handler.shutdown();`);
    expect(everywhere()).toEqual(upTo(2));
  });

  test("any number of files hear one signal by one listener, each until its shutdown()", async () => {
    await child(`
const { strictEqual } = await import("node:assert");
process.on("warning", (warning) => { throw warning; });
const opened = (i) => fileHandler({ path: path + "." + (i + 1), reopenOn: "SIGUSR2" });
const handlers = [opened(0)];
const count = process.listenerCount("SIGUSR2");
for (let i = 1; i < 12; i++) handlers.push(opened(i));
strictEqual(process.listenerCount("SIGUSR2"), count);
await handlers[0].shutdown();
await handlers[0].shutdown();
process.kill(process.pid, "SIGUSR2");
await new Promise((resolve) => setTimeout(resolve, 50));
for (const [i, handler] of handlers.entries()) {
  if (i > 0) new Logger(handler).info("line", { i });
  await handler.shutdown();
  strictEqual(handler.stats().reopened, i > 0 ? 1 : 0);
}
strictEqual(process.listenerCount("SIGUSR2"), count - 1);`);
    expect(files()).toHaveLength(12);
  });

  test("after shutdown() SIGHUP ends the process again", async () => {
    const ended = child(`
const handler = fileHandler({ path, reopenOn: "SIGHUP" });
await handler.shutdown();
process.kill(process.pid, "SIGHUP");
setTimeout(() => {}, 2000);`);
    await expect(ended).rejects.toMatchObject({ signal: "SIGHUP" });
  });
});

describe("fileHandler's options fail at set-up", () => {
  const CASES: readonly [string, object, RegExp][] = [
    ["no path", {}, /^path: expected the path of a file, got undefined$/],
    ["a path below a file", { path: "/dev/null/x.log" }, /^path \/dev\/null\/x\.log: ENOTDIR/],
    ["a folder", { path: "/tmp" }, /^path \/tmp: EISDIR/],
    [
      "a folder that is not there",
      { path: "/tmp/correlog-nobody/" },
      /^path: expected the path of a file, got "\/tmp\/correlog-nobody\/"$/,
    ],
    ["a path where no folder can be made", { path: "/proc/correlog/logs/x.log" }, /^path \/proc\/correlog\/logs\/x\.log: ENOENT/],
    ["nothing", undefined as never, /^fileHandler: expected an object of options, got undefined$/],
    [
      "a name that is none",
      { path: "/tmp/x", rotation: { maxBytes: 1 } },
      /^fileHandler: expected options among path, format, rotate, reopenOn, .*, got "rotation"$/,
    ],
    [
      "a name that is none, in rotate",
      { path: "/tmp/x", rotate: { maxBytes: 1, maxFiles: 5 } },
      /^rotate: expected options among maxBytes, every, keep, got "maxFiles"$/,
    ],
    [
      "a value that has no text",
      { path: "/tmp/x", mode: Object.create(null) },
      /^mode: expected permissions .* got \[object Object\]$/,
    ],
    ["a bigint", { path: 5n }, /^path: expected the path of a file, got 5n$/],
    [
      "a level that has no text",
      { path: "/tmp/x", level: Object.create(null) },
      /^level: expected a level name .* got \[object Object\]$/,
    ],
    ["a format that is no function", { path: "/tmp/x", format: "json" }, /^format: expected a function, got "json"$/],
    ["no reason to rotate", { path: "/tmp/x", rotate: {} }, /^rotate: expected maxBytes, every or both, got neither$/],
    [
      "maxBytes",
      { path: "/tmp/x", rotate: { maxBytes: 0 } },
      /^rotate\.maxBytes: expected a whole number of bytes from 1 up, got 0$/,
    ],
    ["every", { path: "/tmp/x", rotate: { every: "week" } }, /^rotate\.every: expected day, hour or .* got "week"$/],
    [
      "keep",
      { path: "/tmp/x", rotate: { every: "day", keep: 0 } },
      /^rotate\.keep: expected a whole number from 1 to 1000, got 0$/,
    ],
    ["reopenOn", { path: "/tmp/x", reopenOn: "SIGKILL" }, /^reopenOn: expected SIGHUP, SIGUSR1, SIGUSR2, got "SIGKILL"$/],
    ["mode", { path: "/tmp/x", mode: 0o1777 }, /^mode: expected permissions from 0 to 0o777, got 1023$/],
    ["level", { path: "/tmp/x", level: "loud" }, /^level: expected a level name/],
  ];
  for (const [name, options, message] of CASES) {
    test(`option: ${name}`, () => expect(() => fileHandler(options as never)).toThrow(message));
  }
});
