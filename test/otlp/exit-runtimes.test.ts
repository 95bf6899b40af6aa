import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");
const CHILD = join(import.meta.dirname, "exit-child.ts");
const ALL = Array.from({ length: 1000 }, (_, i) => `m${i}`);

interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** Ends that only it has. */
  readonly more?: Readonly<Record<string, End>>;
}

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  /** What is logged besides. */
  readonly also?: readonly string[];
}

const DENO = join(MODULES, "@deno/linux-x64-glibc/deno");

const RUNTIMES: readonly Runtime[] = [
  { name: "Node 22", command: join(MODULES, "node22/bin/node") },
  { name: "Node 26", command: join(MODULES, "node26/bin/node") },
  { name: "Bun", command: join(MODULES, "@oven/bun-linux-x64/bin/bun") },
  {
    name: "Deno",
    command: DENO,
    args: ["run", "--allow-all", "--no-check", "--node-modules-dir=manual"],
    more: { "Deno.exit": { code: 7, signal: null }, "survive an error": { code: 7, signal: null, also: ["last"] } },
  },
  {
    name: "Deno that may use the network, and nothing else",
    command: DENO,
    args: ["run", "--allow-net", "--no-prompt", "--no-check", "--node-modules-dir=manual"],
  },
];

const ENDS: Readonly<Record<string, End>> = {
  natural: { code: 0, signal: null },
  exit: { code: 7, signal: null },
  "exit in a listener of the signal": { code: 7, signal: null },
  throw: { code: 1, signal: null },
  "throw later": { code: 1, signal: null },
  reject: { code: 1, signal: null },
  SIGTERM: { code: null, signal: "SIGTERM" },
  SIGINT: { code: null, signal: "SIGINT" },
};

async function run({ command, args = [] }: Runtime, url: string, how: string): Promise<End & { stderr: string }> {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NODE_NO_WARNINGS: "1" };
  const child = spawn(command, [...args, CHILD, url, how], { stdio: ["ignore", "ignore", "pipe"], env });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stderr })));
}

describe.skipIf(PROTO_DIR === undefined)("1000 queued records arrive, once and in order, at", () => {
  for (const runtime of RUNTIMES) {
    if (!existsSync(runtime.command)) console.warn(`skipped: no ${runtime.name} at ${runtime.command}`);
    const ends = Object.entries({ ...ENDS, ...runtime.more });
    test.skipIf(!existsSync(runtime.command)).each(ends)(`%s in ${runtime.name}`, async (how, { also = [], ...end }) => {
      const to = await receiver();
      const { stderr, ...got } = await run(runtime, to.url, how);
      await to.close();
      expect(got).toEqual(end);
      expect(to.messages()).toEqual([...ALL, ...also]);
      expect(stderr).not.toContain("correlog:");
    });
  }
});
