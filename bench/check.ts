import assert from "node:assert/strict";
import { fstatSync, ftruncateSync, readFileSync, readSync } from "node:fs";
import { facts } from "./cases.ts";
import { Destination } from "./destination.ts";
import { benchOf, groupOf } from "./groups.ts";
import { span } from "./span.ts";
import type { Case } from "./cases.ts";
import type { Group } from "./groups.ts";

const RECORDS = 9;

/** Asserts that every library writes the facts of the case: each record once, in order, with its time, message and attributes. */
export async function checkOutput(name: string, peer?: string): Promise<void> {
  const group = groupOf(name, peer);
  const bench = benchOf(name);
  const destination = new Destination("file");
  const run = async (): Promise<void> => {
    for (const row of group.rows) await checkRow(row, bench, destination);
  };
  await (group.span ? span.within(run) : run());
  destination.close();
}

async function checkRow(row: Group["rows"][number], bench: Case, destination: Destination): Promise<void> {
  if (row.name === "idle") return;
  const own = destination.open(row.name);
  const subject = await row.open(own, bench);
  subject.burst(0, RECORDS);
  await subject.settle();
  const fd = row.prints === true ? 1 : own;
  const lines = read(fd).trimEnd().split("\n");
  ftruncateSync(fd, 0);
  assert.equal(lines.length, RECORDS, `${row.name}: ${lines.length} lines of ${RECORDS}`);
  const floor = row.name.startsWith("floor: writeSync") || row.name.startsWith("floor: ready");
  lines.forEach((line, i) => checkLine(line, row.name, bench, floor ? i % 8 : i));
}

function read(fd: number): string {
  // Opened for appending, and descriptor 1 for writing alone: read by its path.
  const { size } = fstatSync(fd);
  if (fd === 1) return readFileSync("/proc/self/fd/1", "utf8");
  const bytes = Buffer.alloc(size);
  readSync(fd, bytes, 0, size, 0);
  return bytes.toString();
}

function checkLine(line: string, name: string, bench: Case, i: number): void {
  const parsed = JSON.parse(line) as { readonly [key: string]: unknown };
  const inner = typeof parsed["properties"] === "object" ? parsed["properties"] : {};
  const where: { readonly [key: string]: unknown } = { ...parsed, ...inner };
  const told = `${name}: ${bench.name}: ${line}`;
  assert.ok(!Number.isNaN(new Date((where["time"] ?? where["timestamp"] ?? where["@timestamp"]) as string).getTime()), told);
  assert.equal(where["msg"] ?? where["message"], bench.message(i), told);
  for (const [key, value] of Object.entries(facts(bench, i))) {
    if (value instanceof Error) assert.ok(line.includes(JSON.stringify(value.stack?.split("\n", 2)[1] ?? "").slice(1, -1)), told);
    else assert.deepEqual(where[key], value, told);
  }
}
