// What a line costs in figures that no busy machine disturbs: bytes on the heap, writes, bytes written. Time is for `npm run bench`.
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { jsonHandler, Logger } from "../../src/index.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { WriteSync } from "../../src/write/write-sync.ts";

const APP = join(import.meta.dirname, "app");
const HEAP = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];

/** Counts what is written, in place of `node:fs`. */
function counted(): { readonly sizes: number[]; readonly writeSync: WriteSync } {
  const sizes: number[] = [];
  return { sizes, writeSync: (_fd, _bytes, _from, length) => (sizes.push(length), length) };
}

function loggerTo(fs: ReturnType<typeof counted>, flushLevel: "trace" | "fatal"): Logger {
  return new Logger(jsonHandler({ writer: new FdWriter(1, {}, fs.writeSync), flushLevel }), { clock: () => 0 });
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("cost: bytes on the heap per call", { timeout: 60_000 }, () => {
  const printed = execFileSync(process.execPath, [...HEAP, join(APP, "allocations.ts")], { encoding: "utf8" });
  const bytes = JSON.parse(printed) as { readonly [name: string]: number };
  const literal = bytes["literal"] ?? Number.NaN;
  // The literal itself may be allocated or not, as the compiler likes; nothing less, and nothing on top of it.
  const dear = Object.entries(bytes).filter(
    ([name, found]) => name.startsWith("disabled") && found > 4 && Math.abs(found - literal) > 4,
  );
  expect(dear).toEqual([]);
  expect(bytes["3 attributes"]).toBeLessThanOrEqual(260);
  expect(bytes["10 attributes"]).toBeLessThanOrEqual(300);
});

test("cost: the lines of one turn are one write for each 16 KiB", async () => {
  const fs = counted();
  const logger = loggerTo(fs, "fatal");
  for (let i = 0; i < 1000; i++) logger.info("order paid", { orderId: 1 });
  await turn();
  const line = '{"time":"1970-01-01T00:00:00.000Z","level":"INFO","msg":"order paid","orderId":1}\n'.length;
  expect(fs.sizes.reduce((sum, size) => sum + size, 0)).toBe(1000 * line);
  expect(fs.sizes.length).toBe(Math.ceil(1000 / Math.ceil(16_384 / line)));
});

test("cost: at the flush level each line is one write, made before the call returns", () => {
  const fs = counted();
  const logger = loggerTo(fs, "trace");
  for (let i = 1; i <= 100; i++) {
    logger.info("order paid", { orderId: i });
    expect(fs.sizes.length).toBe(i);
  }
});

test("cost: a disabled call writes nothing and starts no timer", async () => {
  const fs = counted();
  const logger = loggerTo(fs, "fatal");
  const timers = [vi.spyOn(globalThis, "setImmediate"), vi.spyOn(globalThis, "setTimeout")];
  const started = (): number => timers.reduce((sum, timer) => sum + timer.mock.calls.length, 0);
  try {
    logger.debug("cache miss", { key: "user:17" });
    expect(started()).toBe(0);
    logger.info("cache miss", { key: "user:17" });
    expect(started()).toBe(1);
  } finally {
    for (const timer of timers) timer.mockRestore();
  }
  await turn();
  expect(fs.sizes.length).toBe(1);
});

// Linux counts the writes of a thread, and their bytes.
test.skipIf(process.platform !== "linux")("cost: the writes of a process, as its system counts them", () => {
  const { stdout, output } = spawnSync(process.execPath, [join(APP, "lines.ts")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const { disabled, gathered, alone, atOnce } = JSON.parse(output[3] ?? "") as { readonly [part: string]: Written };
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBe(300);
  const bytesFrom = (from: number): number => Buffer.byteLength(`${lines.slice(from, from + 100).join("\n")}\n`);
  expect(writesOf(disabled, 0)).toBe(0);
  expect(writesOf(gathered, bytesFrom(0))).toBe(1);
  expect(writesOf(alone, bytesFrom(100))).toBe(100);
  expect(writesOf(atOnce, bytesFrom(200))).toBe(100);
});

interface Written {
  readonly writes: number;
  readonly bytes: number;
}

/** Takes off the writes of 8 bytes by which the engine wakes the event loop, whenever it likes: all bytes that are none of the lines'. */
function writesOf({ writes, bytes }: Written = { writes: Number.NaN, bytes: 0 }, ofLines: number): number {
  return writes - (bytes - ofLines) / 8;
}
