import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { receiver } from "../otlp/receiver.ts";
import { PROTO_DIR } from "../otlp/protocol.ts";
import { run } from "./child.ts";
import type { AddressInfo } from "node:net";

const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

/** Sends itself a signal, and 600 ms later once more: the first is still held back by then, and for 140 turns of 10 ms more. */
const TWICE = `
import { writeSync } from "node:fs";
const count = (turns) => { if (turns === 50) writeSync(2, "not at once\\n"); else setTimeout(count, 10, turns + 1); };
const lives = setInterval(() => {}, 1000);
const twice = (before = () => {}) => {
  process.kill(process.pid, "SIGINT");
  setTimeout(() => { before(); process.kill(process.pid, "SIGINT"); count(0); }, 600);
};
`;

/** A pipe whose reader takes nothing until the process is over, then counts the lines. */
const LATE_READER = "($RUN; touch over) | (until [ -e over ]; do sleep 0.05; done; wc -l)";

/** A receiver that takes connections and reads nothing. */
async function deaf(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((socket) => socket.pause().on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

describe.concurrent("a second signal while the first is held back ends the process at once, and", () => {
  test("what syslog holds is counted and said", async () => {
    await using to = await deaf();
    const ended = await run(`import { Logger } from "correlog";
      import { syslogHandler } from ${source("syslog/syslog-handler.ts")};
      ${TWICE}
      const handler = syslogHandler({ transport: "tcp", host: "127.0.0.1", port: ${to.port}, maxQueueBytes: 67108864 });
      const logger = new Logger(handler);
      for (let i = 0; i < 20_000; i++) logger.info("m".repeat(1000));
      twice(() => writeSync(2, "queued " + handler.stats().queued + "\\n"));`);
    expect(ended).toMatchObject({ code: null, signal: "SIGINT" });
    const queued = Number(/^queued (\d+)$/m.exec(ended.stderr)?.[1]);
    expect(queued).toBeGreaterThan(0);
    expect(ended.stderr).toContain(`correlog: syslog: ${queued} messages dropped: the process ended before they were sent`);
    expect(ended.stderr).not.toContain("not at once");
  });

  test.skipIf(PROTO_DIR === undefined)("what OTLP holds is counted and said", async () => {
    const to = await receiver();
    to.fallback = "stall";
    const ended = await run(`import { Logger } from "correlog";
      import { otlpHandler } from ${source("otlp/otlp-handler.ts")};
      ${TWICE}
      const logger = new Logger(otlpHandler({ env: {}, endpoint: ${JSON.stringify(to.url)}, compression: "none" }));
      for (let i = 0; i < 1000; i++) logger.info("m");
      twice(() => logger.info("between"));`);
    await to.close();
    expect(ended).toMatchObject({ code: null, signal: "SIGINT" });
    expect(ended.stderr).toContain("correlog: otlp exit: 1001 records not delivered before the process ended");
    expect(ended.stderr).not.toContain("not at once");
  });

  test("lines that a reader does not take are counted and said, and those in a file are out", async () => {
    const ended = await run(
      `import { fanout, fdWriter, jsonHandler, Logger } from "correlog";
      import { openSync } from "node:fs";
      ${TWICE}
      // A pipe that answers EAGAIN.
      process.stdout;
      const file = jsonHandler({ writer: fdWriter(openSync("log", "a"), { flushIntervalMs: 60_000 }) });
      const logger = new Logger(fanout(jsonHandler(), file));
      for (let i = 0; i < 2000; i++) logger.info("line", { text: "x".repeat(170) });
      twice(() => logger.info("between"));`,
      { shell: `${LATE_READER}; wc -l < log` },
    );
    const [piped = 0, filed] = ended.stdout.trim().split("\n").map(Number);
    expect(filed).toBe(2001);
    expect(piped).toBeGreaterThan(0);
    expect(ended.stderr).toContain(`correlog: writer: fd 1: ${2001 - piped} lines lost: the process ended`);
  });
});

test.skipIf(PROTO_DIR === undefined)(
  "a signal that comes twice at once, as npm passes on a Ctrl-C, is one: what OTLP holds is delivered",
  async () => {
    const to = await receiver();
    to.fallback = { delayMs: 600 };
    const ended = await run(
      `import { Logger } from "correlog";
    import { otlpHandler } from ${source("otlp/otlp-handler.ts")};
    setInterval(() => {}, 1000);
    const logger = new Logger(otlpHandler({ env: {}, endpoint: ${JSON.stringify(to.url)}, compression: "none" }));
    for (let i = 0; i < 1000; i++) logger.info("m");
    process.stderr.write("ready\\n");`,
      {
        ready: (child) => {
          child.kill("SIGINT");
          setTimeout(() => child.kill("SIGINT"), 100);
        },
      },
    );
    await to.close();
    expect(ended).toMatchObject({ code: null, signal: "SIGINT", stderr: "" });
    expect(to.messages()).toHaveLength(1000);
  },
);

test("what is left when a signal was held back for 2 s is counted and said", async () => {
  const ended = await run(
    `import { jsonHandler, Logger } from "correlog";
    process.stdout;
    setInterval(() => {}, 1000);
    const logger = new Logger(jsonHandler());
    for (let i = 0; i < 2000; i++) logger.info("line", { text: "x".repeat(170) });
    process.kill(process.pid, "SIGINT");`,
    { shell: LATE_READER },
  );
  const piped = Number(ended.stdout);
  expect(piped).toBeGreaterThan(0);
  expect(ended.stderr).toContain(`correlog: writer: fd 1: ${2000 - piped} lines lost: the process ended`);
});
