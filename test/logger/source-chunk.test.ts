import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { expect, test } from "vitest";

test("a logger with source, in a chunk beside the app's, says where it was called", async () => {
  const folder = mkdtempSync(join(import.meta.dirname, "chunk-"));
  try {
    const input = join(import.meta.dirname, "../../src/core.ts");
    await build({ input, platform: "node", output: { file: join(folder, "vendor.mjs") }, logLevel: "silent" });
    const app = join(folder, "app.mjs");
    writeFileSync(
      app,
      `import { Logger } from "./vendor.mjs";
const handler = { enabled: () => true, handle: ({ source }) => console.log(JSON.stringify(source ?? null)) };
function pay() {
  new Logger(handler, { source: true }).info("x");
}
pay();
`,
    );
    const printed = execFileSync(process.execPath, [app], { encoding: "utf8", cwd: folder });
    expect(JSON.parse(printed)).toEqual({ file: "app.mjs", line: 4, function: "pay" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
