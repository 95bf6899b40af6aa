import type { Source } from "../record/source.ts";

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

interface CallSite {
  readonly functionName: string;
  readonly scriptName: string;
  readonly lineNumber: number;
}

/**
 * Makes a finder of call sites, by `node:util`'s `getCallSites`: no Error is made and no stack is printed and parsed. In one bundle with
 * the app all frames are of one file, and nothing is found.
 *
 * @throws TypeError when an option is not what is expected, or the runtime has no call sites.
 */
export function findSource(input: true | SourceOptions): FindSource {
  const { skip = [], root = globalThis.process?.cwd?.() ?? "" } = input === true ? {} : input;
  if (!Array.isArray(skip) || !skip.every((part) => typeof part === "string" || part instanceof RegExp)) {
    throw new TypeError(`source.skip: expected a list of texts and patterns, got ${String(skip)}`);
  }
  if (typeof root !== "string") throw new TypeError(`source.root: expected a folder, got ${String(root)}`);
  const util = globalThis.process?.getBuiltinModule?.("node:util") as
    | { getCallSites?: (frames: number) => CallSite[] }
    | undefined;
  const callSites = util?.getCallSites;
  if (callSites === undefined)
    throw new TypeError("source: expected a runtime with node:util's getCallSites, such as Node 22.9 and later");
  // The folder of this library, as sources or built: its frames are never the caller's.
  const own = pathOf(new URL("../", import.meta.url).href);
  const base = root === "" || root.endsWith("/") ? root : `${root}/`;
  const isSkipped = (file: string): boolean =>
    file === "" ||
    file.startsWith("node:") ||
    file.startsWith(own) ||
    skip.some((part) => (typeof part === "string" ? file.includes(part) : part.test(file)));
  /** What each script is called, or undefined for one to skip: an app has as many scripts as it has, and a URL costs 1 µs to read. */
  const files = new Map<string, string | undefined>();
  const fileOf = (script: string): string | undefined => {
    if (files.has(script)) return files.get(script);
    const path = pathOf(script);
    const file = path.startsWith(base) ? path.slice(base.length) : path;
    files.set(script, isSkipped(path) ? undefined : file);
    return files.get(script);
  };
  const find = (frames: number): Source | undefined => {
    for (const { scriptName, lineNumber, functionName } of callSites(frames)) {
      const file = fileOf(scriptName);
      if (file !== undefined) return { file, line: lineNumber, function: functionName || undefined };
    }
    return undefined;
  };
  return () => find(FEW_FRAMES) ?? find(MOST_FRAMES);
}

function pathOf(script: string): string {
  if (!script.startsWith("file://")) return script;
  try {
    return decodeURIComponent(new URL(script).pathname);
  } catch {
    // A path with a stray percent sign is no worse undecoded.
    return script.slice("file://".length);
  }
}
