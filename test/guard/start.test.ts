// What an entry costs at start, in figures that no busy machine disturbs: files, their bytes, modules of Node's. Time is for
// `node bench/startup.ts`. It is the built package that is looked at.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const DIST = join(import.meta.dirname, "../../dist/");
const APP = join(import.meta.dirname, "app/loaded.ts");

interface Loaded {
  readonly files: readonly string[];
  /** Modules of Node's that were loaded until a record was made, and until it was sent. */
  readonly made: readonly string[];
  readonly sent: readonly string[];
}

function load(entry: string, make: string): Loaded {
  const { output } = spawnSync(process.execPath, [APP, pathToFileURL(DIST).href, entry, make], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  return JSON.parse(output[3] ?? "") as Loaded;
}

// A file costs 0.3 ms to find and link, 10 KB of code 0.4 ms to read (Node 24).
test.each([
  { entry: "core.js", files: ["core.js"], mostBytes: 72_000 },
  { entry: "index.js", files: ["chunks/main-parts.js", "core.js", "index.js"], mostBytes: 118_000 },
])("start: $entry with a JSON handler is few files, and no module that Node has not loaded itself", ({ entry, ...most }) => {
  const { files, made } = load(entry, "jsonHandler");
  expect(files.toSorted()).toEqual(most.files.toSorted());
  expect(made).toEqual([]);
  const bytes = files.reduce((sum, file) => sum + statSync(join(DIST, file)).size, 0);
  expect(bytes).toBeLessThan(most.mostBytes);
});

const CLIENT = /^(?:_?http|https|http2|_?tls|net|dns|zlib|stream|undici|worker_threads)/;

test("start: correlog/otlp needs the core alone beside itself, and loads its HTTP client when it first sends", () => {
  const { files, made, sent } = load("otlp/index.js", "otlpHandler");
  expect(files.toSorted()).toEqual(["chunks/otlp-handler.js", "core.js", "otlp/index.js"]);
  expect(made.filter((name) => CLIENT.test(name))).toEqual([]);
  // Or it was never sent, and the line above would say nothing.
  expect(sent).toContain("http");
});

// Each stands in one file with the others, and has a text of its own.
test.each([
  { entry: "core.js", names: "Logger, jsonHandler", without: ["fast-json-stringify", "LOG_FORMAT", "forceFlush", "NO_COLOR"] },
  { entry: "index.js", names: "Logger, jsonHandler", without: ["LOG_FORMAT", "forceFlush", "NO_COLOR"] },
  { entry: "index.js", names: "Logger, textHandler", without: ["fast-json-stringify", "LOG_FORMAT", "forceFlush", "NO_COLOR"] },
  { entry: "otel/index.js", names: "otelHandler", without: ["fast-json-stringify", "LOG_FORMAT", "NO_COLOR"] },
])("start: a bundle of $names of $entry has what it uses, and imports nothing", async ({ entry, names, without }) => {
  const bundle = await rolldown({
    input: "app",
    platform: "browser",
    plugins: [
      {
        name: "app",
        resolveId: (id) => (id === "app" ? id : undefined),
        load: (id) => (id === "app" ? `export { ${names} } from ${JSON.stringify(join(DIST, entry))};` : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm" });
  const [{ code, imports }] = output;
  expect(without.filter((text) => code.includes(text))).toEqual([]);
  expect(imports).toEqual([]);
});

test("start: the texts that a bundle is searched for are there in the whole", () => {
  const code = ["core.js", "chunks/main-parts.js"].map((file) => readFileSync(join(DIST, file), "utf8")).join("");
  expect(["fast-json-stringify", "LOG_FORMAT", "forceFlush", "NO_COLOR"].filter((text) => !code.includes(text))).toEqual([]);
});
