// Makes dist: declarations by tsc, one file a declaration; code in few files, because a module costs 0.3 ms at start wherever it lies
// (60 modules 27 ms: `bench/results.md`). What the core needs is one file, which the other entries share, what `correlog` needs beside it
// another.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";

const root = import.meta.dirname;
const src = join(root, "src");
const out = process.argv[2] ?? join(root, "dist");

/** The entries are the package's exports: `./dist/otlp/index.js` is made from `src/otlp/index.ts`. */
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const names = Object.values(exports).flatMap((target) =>
  typeof target === "object" ? [target.default.slice("./dist/".length, -".js".length)] : [],
);
const entries = Object.fromEntries(names.map((name) => [name, join(src, `${name}.ts`)]));

/** All files that one reaches by importing code. */
function reach(file, reached = new Set()) {
  if (reached.has(file)) return reached;
  reached.add(file);
  const code = readFileSync(file, "utf8").replaceAll(/^(?:import|export) type .*$/gm, "");
  for (const [, target] of code.matchAll(/^(?:import|export) .*? from "(\.[^"]+)";$/gms))
    reach(join(dirname(file), target), reached);
  return reached;
}

rmSync(out, { recursive: true, force: true });
execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", out], {
  cwd: root,
  stdio: "inherit",
});

const bundle = await rolldown({
  input: entries,
  platform: "neutral",
  external: /^[^./]/,
  treeshake: { moduleSideEffects: false },
});
/** Makes one chunk of files, but for entries; of what two chunks name, the first has it. */
const chunkOf = (name, files) => ({ name, test: (id) => files.has(id) && !Object.values(entries).includes(id) });
const main = reach(entries.index);
// What `correlog` shares with these is a few small files: beside the core, so that they load nothing else.
const small = reach(entries["otlp/index"]).union(reach(entries["middleware/index"])).intersection(main);
// So is what both of them have, and `correlog` has not.
const both = reach(entries["otlp/index"]).intersection(reach(entries["middleware/index"]));
const core = reach(entries.core).union(small).union(both);
await bundle.write({
  dir: out,
  format: "esm",
  sourcemap: true,
  keepNames: false,
  // What is marked as pure is left out by a bundler that finds no use of it, though it stands in one file with what is used.
  comments: { legal: false, annotation: true, jsdoc: false },
  // Reading the code is most of what a start costs: with blanks 0.3 ms more. Names of functions and classes stay for whoever reads a
  // stack; the source maps have the rest.
  minify: {
    mangle: { keepNames: true },
    compress: { target: "es2022", keepNames: { function: true, class: true } },
    codegen: { removeWhitespace: true, asciiOnly: true },
  },
  chunkFileNames: "chunks/[name].js",
  codeSplitting: { groups: [chunkOf("core-parts", core), chunkOf("main-parts", main)] },
});

putInPlace("chunks/core-parts.js", "core.js");
for (const file of readdirSync(out, { recursive: true })) if (file.endsWith(".js")) breakLines(join(out, file));

/**
 * Puts statements and members of classes on lines of their own: Node shows the whole line of an error that nobody caught, such as a bad
 * option's, and that was all of the file, 35,000 characters before the message.
 */
function breakLines(path) {
  const [code, name] = readFileSync(path, "utf8").split("//# sourceMappingURL=");
  if (name === undefined) return;
  const map = JSON.parse(readFileSync(`${path}.map`, "utf8"));
  const segments = decode(map.mappings);
  const starts = parseAst(code).body.flatMap((statement) => [statement.start].concat(membersOf(statement)));
  let from = 0;
  const broken = code.split("\n").flatMap((line, i) => {
    const ends = starts.map((at) => at - from).filter((at) => at > 0 && at < line.length);
    from += line.length + 1;
    return [0].concat(ends.toSorted((a, b) => a - b)).map((at, k, all) => ({
      code: line.slice(at, all[k + 1]),
      segments: (segments[i] ?? [])
        .filter(([column]) => column >= at && column < (all[k + 1] ?? Infinity))
        .map((segment) => segment.with(0, segment[0] - at)),
    }));
  });
  writeFileSync(path, `${broken.map((line) => line.code).join("\n")}//# sourceMappingURL=${name}`);
  writeFileSync(`${path}.map`, JSON.stringify({ ...map, mappings: encode(broken.map((line) => line.segments)) }));
}

/** Where the members of a statement's classes begin. */
function membersOf({ type, body, declaration, declarations = [] }) {
  const inner = [declaration, ...declarations.map(({ init }) => init)].filter((node) => node?.type !== undefined);
  const own = type.startsWith("Class") ? body.body.map(({ start }) => start) : [];
  return own.concat(inner.flatMap(membersOf));
}

/**
 * Puts a chunk in the place of the entry that exports some of it and adds nothing: a file less to load where it is alone (0.3 to 0.7 ms
 * of 5.5 to 5.9). It keeps exporting what other chunks take from it, by its short names.
 */
function putInPlace(chunk, entry) {
  const [, exported] = /^export\{(.*?)\}from"/.exec(readFileSync(join(out, entry), "utf8"));
  const code = readFileSync(join(out, chunk), "utf8");
  const [list, all] = /export\{([^}]*)\};/.exec(code);
  const local = new Map(pairs(all).map(([name, as]) => [as, name]));
  const more = pairs(exported).map(([name, as]) => `${local.get(name)} as ${as}`);
  writeFileSync(
    join(out, chunk),
    code.replace(list, `export{${[all, ...more].join(",")}};`).replace(/(?<=sourceMappingURL=)\S+$/m, `${entry}.map`),
  );
  const map = JSON.parse(readFileSync(join(out, `${chunk}.map`), "utf8"));
  const moved = (path) => relative(dirname(join(out, entry)), join(dirname(join(out, chunk)), path));
  writeFileSync(join(out, `${chunk}.map`), JSON.stringify({ ...map, file: entry, sources: map.sources.map(moved) }));
  for (const end of ["", ".map"]) renameSync(join(out, chunk + end), join(out, entry + end));
  for (const file of readdirSync(out, { recursive: true }).filter((name) => name.endsWith(".js"))) {
    const path = join(out, file);
    const to = relative(dirname(path), join(out, entry));
    const from = relative(dirname(path), join(out, chunk));
    const text = readFileSync(path, "utf8");
    const linked = text.replaceAll(`"${specifier(from)}"`, `"${specifier(to)}"`);
    if (linked !== text) writeFileSync(path, linked);
  }
}

function specifier(path) {
  return path.startsWith(".") ? path : `./${path}`;
}

/** Reads `a,b as c` as pairs of a name and what it is exported as. */
function pairs(list) {
  return list.split(",").map((each) => {
    const [name, as = name] = each.split(" as ");
    return [name, as];
  });
}
