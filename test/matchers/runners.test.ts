import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// The packed package is used in the runners that it says it is for, as an app would: its types by tsc, its matchers by the runner itself.
const ROOT = join(import.meta.dirname, "../..");
const FIXTURES = join(ROOT, "test/fixtures/runners");
const TSC = join(ROOT, "node_modules/.bin/tsc");
const app = mkdtempSync(join(tmpdir(), "correlog-runners-"));
const tarball = join(app, "correlog.tgz");

beforeAll(() => {
  const packed = run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", app], ROOT);
  const [{ filename }]: [{ filename: string }] = JSON.parse(packed.stdout);
  run("mv", [filename, tarball], app);
});

afterAll(() => rmSync(app, { recursive: true }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Outcome {
  // Not what vitest tells its own workers: another vitest would take itself for one.
  const { PATH, HOME } = process.env;
  return spawnSync(command, args, { cwd, encoding: "utf8", env: { PATH, HOME, NO_COLOR: "1", ...env } });
}

/** Gives a project in which a runner is installed, and the tarball. */
function project(name: string, packages: readonly (readonly [name: string, from: string])[]): string {
  const folder = join(app, name);
  const installed = join(folder, "node_modules/correlog");
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], app);
  for (const [each, from] of [
    ...packages,
    ["@types/node", ROOT],
    ["undici-types", ROOT],
    ["@opentelemetry/api", ROOT],
  ] as const) {
    const path = join(folder, "node_modules", each);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(from, "node_modules", each), path);
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return folder;
}

/** Is a file of tests, in what JavaScript and TypeScript have in common, so that each checks it. */
const TESTS = `
import { memoryHandler, Logger } from "correlog";
import { capturing, logMatchers } from "correlog/testing";

expect.extend(logMatchers);
const memory = memoryHandler();
new Logger(memory).info("order paid", { orderId: 17 });

test("passes", () => {
  expect(memory).toHaveLogged({ level: "info", message: /paid/, attrs: { orderId: expect.any(Number) } });
  expect(memory).toHaveLogged({ message: "order paid", times: 1 });
  expect(memory).not.toHaveLogged({ level: "error" });
  expect(memory).toHaveLoggedNothing({ minLevel: "warn" });
});
test("passes, by a promise", async () => {
  await expect(Promise.resolve(memory)).resolves.toHaveLogged({ message: "order paid" });
});
test("fails", () => {
  expect(memory).toHaveLogged({ message: "order lost" });
});
test("fails, with not", () => {
  expect(memory).not.toHaveLogged({ message: "order paid" });
});
test("passes, capturing", capturing((logs) => {
  logs.logger.debug("of the one that passes");
  expect(logs).toHaveLogged({ level: "debug" });
}));
test("fails, capturing", capturing(async (logs) => {
  logs.logger.debug("of the one that fails", { a: 1 });
  await null;
  expect(logs).toHaveLoggedNothing();
}));
test.each([["row 1"], ["row 2"]])("passes, capturing %s", capturing((logs, row) => {
  logs.logger.info(row);
  expect(logs.messages()).toEqual([row]);
}));

export const mistakes = () => {
  // @ts-expect-error -- msg is no part of a query
  expect(memory).toHaveLogged({ msg: "order paid" });
  // @ts-expect-error -- times is a number
  expect(memory).toHaveLogged({ times: "1" });
};
`;

/** What vitest alone gives a test: its own context. */
const BY_CONTEXT = `
import { captureForTest } from "correlog/testing";

test("passes, by its context", (t) => {
  captureForTest(t).logger.debug("of the one that passes");
});
describe("in a suite", () => {
  test("fails, by its context", (t) => {
    const logs = captureForTest(t);
    logs.logger.debug("of the context that fails");
    expect(logs).toHaveLoggedNothing();
  });
});
test.fails("is to fail", ({ onTestFailed }) => {
  const logs = captureForTest(onTestFailed);
  logs.logger.debug("of the one that is to fail");
  expect(logs).toHaveLoggedNothing();
});
`;

function checkTypes(folder: string, code: string, types: readonly string[]): string {
  writeFileSync(join(folder, "types.ts"), code);
  const compilerOptions = { types, target: "ES2024", module: "NodeNext", strict: true, noEmit: true };
  const lib = ["ES2024", "DOM", "ESNext.Disposable"];
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...compilerOptions, lib }, files: ["types.ts"] }),
  );
  const { stdout } = run(TSC, ["-p", ".", "--pretty", "false"], folder);
  // Our declarations are checked as the user's own. Those of vitest 3 do not check beside the chai of today, which is not ours.
  return stdout.replaceAll(/^\S*\/test\/fixtures\/runners\/node_modules\/(?:vitest|@types)\/.*\n/gm, "");
}

interface Results {
  readonly testResults: readonly { readonly assertionResults: readonly Result[]; readonly message?: string }[];
}

interface Result {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

const WANT = {
  passes: "passed",
  "passes, by a promise": "passed",
  fails: "failed",
  "fails, with not": "failed",
  "passes, capturing": "passed",
  "fails, capturing": "failed",
  "passes, capturing row 1": "passed",
  "passes, capturing row 2": "passed",
};

function expectOutcome(folder: string, { stdout, stderr }: Outcome, want: Readonly<Record<string, string>> = WANT): void {
  const written = join(folder, "results.json");
  if (!existsSync(written)) throw new Error(`the runner wrote no results: ${stdout}${stderr}`);
  const { testResults }: Results = JSON.parse(readFileSync(written, "utf8"));
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(Object.fromEntries(results.map(({ title, status }) => [title, status]))).toEqual(want);
  const messageOf = (title: string): string => results.find((each) => each.title === title)?.failureMessages.join("\n") ?? "";
  expect(messageOf("fails")).toContain('expected record {"message":"order lost"}, got 0 of:\n  INFO order paid {"orderId":17}');
  expect(messageOf("fails, with not")).toContain('expected no record {"message":"order paid"}, got 1 of:');
  expect(messageOf("fails, capturing")).toContain('expected no record {}, got:\n  DEBUG of the one that fails {"a":1}');
  expect(stderr).toMatch(/^\d\d:\d\d:\d\d\.\d{3} DEBUG of the one that fails {2}a=1$/m);
  expect(stdout + stderr).not.toContain("DEBUG of the one that passes");
}

describe.each([
  { generation: 3, from: FIXTURES },
  { generation: 4, from: join(FIXTURES, "vitest-4") },
  { generation: 5, from: ROOT },
])("vitest $generation", ({ generation, from }) => {
  const code = `import "correlog/testing/vitest";\nimport { describe, expect, test } from "vitest";${TESTS}${BY_CONTEXT}`;
  let folder = "";
  beforeAll(() => {
    folder = project(`vitest-${generation}`, [["vitest", from]]);
  });

  test("is the generation that is meant", () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(folder, "node_modules/vitest/package.json"), "utf8"));
    expect(version.split(".")[0]).toBe(String(generation));
  });

  test("knows the types of the matchers", () => {
    expect(checkTypes(folder, code, ["node"])).toBe("");
  });

  test("runs the matchers, and prints what a failing test captured", () => {
    writeFileSync(join(folder, "logs.test.ts"), code);
    const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", "--outputFile=results.json"];
    const outcome = run(process.execPath, args, folder);
    expectOutcome(folder, outcome, {
      ...WANT,
      "passes, by its context": "passed",
      "fails, by its context": "failed",
      "is to fail": "passed",
    });
    expect(outcome.stderr).toMatch(/^logged by "in a suite > fails, by its context":\n\S+ DEBUG of the context that fails$/m);
    expect(outcome.stderr).not.toContain("of the one that is to fail");
  });
});

describe("jest", () => {
  let folder = "";
  beforeAll(() => {
    const packages = ["jest", "@jest/globals", "@types/jest", "expect"];
    folder = project(
      "jest",
      packages.map((each) => [each, FIXTURES] as const),
    );
  });

  test.each([
    { of: "@types/jest", imports: "", types: ["node", "jest"] },
    { of: "@jest/globals", imports: 'import { expect, test } from "@jest/globals";', types: ["node"] },
  ])("knows the types of the matchers, by those of $of", ({ imports, types }) => {
    expect(checkTypes(folder, `import "correlog/testing/jest";\n${imports}${TESTS}`, types)).toBe("");
  });

  test("runs the matchers, and prints what a failing test captured", () => {
    writeFileSync(join(folder, "logs.test.mjs"), `import "correlog/testing/jest";${TESTS}`);
    const config = JSON.stringify({ testMatch: ["**/*.test.mjs"], transform: {} });
    const args = ["node_modules/jest/bin/jest.js", "--ci", "--json", "--outputFile=results.json", "--config", config];
    expectOutcome(folder, run(process.execPath, args, folder, { NODE_OPTIONS: "--experimental-vm-modules" }));
  });
});
