import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

// Every block of code in the README is run as it stands, in a project that has the package installed; a block of output behind it is
// what it prints. A block that cannot run by itself is marked in the line before it, with the reason: <!-- not run: … -->.
const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const project = mkdtempSync(join(tmpdir(), "correlog-readme-"));

mkdirSync(join(project, "node_modules"));
symlinkSync(root, join(project, "node_modules/correlog"));
for (const name of ["@opentelemetry", "vitest"])
  symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));

afterAll(() => rmSync(project, { recursive: true }));

interface Block {
  readonly heading: string;
  readonly code: string;
  readonly language: string;
  readonly output: string | undefined;
  readonly notRun: string | undefined;
}

const BLOCK = /(?:<!-- not run: ([^>]*?) -->\n+)?^```(\w+)\n([\s\S]*?)^```$/gm;

function blocksOf(markdown: string): readonly Block[] {
  const all = [...markdown.matchAll(BLOCK)];
  return all.flatMap((match, index) => {
    const [, notRun, language = "", code = ""] = match;
    const next = all[index + 1];
    const follows =
      next !== undefined && next[2] === "text" && markdown.slice((match.index ?? 0) + match[0].length, next.index).length < 200;
    const heading = /^#+ (.*)$/gm;
    const headings = [...markdown.slice(0, match.index).matchAll(heading)];
    const block = { heading: headings.at(-1)?.[1] ?? "", code, language, output: follows ? next[3] : undefined, notRun };
    return language === "ts" || language === "js" ? [block] : [];
  });
}

/** Replaces what differs from run to run: times, how long something took, places in files. */
function steady(output: string): string {
  return output
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "TIME")
    .replaceAll(/^\d\d:\d\d:\d\d\.\d{3}/gm, "TIME")
    .replaceAll(/"tookMs":\d+/g, '"tookMs":TIME')
    .replaceAll(/(?:\\n|\n) +at [^"\n]*/g, "")
    .replaceAll(/ +$/gm, "")
    .trim();
}

describe("readme", () => {
  const blocks = blocksOf(readme);

  test("it has blocks of code", () => expect(blocks.length).toBeGreaterThan(10));

  for (const [index, block] of blocks.entries()) {
    const title = `block ${index + 1}, ${block.heading}`;
    if (block.notRun !== undefined) {
      test(`${title}: is not run, and says why`, () => expect(block.notRun).toMatch(/\w{3}/));
      continue;
    }
    test(`${title}: runs${block.output === undefined ? "" : ", and prints what is shown"}`, () => {
      const file = join(project, `block-${index + 1}.ts`);
      writeFileSync(file, block.code);
      const env = { PATH: process.env["PATH"], TZ: "UTC", NO_COLOR: "1" };
      const run = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", file], {
        encoding: "utf8",
        cwd: project,
        env,
        timeout: 20_000,
      });
      // The kit has handlers fail on purpose, and that is reported.
      const reported = block.code.includes("testHandler") ? /^correlog: (?:handler|logger): .*\n/gm : /(?!)/g;
      expect(run.stderr.replaceAll(reported, "")).toBe("");
      expect(run.status).toBe(0);
      if (block.output !== undefined) expect(steady(run.stdout)).toBe(steady(block.output));
    });
  }
});
