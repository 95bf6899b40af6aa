import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const DENO = join(import.meta.dirname, "../../node_modules/@deno/linux-x64-glibc/deno");
const app = mkdtempSync(join(tmpdir(), "correlog-deno-"));
const source = (path: string): string => JSON.stringify(import.meta.resolve(`../../src/${path}`));

afterAll(() => {
  rmSync(app, { recursive: true, force: true });
});

/** Runs a program in a Deno that may do nothing: no environment, no file, no network. */
async function run(name: string, program: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const main = join(app, `${name}.ts`);
  writeFileSync(main, program);
  const env = { PATH: process.env["PATH"], HOME: app, DENO_NO_UPDATE_CHECK: "1" };
  return promisify(execFile)(DENO, ["run", "--no-prompt", "--no-check", main], { env });
}

function linesOf(stdout: string): readonly unknown[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

describe.skipIf(!existsSync(DENO))("in a Deno without any permission", () => {
  test("the core's JSON handler writes, and says nothing", async () => {
    const { stdout, stderr } = await run(
      "core",
      `import { jsonHandler, Logger } from ${source("core.ts")}; new Logger(jsonHandler()).info("m", { a: 1 });`,
    );
    expect(linesOf(stdout)).toMatchObject([{ msg: "m", a: 1 }]);
    expect(stderr).toBe("");
  });

  test("all of correlog loads; the default logger writes, and says which variables it may not read", async () => {
    const { stdout, stderr } = await run("default", `import { log } from ${source("index.ts")}; log.info("m");`);
    expect(linesOf(stdout)).toMatchObject([{ msg: "m" }]);
    expect(stderr.match(/^correlog: \w+/gm)).toEqual(["correlog: LOG_FORMAT", "correlog: LOG_LEVEL"]);
  });

  test("the handler for Google Cloud writes, with a trace named by its id", async () => {
    const { stdout, stderr } = await run(
      "gcp",
      `import { Logger } from ${source("index.ts")};
      import { gcpHandler } from ${source("fields/index.ts")};
      import { contextWith } from ${source("testing/index.ts")};
      new Logger(gcpHandler()).info(contextWith({ span: true }), "m");`,
    );
    expect(linesOf(stdout)).toMatchObject([
      { severity: "INFO", "logging.googleapis.com/trace": expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(stderr).toBe("");
  });

  test("the options of TLS are read, and the receiver's certificate must be valid", async () => {
    const { stdout } = await run(
      "secure",
      `import { readSecure } from ${source("syslog/secure.ts")}; console.log(JSON.stringify(readSecure({ servername: "a" })));`,
    );
    expect(linesOf(stdout)).toEqual([{ servername: "a", rejectUnauthorized: true }]);
  });
});
