// Is every record there whose turn was over, when the process is killed at a random moment and a spool is on?
// Usage: node bench/otlp/kill.ts [times]
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiver } from "../../test/otlp/receiver.ts";

const [, , mode = "50", dir = "", url = ""] = process.argv;
if (mode === "child") await child();
else await main(Number(mode));

async function child(): Promise<void> {
  const { Logger } = await import("../../src/logger/logger.ts");
  const { otlpHandler } = await import("../../src/otlp/index.ts");
  const { writeSync } = await import("node:fs");
  const first = Number(process.argv[5]);
  const handler = otlpHandler({ env: {}, endpoint: url, spool: dir, scheduleDelayMs: 10, maxBatchRecords: 64, firstRetryMs: 5 });
  const logger = new Logger(handler);
  let sent = first;
  const turn = (): void => {
    for (let i = Math.floor(Math.random() * 30); i >= 0; i--) logger.info(`m${sent++}`, { pad: "x".repeat(Math.random() * 200) });
    // Two turns on, the one in which they were logged is over.
    setImmediate(() =>
      setImmediate(() => {
        writeSync(1, `${sent - 1}\n`);
        setTimeout(turn, Math.random() * 3);
      }),
    );
  };
  turn();
}

async function main(times: number): Promise<void> {
  const spool = mkdtempSync(join(tmpdir(), "correlog-kill-"));
  const to = await receiver();
  // The receiver is away for a third of the time, so that there is a backlog to survive.
  to.fallback = () => (Math.random() < 0.3 ? 503 : 200);
  let promised = -1;
  const wanted = new Set<string>();
  for (let i = 0; i < times; i++) {
    const first = promised + 1;
    const { last } = await killed(spool, to.url, first, 100 + Math.random() * 400);
    for (let each = first; each <= last; each++) wanted.add(`m${each}`);
    // What was logged in the last turns may have arrived or not: the next one goes on behind it.
    promised = last + 1000;
  }
  to.fallback = 200;
  const { otlpHandler } = await import("../../src/otlp/index.ts");
  const last = otlpHandler({ env: {}, endpoint: to.url, spool });
  await last.shutdown();
  const got = to.messages();
  const distinct = new Set(got);
  const missing = [...wanted].filter((message) => !distinct.has(message));
  console.log(
    `node ${process.version}, ${times} times kill -9, ${wanted.size} records whose turn was over, missing ${missing.length}, twice ${got.length - distinct.size}, files left ${readdirSync(spool).length}`,
  );
  await to.close();
  rmSync(spool, { recursive: true, force: true });
  process.exitCode = missing.length === 0 ? 0 : 1;
}

async function killed(spool: string, to: string, first: number, afterMs: number): Promise<{ last: number }> {
  const victim = spawn(process.execPath, [import.meta.filename, "child", spool, to, String(first)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  const started = new Promise((resolve) => victim.stdout.once("data", resolve));
  victim.stdout.on("data", (data: Buffer) => (output += data.toString()));
  await started;
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  victim.kill("SIGKILL");
  await new Promise((resolve) => victim.once("close", resolve));
  const lines = output.split("\n");
  // The last line may be torn.
  return { last: Number(lines.at(-2) ?? first - 1) };
}
