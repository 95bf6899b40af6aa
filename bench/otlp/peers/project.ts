import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const FOLDER = import.meta.dirname;

/** Finds what the fixture project installed. Its modules are loaded as CommonJS: only there does the instrumentation patch them without a loader. */
export const peer: NodeJS.Require = createRequire(join(FOLDER, "package.json"));

/** Installs the fixture project at its first use. */
export function install(): void {
  if (existsSync(join(FOLDER, "node_modules/.package-lock.json"))) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: FOLDER, stdio: "inherit" });
}

/** Names the versions of the peers, and of the SDKs that two of them bring. */
export function versions(): string {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8")) as {
    readonly dependencies: { readonly [name: string]: string };
  };
  const named = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  const brought = ["@logtape/otel", "pino-opentelemetry-transport"].map((name) => `${name} brings sdk-logs ${sdkOf(name)}`);
  return `${named.join(", ")}; ${brought.join(", ")}`;
}

function sdkOf(name: string): string {
  const path = join(FOLDER, "node_modules", name, "node_modules/@opentelemetry/sdk-logs/package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}
