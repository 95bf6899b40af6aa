import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(import.meta.dirname, "results.md");
const HEAD =
  "# What a line costs\n\nWritten by `npm run bench`, one part for each Node version; how it is measured stands at the head of `bench/run.ts`.";

/** Puts a part into `bench/results.md`, in place of the one of the same major version of Node. */
export function writeResults(part: string): void {
  const [, ...others] = existsSync(FILE) ? readFileSync(FILE, "utf8").split(/^(?=## Node )/m) : [];
  const major = majorOf(part);
  const parts = [...others.filter((each) => majorOf(each) !== major), part].map((each) => each.trim());
  parts.sort((a, b) => majorOf(a).localeCompare(majorOf(b)));
  writeFileSync(FILE, `${[HEAD, ...parts].join("\n\n")}\n`);
}

function majorOf(part: string): string {
  return /^## Node (\d+)/.exec(part)?.[1] ?? "";
}
