import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ChildProcess } from "node:child_process";

const SOURCE = pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href;

/** How a process ended, and what it left. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  /** Where standard output goes: a file (default), or a path that is opened for writing. */
  readonly stdout?: string;
  /** A shell command that gets the program by `$RUN`, in place of running it as it is: `$RUN | head -1`. */
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Is given the process as soon as it says `ready` on stderr: to send it signals. */
  readonly ready?: (child: ChildProcess) => void;
}

/** Runs a program of its own process, to its end; `correlog` in it is the source. */
export async function run(program: string, options: ChildOptions = {}): Promise<Ended> {
  const dir = mkdtempSync(join(tmpdir(), "correlog-child-"));
  try {
    return await runIn(dir, program, options);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function runIn(dir: string, program: string, options: ChildOptions): Promise<Ended> {
  const main = join(dir, "main.mjs");
  writeFileSync(main, program.replaceAll('"correlog"', JSON.stringify(SOURCE)));
  const path = options.stdout ?? join(dir, "stdout");
  const fd = openSync(path, "a");
  const [command, args] =
    options.shell === undefined
      ? [process.execPath, [main]]
      : ["bash", ["-c", options.shell.replaceAll("$RUN", `${process.execPath} ${main}`)]];
  const env = { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1", ...options.env };
  const child = spawn(command, args, { cwd: dir, env, stdio: ["ignore", fd, "pipe"] });
  closeSync(fd);
  let stderr = "";
  let announced = false;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (announced || !stderr.includes("ready\n")) return;
    announced = true;
    options.ready?.(child);
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const isFile = options.stdout === undefined;
  return { code, signal, stdout: isFile ? readFileSync(path, "utf8") : "", stderr: stderr.replace("ready\n", "") };
}

/** Counts whole lines of JSON; a torn one throws. */
export function countLines(text: string): number {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new SyntaxError("the last line is torn");
  for (const line of lines) JSON.parse(line);
  return lines.length;
}
