import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../../shared/backends");

/** Finds a server none of us wrote: by its variable, on the PATH, or beside the checkout; says so where there is none. */
export function findBackend(name: string, variable: string, file: string): string | undefined {
  const given = process.env[variable];
  if (given !== undefined && existsSync(given)) return given;
  const onPath = (process.env["PATH"] ?? "")
    .split(":")
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));
  if (onPath !== undefined) return onPath;
  if (existsSync(join(FOLDER, "unpack"))) {
    execFileSync(join(FOLDER, "unpack"), [], { stdio: "ignore" });
    const unpacked = join(process.env["TMPDIR"] ?? "/tmp", "otlp-backends", file);
    if (existsSync(unpacked)) return unpacked;
  }
  console.warn(`skipped: no ${name}; name it in ${variable}`);
  return undefined;
}

export interface Backend {
  readonly dir: string;
  stop(): Promise<void>;
}

/** Starts a server with a folder of its own, and waits until it answers. */
export async function startBackend(
  binary: string,
  args: (dir: string) => readonly string[],
  port: number,
  config?: string,
): Promise<Backend> {
  const dir = mkdtempSync(join(tmpdir(), "correlog-backend-"));
  if (config !== undefined) writeFileSync(join(dir, "config.yaml"), config);
  const child = spawn(binary, args(dir), { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for (let tries = 0; tries < 200; tries++) {
    const answers = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    dir,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
