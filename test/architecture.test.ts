import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

// The table is the design: what the files of each folder may import, besides one another. Arrows point one way.
const STAGES: Readonly<Record<string, readonly string[]>> = {
  level: ["value"],
  value: [],
  report: ["context"],
  context: ["value"],
  record: ["level", "value", "context"],
  handler: ["level", "value", "record", "report"],
  format: ["level", "value", "record", "context"],
  write: ["value", "report"],
  schema: ["format", "level", "value", "record", "report"],
  console: ["schema", "handler", "format", "write", "level", "value", "record", "report"],
  otlp: ["handler", "write", "level", "value", "record", "context", "report"],
  otel: ["handler", "write", "level", "value", "record", "context", "report"],
  logger: ["level", "value", "record", "context", "handler", "report"],
  default: ["logger", "console", "otel", "handler", "level", "record", "write", "report"],
  capture: ["logger", "record", "value", "context"],
};
const TABLE: Readonly<Record<string, readonly string[]>> = {
  ...STAGES,
  middleware: ["handler", "write", "level", "value", "record", "context", "report"],
  file: ["console", "handler", "write", "value", "record", "report"],
  syslog: ["handler", "format", "write", "level", "value", "record", "context", "report"],
  fields: ["console", "handler", "format", "level", "value", "record"],
  event: ["schema", "middleware", "logger", "level", "value", "context", "report"],
  testing: Object.keys(STAGES),
  register: [...Object.keys(STAGES), "testing"],
  // src/index.ts and src/core.ts, the entries `correlog` and `correlog/core`.
  ".": Object.keys(STAGES).filter((folder) => folder !== "otlp" && folder !== "otel"),
};

const ROOT = join(import.meta.dirname, "..");
const MANIFEST: { exports: object; dependencies?: object; peerDependencies?: object } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);

/** The package's entries, from its exports: `./dist/otlp/index.js` is made from `src/otlp/index.ts`. */
const ENTRIES = Object.values(MANIFEST.exports).flatMap((target: string | { default: string }) =>
  typeof target === "string" ? [] : [target.default.replace("./dist/", "src/").replace(/js$/, "ts")],
);

/** Run where there is no Node. */
const PORTABLE = ["src/index.ts", "src/core.ts", "src/otlp/index.ts", "src/otel/index.ts", "src/middleware/index.ts"];

const DRAWERS = ["utils", "util", "helpers", "helper", "common", "shared", "misc", "types"];

interface Import {
  readonly from: string;
  /** `type` is erased, `value` is loaded with the file, `lazy` is loaded (or only named, as a type) where `import()` stands. */
  readonly kind: "type" | "value" | "lazy";
}

const FILES = globSync("src/**/*.ts", { cwd: ROOT }).toSorted();
const IMPORTS = new Map(FILES.map((file) => [file, importsOf(readFileSync(join(ROOT, file), "utf8"))]));

function importsOf(source: string): readonly Import[] {
  const code = source.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const [, type, from = ""] of code.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w$*\s{},]+?\s+from\s+)?"([^"]+)"/gm)) {
    found.push({ from, kind: type === undefined ? "value" : "type" });
  }
  for (const [, from = ""] of code.matchAll(/\bimport\(\s*"([^"]+)"/g)) found.push({ from, kind: "lazy" });
  return found;
}

/** Gives the files of src that a file imports. */
function targets(file: string, kinds: readonly Import["kind"][] = ["type", "value", "lazy"]): readonly string[] {
  return (IMPORTS.get(file) ?? [])
    .filter(({ from, kind }) => from.startsWith(".") && kinds.includes(kind))
    .map(({ from }) => normalize(join(dirname(file), from)));
}

function folderOf(file: string): string {
  const [, folder = "", rest] = file.split("/");
  return rest === undefined ? "." : folder;
}

function firstCycle(): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of targets(file)) {
      const cycle = walk(target, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  return FILES.map((file) => walk(file, [])).find((cycle) => cycle !== undefined);
}

function loadedBy(entry: string): readonly string[] {
  const seen = new Set([entry]);
  for (const file of seen) for (const target of targets(file, ["value"])) seen.add(target);
  return [...seen];
}

describe("arrows", () => {
  for (const file of FILES) {
    const row = TABLE[folderOf(file)] ?? [];
    test(`${file} imports only ${row.join(", ") || "its own folder"}`, () => {
      const allowed = [folderOf(file), ...row];
      expect(targets(file).filter((target) => !allowed.includes(folderOf(target)))).toEqual([]);
    });
  }

  test("every folder of src has a row, and every row a folder", () => {
    expect([...new Set(FILES.map(folderOf))].toSorted()).toEqual(Object.keys(TABLE).toSorted());
  });

  test("every import names a file that is there, with its extension", () => {
    const missing = FILES.flatMap((file) => targets(file).map((target) => ({ file, target }))).filter(
      ({ target }) => !IMPORTS.has(target),
    );
    expect(missing).toEqual([]);
  });

  test("no file reaches itself through its imports", () => {
    expect(firstCycle()).toBeUndefined();
  });

  test("an index.ts is an entry of the package, and nobody in src imports it", () => {
    expect(FILES.filter((file) => file.endsWith("/index.ts"))).toEqual(
      ENTRIES.filter((file) => file.endsWith("/index.ts")).toSorted(),
    );
    expect(FILES.filter((file) => targets(file).some((target) => ENTRIES.includes(target)))).toEqual([]);
  });
});

describe("what is outside of src", () => {
  const manifest: { dependencies?: object; peerDependencies?: object } = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  );
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

  test("a file imports only packages that the manifest declares for run time", () => {
    const undeclared = [...IMPORTS].flatMap(([file, imports]) =>
      imports.filter(({ from }) => !/^(?:\.|node:)/.test(from) && !declared.includes(from)).map(({ from }) => `${file}: ${from}`),
    );
    expect(undeclared).toEqual([]);
  });

  test.each(PORTABLE)("nothing that %s loads imports node: at its top", (entry) => {
    expect(IMPORTS.has(entry)).toBe(true);
    const nodeOnly = loadedBy(entry).filter((file) =>
      IMPORTS.get(file)?.some(({ from, kind }) => kind === "value" && from.startsWith("node:")),
    );
    expect(nodeOnly).toEqual([]);
  });
});

describe("names", () => {
  test("files and folders are kebab-case", () => {
    expect(FILES.filter((file) => !/^src(?:\/[a-z\d]+(?:-[a-z\d]+)*)+\.ts$/.test(file))).toEqual([]);
  });

  test("there are no drawers", () => {
    expect(FILES.filter((file) => file.split(/[/.]/).some((part) => DRAWERS.includes(part)))).toEqual([]);
  });
});

// The rules above hold vacuously if the imports are not seen.
test("imports are read in every form, and not in comments", () => {
  const source = `
import "./a.ts";
import b, { type B } from "./b.ts";
import type { C } from "./c.ts";
import {
  d,
} from "./d.ts";
export * as e from "./e.ts";
export type { F } from "./f.ts";
/* import "./comment.ts"; */
// import("./comment.ts")
/**
 * import { x } from "./comment.ts";
 */
export const g = (): Promise<unknown> => import("./g.ts");
export const h = 'from "./string.ts"';
`;
  expect(importsOf(source).map(({ from, kind }) => `${kind} ${from}`)).toEqual([
    "value ./a.ts",
    "value ./b.ts",
    "type ./c.ts",
    "value ./d.ts",
    "value ./e.ts",
    "type ./f.ts",
    "lazy ./g.ts",
  ]);
});
