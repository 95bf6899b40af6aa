import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fdWriter } from "../../src/write/descriptor.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { FdWriterOptions } from "../../src/write/fd-writer-options.ts";
import type { WriteSync } from "../../src/write/write-sync.ts";

type Answer = number | "EAGAIN" | "EPIPE" | "ENOSPC";

/** A descriptor that answers each write as it is told (a number: so many bytes taken), and then takes all. */
class Descriptor {
  taken = "";
  calls = 0;
  readonly answers: Answer[] = [];
  /** What is answered once there is no answer left. */
  always: Answer = Infinity;

  readonly writeSync: WriteSync = (_fd, bytes, offset, length) => {
    this.calls++;
    const answer = this.answers.shift() ?? this.always;
    if (typeof answer === "string") throw Object.assign(new Error(`${answer}: no`), { code: answer });
    const count = Math.min(answer, length);
    this.taken += Buffer.from(bytes.buffer, bytes.byteOffset + offset, count).toString("utf8");
    return count;
  };
}

function setUp(answers: readonly Answer[] = [], options: FdWriterOptions = {}): { fd: Descriptor; writer: FdWriter } {
  const fd = new Descriptor();
  fd.answers.push(...answers);
  return { fd, writer: new FdWriter(7, options, fd.writeSync) };
}

const said: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(fs, "writeSync").mockImplementation((_fd, text) => said.push(String(text)));
});

afterEach(() => {
  vi.advanceTimersByTime(20_000);
  vi.useRealTimers();
  vi.restoreAllMocks();
  said.length = 0;
});

describe("a writer of lines gathers them", () => {
  test("and writes them at the end of the turn, all in one", () => {
    const { fd, writer } = setUp();
    writer.write("one\n");
    writer.write("zwei é\n");
    expect(fd.taken).toBe("");
    vi.advanceTimersToNextTimer();
    expect(fd).toMatchObject({ taken: "one\nzwei é\n", calls: 1 });
  });

  test("and writes within the turn from 16 KiB on, or from where it is told", () => {
    const { fd, writer } = setUp([], { batchBytes: 10 });
    writer.write("12345678\n");
    expect(fd.calls).toBe(0);
    writer.write("9\n");
    expect(fd.taken).toBe("12345678\n9\n");
    const other = setUp();
    other.writer.write(`${"x".repeat(16_382)}\n`);
    expect(other.fd.calls).toBe(0);
    other.writer.write("\n");
    expect(other.fd.calls).toBe(1);
  });

  test("and writes them after an interval, each line at most so late, where it is told one", () => {
    const { fd, writer } = setUp([], { flushIntervalMs: 100, batchBytes: 10 });
    writer.write("one\n");
    vi.advanceTimersByTime(60);
    writer.write("two\n");
    vi.advanceTimersByTime(39);
    expect(fd.calls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fd).toMatchObject({ taken: "one\ntwo\n", calls: 1 });
    writer.write("three\n");
    vi.advanceTimersByTime(99);
    expect(fd.calls).toBe(1);
    writer.write("four\n");
    expect(fd).toMatchObject({ taken: "one\ntwo\nthree\nfour\n", calls: 2 });
    writer.write("five\n");
    writer.commit(true);
    expect(fd.calls).toBe(3);
  });

  test("and writes at once when asked, what was gathered before it included", () => {
    const { fd, writer } = setUp();
    writer.write("one\n");
    writer.write("two\n");
    writer.commit(true);
    expect(fd).toMatchObject({ taken: "one\ntwo\n", calls: 1 });
    vi.advanceTimersToNextTimer();
    expect(fd.calls).toBe(1);
  });

  test("and puts those behind that come while an encoder writes one", () => {
    const { fd, writer } = setUp();
    writer.writing = true;
    writer.write("inner\n");
    writer.commit(true);
    expect([writer.length, fd.calls]).toEqual([0, 0]);
    writer.writing = false;
    writer.length += writer.bytes.write("outer\n", writer.length);
    writer.commit(false);
    vi.advanceTimersToNextTimer();
    expect(fd.taken).toBe("outer\ninner\n");
  });

  test("in a buffer that grows for a long line, and gives the room back", async () => {
    const { fd, writer } = setUp();
    const line = `${"é".repeat(1_000_000)}\n`;
    writer.write("short\n");
    writer.write(line);
    await writer.flush();
    expect(fd.taken).toBe(`short\n${line}`);
    expect(writer.bytes.length).toBe(65_536);
  });
});

const PARTS: readonly { name: string; answers: readonly Answer[]; calls: number }[] = [
  { name: "takes one byte at a time", answers: [1, 1, 1, 1, 1, 1, 1, 1], calls: 8 },
  { name: "takes a part, then the rest", answers: [5], calls: 2 },
  { name: "is full at first", answers: ["EAGAIN", "EAGAIN"], calls: 3 },
  { name: "is full amid a line", answers: [5, "EAGAIN", 1, "EAGAIN"], calls: 5 },
];

describe("a reader that is slow gets every byte once, when it", () => {
  for (const { name, answers, calls } of PARTS) {
    test(`${name}, by time`, () => {
      const { fd, writer } = setUp(answers);
      writer.write("one\ntwo\n");
      vi.advanceTimersByTime(1000);
      expect(fd).toMatchObject({ taken: "one\ntwo\n", calls });
    });

    test(`${name}, by a flush`, async () => {
      const { fd, writer } = setUp(answers);
      writer.write("one\ntwo\n");
      const flushed = writer.flush();
      await vi.advanceTimersByTimeAsync(1000);
      await flushed;
      expect(fd.taken).toBe("one\ntwo\n");
    });

    test(`${name}, at the process's end`, () => {
      const { fd, writer } = setUp(answers);
      writer.write("one\ntwo\n");
      writer.flushSync();
      expect(fd).toMatchObject({ taken: "one\ntwo\n", calls });
    });
  }

  test("takes bits of a long queue, without its order being lost", () => {
    const { fd, writer } = setUp(["EAGAIN"]);
    let all = "";
    for (let i = 0; i < 3000; i++) {
      const line = `line ${i}\n`;
      all += line;
      writer.write(line);
      if (i % 3 === 0) {
        fd.answers.push(i % 50, "EAGAIN");
        vi.advanceTimersByTime(5);
      }
    }
    vi.advanceTimersByTime(100);
    expect(fd.taken).toBe(all);
  });
});

describe("a reader that takes nothing", () => {
  test("is asked each 5 ms and no more, however many lines and flushes there are meanwhile", async () => {
    const { fd, writer } = setUp();
    fd.always = "EAGAIN";
    writer.write("one\n");
    vi.advanceTimersByTime(1000);
    expect(fd.calls).toBeGreaterThan(150);
    expect(fd.calls).toBeLessThan(205);
    fd.calls = 0;
    const flushes = Promise.allSettled([writer.flush(), writer.flush(), writer.flush()]);
    for (let i = 0; i < 1000; i++) writer.write("more\n");
    await vi.advanceTimersByTimeAsync(1000);
    // Its own, and one for each flush.
    expect(fd.calls).toBeLessThan(4 * 205);
    fd.always = Infinity;
    await vi.advanceTimersByTimeAsync(10);
    expect((await flushes).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
  });

  test("costs the newest lines beyond the bound, which are counted", async () => {
    const { fd, writer } = setUp([], { maxPendingBytes: 10 });
    fd.always = "EAGAIN";
    writer.write("1234\n");
    vi.advanceTimersToNextTimer();
    for (const line of ["5678\n", "9\n", "two\nlines\n"]) writer.write(line);
    expect(writer.dropped).toBe(3);
    fd.always = Infinity;
    const flushed = writer.flush();
    await expect(flushed).rejects.toThrow("fd 7: 3 lines were lost");
    expect(fd.taken).toBe("1234\n5678\n");
    writer.write("again\n");
    await writer.flush();
    expect(fd.taken).toBe("1234\n5678\nagain\n");
  });

  test("makes a flush reject after 5 s, with what waits", async () => {
    const { fd, writer } = setUp();
    fd.always = "EAGAIN";
    writer.write("1234\n");
    const flushed = Promise.allSettled([writer.flush()]);
    await vi.advanceTimersByTimeAsync(5100);
    expect(await flushed).toMatchObject([{ reason: { message: "fd 7: the reader takes nothing, 5 bytes wait" } }]);
  });

  test("and then goes away ends a flush that waits for it, with what was lost", async () => {
    const { writer } = setUp(["EAGAIN", "EAGAIN", "EPIPE"]);
    writer.write("one\ntwo\n");
    const flushed = Promise.allSettled([writer.flush()]);
    await vi.advanceTimersByTimeAsync(50);
    writer.write("three\n");
    expect(await Promise.race([flushed, Promise.resolve("still waiting")])).toMatchObject([
      { reason: { message: "fd 7: 2 lines were lost" } },
    ]);
  });

  test("does not make a flush wait for lines that came after it", async () => {
    const { fd, writer } = setUp(["EAGAIN", 4, "EAGAIN"]);
    fd.always = "EAGAIN";
    writer.write("one\n");
    const flushed = writer.flush();
    writer.write("two\n");
    await vi.advanceTimersByTimeAsync(50);
    await flushed;
    expect(fd.taken).toBe("one\n");
  });
});

const FAILURES: readonly { name: string; answers: readonly Answer[]; lost: number; want: string }[] = [
  { name: "before anything was out", answers: ["ENOSPC"], lost: 2, want: "again\n" },
  { name: "between two lines", answers: [4, "ENOSPC"], lost: 1, want: "one\nagain\n" },
  { name: "amid a line", answers: [5, "ENOSPC"], lost: 1, want: "one\nt\nagain\n" },
  { name: "amid a line, later", answers: [5, "EAGAIN", "EPIPE"], lost: 1, want: "one\nt\nagain\n" },
  { name: "amid a line, and again as it is to be mended", answers: [5, "ENOSPC", "ENOSPC"], lost: 2, want: "one\nt\nthird\n" },
];

describe("a write that fails costs the lines it was to write, each counted, and the next line is whole", () => {
  for (const { name, answers, lost, want } of FAILURES) {
    test(`when it fails ${name}`, async () => {
      const { fd, writer } = setUp(answers);
      writer.write("one\ntwo\n");
      vi.advanceTimersByTime(20);
      writer.write("again\n");
      vi.advanceTimersByTime(20);
      if (lost === 2 && want.includes("third")) writer.write("third\n");
      await expect(writer.flush()).rejects.toThrow(`fd 7: ${lost} lines were lost`);
      expect(fd.taken).toBe(want);
      await writer.flush();
    });
  }

  test("it is said once in 10 s, with the number", () => {
    const { fd, writer } = setUp();
    fd.always = "EPIPE";
    for (let i = 0; i < 10; i++) {
      writer.write("one\ntwo\n");
      vi.advanceTimersByTime(10);
    }
    expect(said).toEqual(["correlog: writer: fd 7: 2 lines lost: EPIPE: no\n"]);
    vi.advanceTimersByTime(10_000);
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/^correlog: writer: 18 more \(\d+ in all\), last: fd 7: 2 lines lost: EPIPE: no\n$/),
    ]);
  });

  test("and after a reader that took nothing at the end of the process", () => {
    const { fd, writer } = setUp();
    fd.always = "EAGAIN";
    writer.write("one\ntwo\n");
    vi.spyOn(Atomics, "wait").mockReturnValue("timed-out");
    writer.flushSync();
    expect(writer.dropped).toBe(2);
    fd.always = Infinity;
    writer.write("three\n");
    vi.advanceTimersByTime(10);
    expect(fd.taken).toBe("three\n");
  });
});

const BAD: readonly { name: string; use: () => unknown; want: string }[] = [
  {
    name: "batchBytes",
    use: () => fdWriter(1, { batchBytes: 0 }),
    want: "batchBytes: expected a whole number of bytes from 1 up, got 0",
  },
  {
    name: "maxPendingBytes",
    use: () => fdWriter(1, { maxPendingBytes: 1.5 }),
    want: "maxPendingBytes: expected a whole number of bytes from 1 up, got 1.5",
  },
  {
    name: "flushIntervalMs",
    use: () => fdWriter(1, { flushIntervalMs: -1 }),
    want: "flushIntervalMs: expected whole milliseconds from 0 to 60000, got -1",
  },
  { name: "a negative descriptor", use: () => fdWriter(-1), want: "fd: expected a file descriptor, got -1" },
  { name: "a path", use: () => fdWriter("app.log" as unknown as number), want: 'fd: expected a file descriptor, got "app.log"' },
];

describe("fdWriter names what is wrong", () => {
  for (const { name, use, want } of BAD) test(`with ${name}`, () => expect(use).toThrow(new RangeError(want)));
});
