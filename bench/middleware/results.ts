import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cpus, loadavg, release, totalmem, type } from "node:os";

const FILE = join(import.meta.dirname, "results.md");
const HEAD = `# What stands between a logger and its output costs

Written by the commands below, each of which replaces its part; how it is measured stands at the head of \`ratio.ts\`. A ratio is the median of
the rounds' ratios to the plain handler in the same process, \`±\` how far apart three processes were.`;

/** Puts a part into `results.md`, in place of the one of the same title. */
export function writePart(title: string, question: string, lines: readonly (readonly string[])[]): void {
  const [, ...others] = existsSync(FILE) ? readFileSync(FILE, "utf8").split(/^(?=## )/m) : [];
  const table = [
    ["", "ratio", "spread", "ns", "plain ns", "added ns"],
    ["---", ...Array.from({ length: 5 }, () => "--:")],
    ...lines,
  ];
  const rows = table.map((line) => `| ${line.join(" | ")} |`).join("\n");
  const part = `## ${title}\n\n${question}\n\n${run()}\n\n${rows}`;
  const parts = [...others.filter((each) => !each.startsWith(`## ${title}\n`)), part].map((each) => each.trim());
  writeFileSync(FILE, `${[HEAD, ...parts].join("\n\n")}\n`);
}

/** Says by what, when and on what the figures were taken. */
function run(): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`;
  const command = `node bench/middleware/${basename(process.argv[1] ?? "")}`;
  const load = loadavg()[0]?.toFixed(1) ?? "unknown";
  return `${new Date().toISOString().slice(0, 10)}, \`${command}\`, Node ${process.versions.node}. ${machine}, load at the end ${load} (1 is this run itself).`;
}
