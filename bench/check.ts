import assert from "node:assert/strict";
import { fstatSync, ftruncateSync, readFileSync, readSync } from "node:fs";
import { facts } from "./cases.ts";
import { Destination } from "./destination.ts";
import { benchOf, groupOf } from "./groups.ts";
import { span } from "./span.ts";
import { turn } from "./subject.ts";
import type { Case } from "./cases.ts";
import type { Group } from "./groups.ts";

const RECORDS = 9;
/** Turns of a burst, as many records each as when it is timed: what a library drops then is seen. */
const TURNS = 20;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Asserts that every library writes the facts of the case: each record once, in order, with its time, level, message and attributes. */
export async function checkOutput(name: string, peer?: string): Promise<void> {
  const group = groupOf(name, peer);
  const bench = benchOf(name);
  const destination = new Destination("file");
  const run = async (): Promise<void> => {
    for (const row of group.rows) if (row.name !== "idle") await checkRow(row, bench, destination);
  };
  await (group.span ? span.within(run) : run());
  destination.close();
}

async function checkRow(row: Group["rows"][number], bench: Case, destination: Destination): Promise<void> {
  const own = destination.open(row.name);
  const subject = await row.open(own, bench);
  const fd = row.prints === true ? 1 : own;
  subject.burst(0, RECORDS);
  await subject.settle();
  const lines = linesOf(fd, RECORDS, row.name);
  const floor = row.name.startsWith("floor: writeSync") || row.name.startsWith("floor: ready");
  lines.forEach((line, i) => checkLine(line, row.name, bench, floor ? i % 8 : i));
  for (let at = 0; at < TURNS; at++) {
    subject.burst(at * bench.turn, (at + 1) * bench.turn);
    await turn();
  }
  await subject.settle();
  linesOf(fd, TURNS * bench.turn, row.name);
}

/** Takes the lines out of the destination, which are to be so many. */
function linesOf(fd: number, count: number, name: string): readonly string[] {
  const lines = read(fd).trimEnd().split("\n");
  ftruncateSync(fd, 0);
  assert.equal(lines.length, count, `${name}: ${lines.length} lines of ${count}`);
  return lines;
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
  const time = where["time"] ?? where["timestamp"] ?? where["@timestamp"];
  if (name.includes("epoch")) assert.equal(typeof time, "number", told);
  else assert.match(String(time), ISO_TIME, told);
  assert.match(String(where["level"]), name.includes("epoch") || name === "bunyan" ? /^30$/ : /^info$/i, told);
  assert.equal(where["msg"] ?? where["message"], bench.message(i), told);
  for (const [key, value] of Object.entries(facts(bench, i))) {
    if (value instanceof Error) checkError(line, value, told);
    else assert.deepEqual(where[key], value, told);
  }
}

/** Libraries name the members of an error each in their way; all have its message, its type and its whole stack. */
function checkError(line: string, { name, message, stack = "" }: Error, told: string): void {
  for (const text of [
    `"${name}"`,
    JSON.stringify(message),
    ...stack
      .split("\n")
      .slice(1)
      .map((frame) => JSON.stringify(frame).slice(1, -1)),
  ])
    assert.ok(line.includes(text), `${text} is missing: ${told}`);
}
