// That a bundle says what must be installed beside it: no bundler follows how the compiler of schemas is loaded.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const COMPILER = "node_modules/fast-json-stringify";
const APP = `
  import { jsonHandler, Logger } from ${JSON.stringify(join(ROOT, "src/index.ts"))};
  const schema = { type: "object", properties: { msg: { type: "string" } } };
  try {
    new Logger(jsonHandler({ schema, rest: false })).info("hello");
  } catch (error) {
    console.log(error.message);
  }
`;

const folder = mkdtempSync(join(tmpdir(), "correlog-bundled-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  writeFileSync(join(folder, "app.js"), APP);
  const bundle = await rolldown({ input: join(folder, "app.js"), platform: "node", external: /^[^./]/ });
  await bundle.write({ file: join(folder, "out/app.mjs"), format: "esm" });
  await bundle.write({ file: join(folder, "out/app.cjs"), format: "cjs" });
  await bundle.close();
});

test.each(["app.mjs", "app.cjs"])(
  "schema: %s says that fast-json-stringify is not beside it, and finds it where it is",
  (name) => {
    const said = (): string => spawnSync(process.execPath, [join(folder, "out", name)], { encoding: "utf8" }).stdout;
    rmSync(join(folder, "node_modules"), { recursive: true, force: true });
    expect(said()).toMatch(
      /^schema: expected fast-json-stringify in node_modules, beside a bundle too; looked for from .*out.app\.[cm]js\n$/,
    );
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    symlinkSync(join(ROOT, COMPILER), join(folder, COMPILER));
    expect(said()).toBe('{"msg":"hello"}\n');
  },
);
