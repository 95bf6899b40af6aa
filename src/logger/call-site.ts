import { report } from "../report/report.ts";
import { expected, knownOptions } from "../value/option.ts";
import type { Source } from "../record/source.ts";

/** Says how a record's place in the code is found and shown. */
export interface SourceOptions {
  /** Files of wrappers, whose frames are not the caller's: parts of a path, or patterns. */
  readonly skip?: readonly (string | RegExp)[];
  /** The folder that paths are relative to. Default: the working directory. */
  readonly root?: string;
}

/** Finds the caller of a log call. */
export type FindSource = () => Source | undefined;

/** Frames that are looked at first: the logger's own three or four, and the caller's; each frame costs. */
const FEW_FRAMES = 6;
/** Frames that are looked at where those were all the logger's and wrappers'. */
const MOST_FRAMES = 64;

/** Scripts whose names are kept; an app has as many as it has, but some are made from data. */
const MOST_SCRIPTS = 4096;

interface CallSite {
  readonly functionName: string;
  /** Is null for a native function in Deno, empty in Node. */
  readonly scriptName: string | null;
  readonly lineNumber: number;
}

type CallSites = (frames: number) => readonly CallSite[];

/**
 * Makes a finder of call sites, by `node:util`'s `getCallSites`: no Error is made and no stack is printed and parsed. Where source maps are
 * enabled it names the sources. In one bundle with the app, without source maps, all frames are of one file, and nothing is found.
 * The finder never throws.
 *
 * @throws TypeError when an option is not what is expected, or the runtime has no call sites.
 */
export function findSource(input: true | SourceOptions): FindSource {
  if (input !== true) knownOptions("source", input, ["skip", "root"]);
  const { skip = [], root = globalThis.process?.cwd?.() ?? "" } = input === true ? {} : input;
  if (!Array.isArray(skip) || !skip.every((part) => (typeof part === "string" && part !== "") || part instanceof RegExp)) {
    throw new TypeError(expected("source.skip", "a list of texts and patterns", skip));
  }
  if (typeof root !== "string" || !isAbsolute(root))
    throw new TypeError(expected("source.root", "the absolute path of a folder", root));
  const util = globalThis.process?.getBuiltinModule?.("node:util") as { getCallSites?: CallSites } | undefined;
  const callSites = util?.getCallSites;
  if (callSites === undefined)
    throw new TypeError("source: expected a runtime with node:util's getCallSites, such as Node 22.12 and later");
  const files = new CallerFiles(root, skip);
  return () => {
    try {
      return find(callSites(FEW_FRAMES), files) ?? find(callSites(MOST_FRAMES), files);
    } catch (error) {
      // A pattern of the app's that throws, or a source map that cannot be read: it costs the source, not the record.
      report("source", error);
      return undefined;
    }
  };
}

function find([here, ...callers]: readonly CallSite[], files: CallerFiles): Source | undefined {
  files.ownIs(here?.scriptName ?? "");
  for (const { scriptName, lineNumber, functionName } of callers) {
    const file = files.of(scriptName ?? "");
    if (file !== undefined) return { file, line: lineNumber, function: functionName || undefined };
  }
  return undefined;
}

/** Names scripts as records show them; undefined for one whose frames are not the caller's. A URL costs 1 µs to read, so names are kept. */
class CallerFiles {
  readonly #base: string;
  readonly #skip: readonly (string | RegExp)[];
  readonly #names = new Map<string, string | undefined>();
  /** This file, as the first frame calls it, and the folder of the library, as sources or built; in an app's bundle this file alone. */
  #script = "";
  #folder = "";

  constructor(root: string, skip: readonly (string | RegExp)[]) {
    const base = slashed(root);
    this.#base = base === "" || base.endsWith("/") ? base : `${base}/`;
    this.#skip = skip;
  }

  /** Says what this file is called: another name than that of the bundle where source maps are enabled, which may be at any time. */
  ownIs(script: string): void {
    if (script === this.#script) return;
    this.#script = script;
    this.#folder = pathOf(script).replace(/(\/src\/|\/)(?:logger\/call-site\.ts|dist\/core\.js)$/, "$1");
    this.#names.clear();
  }

  of(script: string): string | undefined {
    if (this.#names.has(script)) return this.#names.get(script);
    const path = pathOf(script);
    const shown = path.startsWith(this.#base) ? path.slice(this.#base.length) : path;
    const name = this.#isSkipped(path) ? undefined : shown;
    if (this.#names.size < MOST_SCRIPTS) this.#names.set(script, name);
    return name;
  }

  #isSkipped(path: string): boolean {
    if (path === "" || path.startsWith("node:") || path.startsWith(this.#folder)) return true;
    // `search`, because `test` goes on where a global pattern stopped in another path.
    return this.#skip.some((part) => (typeof part === "string" ? path.includes(part) : path.search(part) >= 0));
  }
}

function isAbsolute(path: string): boolean {
  return path === "" || /^(?:[/\\]|[A-Za-z]:)/.test(path);
}

/** Writes a path of Windows as URLs do. */
function slashed(path: string): string {
  return /^(?:[A-Za-z]:|\\)/.test(path) ? path.replaceAll("\\", "/") : path;
}

function pathOf(script: string): string {
  if (!script.startsWith("file://")) return slashed(script);
  try {
    // On Windows a URL has a slash before the drive.
    return decodeURIComponent(new URL(script).pathname).replace(/^\/(?=[A-Za-z]:\/)/, "");
  } catch {
    // A path with a stray percent sign is no worse undecoded.
    return script.slice("file://".length);
  }
}
