import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Gives the examples of a file's docstrings, with the package's names as the paths of its source. */
function examplesOf(file: string): readonly string[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  return [...source.matchAll(/^ \* ```ts\n([^]*?)^ \* ```$/gm)].map(([, body = ""]) =>
    body
      .replaceAll(/^ \* ?/gm, "")
      .replaceAll('from "correlog/middleware"', `from "${ROOT}/src/middleware/index.ts"`)
      .replaceAll('from "correlog"', `from "${ROOT}/src/index.ts"`),
  );
}

const EXAMPLES = globSync("src/middleware/*.ts", { cwd: ROOT })
  .toSorted()
  .flatMap((file) => examplesOf(file).map((code, i) => ({ name: `${basename(file)}, ${i + 1}`, code })));

test("there are examples to run", () => {
  expect(EXAMPLES.length).toBeGreaterThan(12);
});

test.each(EXAMPLES)("the example of $name runs, says nothing of a fault and ends", ({ name, code }) => {
  const file = join(folder, `${name.replaceAll(/\W+/g, "-")}.mts`);
  writeFileSync(file, code);
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 20_000 });
  expect({
    status,
    faults: stderr.split("\n").filter((line) => /correlog: (?!failover)|^\w*Error|Assertion/.test(line)),
  }).toEqual({
    status: 0,
    faults: [],
  });
});
