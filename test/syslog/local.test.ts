import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { udpLink } from "../../src/syslog/link.ts";
import { localSyncSend } from "../../src/syslog/local-link.ts";
import { syslogHandler } from "../../src/syslog/syslog-handler.ts";
import { ALL, child, ENDS } from "./child.ts";
import { parse, unframe } from "./rfc5424.ts";
import type { LocalSocket } from "../../src/syslog/index.ts";
import type { Link } from "../../src/syslog/link.ts";

/** An app that has the package of the README's recipe; `npm run test:setup` installs it. */
const APP = join(import.meta.dirname, "../fixtures/unix-socket/app.js");
const { DgramSocket } = createRequire(APP)("node-unix-socket") as { readonly DgramSocket: new () => LocalSocket };

/** Binds a datagram socket, which Node cannot, and writes what comes as frames. A line on standard input lets it read. */
const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
out = sys.stdout.buffer
out.write(b"2 up")
out.flush()
sys.stdin.readline()
while True:
    message = receiver.recv(70000)
    out.write(b"%d %b" % (len(message), message))
    out.flush()
`;

const hasPython = canRun("python3");
if (!hasPython) console.warn("skipped: no python3 to receive datagrams of a local socket with");

function canRun(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const frees: (() => void)[] = [];
let path: string;
beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), "correlog-syslog-"));
  path = join(dir, "log");
  frees.push(() => rmSync(dir, { recursive: true, force: true }));
});
afterEach(() => {
  for (const free of frees.splice(0).toReversed()) free();
});

interface LocalReceiver {
  /** The texts that came. */
  readonly texts: () => readonly string[];
  /** Lets it read what comes. */
  readonly read: () => void;
  readonly stop: () => Promise<void>;
}

async function receiver(): Promise<LocalReceiver> {
  const process = spawn("python3", ["-c", RECEIVER, path], { stdio: ["pipe", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  process.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const stop = async (): Promise<void> => {
    process.kill("SIGKILL");
    await once(process, "exit");
    rmSync(path, { force: true });
  };
  frees.push(() => void process.kill("SIGKILL"));
  await vi.waitFor(() => expect(chunks.length).toBeGreaterThan(0), 5000);
  return {
    texts: () =>
      unframe(Buffer.concat(chunks))
        .slice(1)
        .map((bytes) => parse(bytes).text),
    read: () => void process.stdin.write("\n"),
    stop,
  };
}

const open = (): LocalSocket => new DgramSocket();
/** Is that for a program in another process. */
const SOCKET = `socket: (() => {
  const { DgramSocket } = process.getBuiltinModule("node:module").createRequire(${JSON.stringify(APP)})("node-unix-socket");
  return () => new DgramSocket();
})()`;

describe.skipIf(!hasPython)("a local datagram socket", () => {
  test("a message is a datagram; a burst that its queue has no room for waits, in its order", async () => {
    const { texts, read } = await receiver();
    const handler = syslogHandler({ transport: "unix-dgram", path, socket: open });
    const logger = new Logger(handler);
    const want = Array.from({ length: 1000 }, (_, i) => `m${i} ü`);
    for (const text of want) logger.info(text);
    // The system holds a few of them, 10 where nobody has set it, until they are read.
    await vi.waitFor(() => expect(handler.stats().sent).toBeGreaterThan(0));
    expect(handler.stats().queued).toBeGreaterThan(0);
    read();
    await handler.shutdown();
    await vi.waitFor(() => expect(texts()).toEqual(want));
    expect(handler.stats()).toEqual({ sent: 1000, dropped: 0, queued: 0, reconnects: 0 });
  });

  test("one that nobody reads costs no turns of the event loop, is said, and is tried again", async () => {
    const { texts, read } = await receiver();
    const handler = syslogHandler({ transport: "unix-dgram", path, socket: open, flushTimeoutMs: 2500 });
    const logger = new Logger(handler);
    for (const text of ALL) logger.info(text);
    const before = performance.eventLoopUtilization();
    await expect(handler.flush()).rejects.toMatchObject({ cause: { message: `${path} has had no room for 2000 ms` } });
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.3);
    read();
    await handler.shutdown();
    await vi.waitFor(() => expect(texts()).toEqual(ALL));
  });

  test("while the receiver is away messages wait, and go when it is back", async () => {
    const first = await receiver();
    first.read();
    const handler = syslogHandler({ transport: "unix-dgram", path, socket: open });
    const logger = new Logger(handler);
    logger.info("before");
    await handler.flush();
    await vi.waitFor(() => expect(first.texts()).toEqual(["before"]));
    await first.stop();
    logger.info("meanwhile");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(handler.stats()).toMatchObject({ sent: 1, queued: 1 });
    const second = await receiver();
    second.read();
    await handler.shutdown();
    await vi.waitFor(() => expect(second.texts()).toEqual(["meanwhile"]));
  });

  describe("the end of the process loses nothing", () => {
    test.each(ENDS)("$name", async ({ program }) => {
      const { texts, read } = await receiver();
      read();
      const options = { transport: "unix-dgram", path } as const;
      expect(await child(options, program, SOCKET)).toBe("");
      await vi.waitFor(() => expect(texts()).toEqual(ALL));
    });

    test("a receiver that does not read holds it up for 2 s, and what is lost is said", async () => {
      await receiver();
      const start = performance.now();
      const program = `for (let i = 0; i < 1000; i++) logger.info("m"); process.exit(0);`;
      const options = { transport: "unix-dgram", path } as const;
      const stderr = await child(options, program, SOCKET);
      expect(stderr).toMatch(
        /correlog: syslog: \d{3} messages dropped: the process ended before they were sent: .* has no room\n/,
      );
      expect(performance.now() - start).toBeLessThan(9500);
    });
  });

  test("as a stream it cannot be opened, and what to do is said", async () => {
    await receiver();
    const handler = syslogHandler({ transport: "unix", path, flushTimeoutMs: 100 });
    new Logger(handler).info("m");
    const want = `connect EPROTOTYPE ${path}: it is a datagram socket; use transport "unix-dgram" and the option socket`;
    await expect(handler.flush()).rejects.toMatchObject({ cause: { message: want } });
    await expect(handler.shutdown()).rejects.toThrow("1 wait");
    expect(await child({ transport: "unix", path }, `logger.info("m"); process.exit(0);`)).toContain(want);
  });

  test("the README's way", async () => {
    const { texts, read } = await receiver();
    read();
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const [recipe = ""] = /```ts\n[^`]*"unix-dgram"[^`]*```/.exec(readme) ?? [];
    expect(recipe).toContain("socket: () => new DgramSocket()");
    const root = join(import.meta.dirname, "../..");
    const code = recipe
      .replaceAll(/```(?:ts)?\n?/g, "")
      .replace("/dev/log", path)
      .replace('"node-unix-socket"', JSON.stringify(createRequire(APP).resolve("node-unix-socket")))
      .replace('"correlog"', JSON.stringify(join(root, "src/logger/logger.ts")))
      .replace('"correlog/syslog"', JSON.stringify(join(root, "src/syslog/index.ts")));
    execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", code], { cwd: root, timeout: 20_000 });
    await vi.waitFor(() => expect(texts()).toEqual(["order paid"]));
  });
});

/** Behaves as the socket of `unix-dgram` 2.0.7 does, which has to be compiled for each version of Node: its errors have the system's number, negative. */
class Compiled extends EventEmitter {
  static room = 0;
  static readonly got: string[] = [];
  static closed = 0;
  readonly type = "unix_dgram";
  sendto(bytes: Buffer, offset: number, length: number, _path: string, done: (error?: Error) => void): void {
    if (Compiled.room-- > 0) {
      Compiled.got.push(parse(bytes.subarray(offset, offset + length)).text);
      done();
    } else done(Object.assign(new Error("send -11"), { errno: -11, code: -11, syscall: "send" }));
  }
  close(): void {
    Compiled.closed++;
  }
}

test("unix-dgram's socket, which tells itself that there is no room, and is closed", async () => {
  const handler = syslogHandler({ transport: "unix-dgram", path, socket: () => new Compiled() });
  const logger = new Logger(handler);
  Compiled.room = 40;
  for (const text of ALL) logger.info(text);
  await vi.waitFor(() => expect(Compiled.got).toEqual(ALL.slice(0, 40)));
  expect(handler.stats()).toMatchObject({ sent: 40, queued: 60, reconnects: 0 });
  Compiled.room = 60;
  await handler.shutdown();
  expect(Compiled.got).toEqual(ALL);
  expect(Compiled.closed).toBeGreaterThan(1);
  expect(handler.stats()).toMatchObject({ sent: 100, dropped: 0, reconnects: 0 });
});

test("what has been sent before a failure is not sent again", async () => {
  const got: string[] = [];
  let failures = 1;
  const socket = (): LocalSocket => ({
    sendTo(bytes, _offset, _length, _path, done) {
      const { text } = parse(bytes);
      if (text === "m50" && failures-- > 0) return done(new Error("broken"));
      got.push(text);
      done();
    },
    close() {
      // As unix-dgram does when the system says no; that must not reach the app.
      if (got.length > 0) throw new Error("close");
    },
  });
  const handler = syslogHandler({ transport: "unix-dgram", path, socket });
  const logger = new Logger(handler);
  for (const text of ALL) logger.info(text);
  await vi.waitFor(() => expect(handler.stats()).toMatchObject({ sent: 50, queued: 50 }));
  await handler.shutdown();
  expect(got).toEqual(ALL);
});

describe("a message that the system takes no datagram of its size for is lost alone, counted and said", () => {
  /** As the system says it, and as node-unix-socket does. */
  const PROBLEMS = [Object.assign(new Error("send EMSGSIZE"), { code: "EMSGSIZE", errno: -90 }), new Error("Message too long")];

  test.each(PROBLEMS)("while the process lives: %s", async (problem) => {
    const got: string[] = [];
    const handler = syslogHandler({
      transport: "unix-dgram",
      path,
      socket: () => ({
        sendTo(bytes, _offset, length, _path, done) {
          if (length > 1000) return done(problem);
          got.push(parse(bytes).text);
          done();
        },
        close: () => undefined,
      }),
    });
    const logger = new Logger(handler);
    for (const text of ["m0", "x".repeat(2000), "m1", "y".repeat(2000), "z".repeat(2000)]) logger.info(text);
    await expect(handler.flush()).rejects.toThrow("syslog: 3 messages were dropped, 0 wait");
    logger.info("m2");
    await handler.shutdown();
    expect(got).toEqual(["m0", "m1", "m2"]);
    expect(handler.stats()).toEqual({ sent: 3, dropped: 3, queued: 0, reconnects: 0 });
  });

  test.each(PROBLEMS)("at its end: %s", (problem) => {
    const got: number[] = [];
    const send = localSyncSend(path, () => ({
      sendTo(bytes, _offset, length, _path, done) {
        if (length > 3) return done(problem);
        got.push(bytes[0] ?? 0);
        done();
      },
      close: () => undefined,
    }));
    const messages = [Uint8Array.of(1), Uint8Array.of(2, 2, 2, 2), Uint8Array.of(3), Uint8Array.of(4, 4, 4, 4)];
    const { sent, problem: why } = send(messages, 1000);
    expect([got, sent, why?.message]).toEqual([[1, 3], 2, `${path}: ${problem.message}`]);
  });

  test("by UDP", async () => {
    const got: string[] = [];
    const receiver = createSocket("udp4").on("message", (message) => got.push(String(message)));
    await new Promise<void>((resolve) => receiver.bind(0, "127.0.0.1", resolve));
    const passed: unknown[] = [];
    const failed = vi.fn<(error: Error) => void>();
    const link = await new Promise<Link>((resolve) => {
      const opened = udpLink("127.0.0.1", receiver.address().port)(() => resolve(opened), failed);
    });
    const messages = [Buffer.from("m0"), new Uint8Array(70_000), Buffer.from("m1")];
    link.send(messages, (count, lost) => passed.push([count, lost?.message]));
    await vi.waitFor(() => expect(got).toEqual(["m0", "m1"]));
    expect(passed).toEqual([
      [2, undefined],
      [1, "send EMSGSIZE"],
    ]);
    expect(failed).not.toHaveBeenCalled();
    link.close();
    receiver.close();
  });
});

describe.skipIf(!existsSync("/usr/sbin/rsyslogd"))("rsyslog takes", () => {
  test("a datagram of its local socket: header, structured data and text as they were meant", async () => {
    const dir = join(path, "..");
    const template = "%pri% %timestamp:::date-rfc3339% %hostname% %app-name% %procid% %msgid% %structured-data% |%msg%|\\n";
    writeFileSync(
      join(dir, "conf"),
      `module(load="imuxsock" SysSock.Use="off")
template(name="t" type="string" string="${template}")
ruleset(name="r") { action(type="omfile" file="${dir}/out" template="t") }
input(type="imuxsock" Socket="${path}" UseSpecialParser="off" IgnoreTimestamp="off" ruleset="r")
`,
    );
    const daemon = spawn("/usr/sbin/rsyslogd", ["-n", "-f", join(dir, "conf"), "-i", join(dir, "pid")], { stdio: "ignore" });
    frees.push(() => void daemon.kill("SIGKILL"));
    await vi.waitFor(() => expect(existsSync(path)).toBe(true), 10_000);
    const form = { hostname: "web-1", appName: "shop", procId: "7", facility: "local0" } as const;
    const handler = syslogHandler({ transport: "unix-dgram", path, socket: open, ...form });
    new Logger(handler, { clock: () => Date.UTC(2026, 10, 22, 4, 5, 6, 789) }).event("order.paid", { id: 17, quote: 'a"b]c\\d' });
    await handler.shutdown();
    const want = `134 2026-11-22T04:05:06.789Z web-1 shop 7 order.paid [attrs@32473 id="17" quote="a\\"b\\]c\\\\d"] |order.paid|\n`;
    await vi.waitFor(() => expect(readFileSync(join(dir, "out"), "utf8")).toBe(want), 5000);
  });
});
