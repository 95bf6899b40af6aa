// What a line costs in figures that no busy machine disturbs: bytes on the heap, writes, bytes written. Time is for `npm run bench`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonHandler, Logger } from "../../src/index.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { WriteSync } from "../../src/write/write-sync.ts";

const APP = join(import.meta.dirname, "app");
const HEAP = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];
const hasStrace = spawnSync("strace", ["-V"], { stdio: "ignore" }).status === 0;

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
  // The literal itself may be allocated or not, as the compiler likes; nothing comes on top of it.
  const dear = Object.entries(bytes).filter(([name, found]) => name.startsWith("disabled") && found > literal + 4);
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
  loggerTo(fs, "fatal").debug("cache miss", { key: "user:17" });
  await turn();
  expect(fs.sizes).toEqual([]);
});

test.skipIf(!hasStrace)(
  "cost: a process makes one write for 100 lines of a turn, and one for each line that is alone in its turn",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "correlog-guard-"));
    try {
      const trace = join(folder, "trace");
      const traced = [
        "-f",
        "-e",
        "trace=write,writev,pwrite64",
        "-e",
        "write=none",
        "-o",
        trace,
        process.execPath,
        join(APP, "lines.ts"),
      ];
      const { stdout } = spawnSync("strace", traced, { encoding: "utf8" });
      expect(stdout.trimEnd().split("\n").length).toBe(200);
      const writes = readFileSync(trace, "utf8").match(/\b(?:write|writev|pwrite64)\(1, /g) ?? [];
      // The 101st line comes in the turn in which the first hundred were written.
      expect(writes.length).toBe(101);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
