import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";

const MOUNT = `mount -t tmpfs -o size=64k none "$0"`;
const CHILD = join(import.meta.dirname, "full-disk.fixture.ts");

/** Each makes a disk that takes 64 KiB; as shell text, with the folder as `$0`. */
const DISKS: readonly { name: string; command: readonly string[]; before: string; error: string; probe: string }[] = [
  { name: "a tmpfs of 64 KiB", command: ["unshare", "-rm", "sh"], before: MOUNT, error: "ENOSPC", probe: MOUNT },
  // Blocks of 512 bytes in dash, of 1024 in bash.
  { name: "a file size limit of 64 KiB", command: ["bash"], before: "ulimit -f 64", error: "EFBIG", probe: "ulimit -f 64" },
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "correlog-disk-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Says why this machine does not make such a disk; nothing where it does. */
function problemOf([command = "", ...args]: readonly string[], probe: string): string | undefined {
  const { status, stderr, error } = spawnSync(command, [...args, "-c", probe, tmpdir()], { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

describe.skipIf(PROTO_DIR === undefined)("a disk that fills up under the spool", () => {
  for (const { name, command, before, error, probe } of DISKS) {
    const problem = problemOf(command, probe);
    if (problem !== undefined) console.warn(`skipped: ${name}: ${problem}`);
    test.skipIf(problem !== undefined)(
      `${name}: records wait in memory, that is said once, and all arrive in order`,
      async () => {
        const to = await receiver();
        to.fallback = 503;
        const [shell = "", ...args] = command;
        const child = spawn(shell, [...args, "-c", `${before} && exec "$@"`, dir, process.execPath, CHILD, to.url, dir], {
          stdio: ["ignore", "pipe", "pipe"],
        });
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (data: Buffer) => {
          stdout += data.toString();
          to.fallback = 200;
        });
        child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
        const code = await new Promise((resolve) => child.on("close", resolve));
        await to.close();
        expect({ code, stderr: stderr.match(/^.*spool.*$/gm) }).toEqual({ code: 0, stderr: [expect.stringContaining(error)] });
        const { mostOnDisk, ...counts } = JSON.parse(stdout.split("\n")[1] ?? "") as { mostOnDisk: number };
        expect(counts).toEqual({ queued: 2000, delivered: 2000, dropped: 0, spooledBytes: 0 });
        expect(mostOnDisk).toBeGreaterThan(30_000);
        expect(mostOnDisk).toBeLessThanOrEqual(65_536);
        expect(to.messages()).toEqual(Array.from({ length: 2000 }, (_, i) => `m${i}`));
        expect(readdirSync(dir)).toEqual([]);
      },
    );
  }
});
