import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { StreamWriter } from "../../src/write/stream-writer.ts";
import type { NodeStream } from "../../src/write/stream-writer.ts";

type Answer = (error?: Error | null) => void;

/** A stream that does with each line what a test says. */
function streamOf(write: (text: string, done: Answer) => void): NodeStream {
  return new (class extends Writable {
    override write(text: unknown, done?: unknown): boolean {
      write(String(text), done as Answer);
      return true;
    }
  })();
}

/** Tells whether a promise settles before anything else happens. */
async function outcome(promise: Promise<void>): Promise<string> {
  return Promise.race([
    promise.then(
      () => "resolved",
      (error: Error) => error.message,
    ),
    new Promise<string>((resolve) => setImmediate(resolve, "pending")),
  ]);
}

describe("a stream writer", () => {
  test("counts the line of a write that throws, and a flush ends", async () => {
    let calls = 0;
    const writer = StreamWriter.of(
      streamOf((_text, done) => {
        if (++calls === 1) throw new Error("closed by its owner");
        done();
      }),
    );
    expect(() => writer.write("one\n")).not.toThrow();
    writer.write("two\n");
    expect(await outcome(writer.flush())).toBe("stream: 1 lines were lost");
    expect(await outcome(writer.flush())).toBe("resolved");
    expect(writer.dropped).toBe(1);
  });

  test("counts a line once, whatever a stream throws and answers", async () => {
    const writer = StreamWriter.of(
      streamOf((_text, done) => {
        done(new Error("answered"));
        done(new Error("answered again"));
        throw new Error("thrown");
      }),
    );
    writer.write("one\n");
    expect(await outcome(writer.flush())).toBe("stream: 1 lines were lost");
    expect(writer.dropped).toBe(1);
  });

  test("bounds what a stream in object mode holds by its length, not by its number", () => {
    const writer = StreamWriter.of(new Writable({ objectMode: true, write: () => undefined }));
    const line = `${"x".repeat(65_535)}\n`;
    for (let i = 0; i < 300; i++) writer.write(line);
    // 256 lines are 16 MiB; the one behind them is still taken.
    expect(writer.dropped).toBe(300 - 257);
  });

  test("a flush waits for the lines before it, also while later ones are dropped", async () => {
    const answers: Answer[] = [];
    const writer = StreamWriter.of(streamOf((_text, done) => void answers.push(done)));
    const line = `${"x".repeat(9_000_000)}\n`;
    writer.write(line);
    writer.write(line);
    const flush = writer.flush();
    writer.write("dropped\n");
    answers.shift()?.();
    expect(await outcome(flush)).toBe("pending");
    answers.shift()?.();
    expect(await outcome(flush)).toBe("stream: 1 lines were lost");
  });

  test("what a closed stream answers late says nothing of later lines", async () => {
    const answers: Answer[] = [];
    const stream = streamOf((_text, done) => void answers.push(done)) as Writable & NodeStream;
    const writer = StreamWriter.of(stream);
    writer.write("before\n");
    stream.emit("close");
    expect(await outcome(writer.flush())).toBe("stream: 1 lines were lost");
    writer.write("behind\n");
    answers.shift()?.();
    expect(await outcome(writer.flush())).toBe("pending");
    answers.shift()?.(new Error("destroyed"));
    expect(writer.dropped).toBe(2);
  });
});
