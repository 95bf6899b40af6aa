import { Destination } from "./destination.ts";
import { benchOf, groupOf } from "./groups.ts";
import { median } from "./stats.ts";
import { turn } from "./subject.ts";
import type { Subject } from "./subject.ts";

/** The young generation is so large that nothing is collected while it is measured: what the heap grew by is what was allocated. */
export const GARBAGE_FLAGS: readonly string[] = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];

const WARM = 40_000;
const RECORDS = 10_000;
const WINDOWS = 7;

/** Measures the bytes that each record of a case leaves on the heap, by library; Buffers outside the heap are reused by all. */
export async function measureGarbage(name: string, peer?: string): Promise<{ readonly [name: string]: readonly number[] }> {
  const { rows, turn: most } = groupOf(name, peer);
  const records = Math.min(most, 250);
  const destination = new Destination("/dev/null");
  const found: { [name: string]: readonly number[] } = {};
  for (const row of rows) {
    const subject = await row.open(destination.open(row.name), benchOf(name));
    await log(subject, WARM, records);
    const windows: number[] = [];
    for (let window = 0; window < WINDOWS; window++) windows.push(await allocated(subject, records));
    found[row.name] = [median(windows)];
  }
  return found;
}

async function allocated(subject: Subject, records: number): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await log(subject, RECORDS, records);
  return (process.memoryUsage().heapUsed - before) / RECORDS;
}

async function log(subject: Subject, count: number, records: number): Promise<void> {
  for (let i = 0; i < count; i += records) {
    subject.burst(i, i + records);
    await turn();
  }
  await subject.settle();
}
