import type fileSystem from "node:fs";

type Fs = typeof fileSystem;

/** How long a process of another machine, or container, may leave its files untouched before it counts as ended. */
const FOREIGN_MS = 600_000;

/**
 * Tells to which process a file of the spool belongs, by its name: when the process took it up, the machine, the process and its start, and
 * a random part for several handlers of one process.
 */
export interface Owner {
  readonly token: string;
  /** Tells whether the process that named a file is still there. Files of this process's own count as such. */
  isAlive(fileToken: string, touchedMs: number, now: number): boolean;
}

/** Makes the name by which this process owns files. */
export function ownerOf(now: number, random: () => number): Owner {
  const fs = process.getBuiltinModule("node:fs");
  const machine = machineOf(fs);
  const start = startOf(fs, process.pid) ?? "0";
  const nonce = Math.floor(random() * 0xffff_ffff).toString(36);
  const token = `${now.toString(36).padStart(9, "0")}-${machine}-${process.pid}-${start}-${nonce}`;
  return {
    token,
    isAlive(fileToken, touchedMs, asked) {
      const [, theirMachine = "", pid = "", theirStart = ""] = fileToken.split("-");
      if (theirMachine !== machine) return asked - touchedMs < FOREIGN_MS;
      if (!isRunning(Number(pid))) return false;
      const running = startOf(fs, Number(pid));
      // Another process that got the same number since has started at another time. Where that is not known, it counts as the same.
      return running === undefined || theirStart === "0" || running === theirStart;
    },
  };
}

/** Names the machine together with the space in which process numbers mean something: containers have their own. */
function machineOf(fs: Fs): string {
  const host = process.getBuiltinModule("node:os").hostname();
  const text = `${host} ${linkOf(fs, "/proc/self/ns/pid") ?? ""}`;
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193) >>> 0;
  return hash.toString(36);
}

function linkOf(fs: Fs, path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    // Not Linux.
    return undefined;
  }
}

/** Gives when a process started, in the ticks of Linux; nothing elsewhere. */
function startOf(fs: Fs, pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name, which may hold anything: the 20th field is the start.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    // Not Linux, or no such process.
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but somebody else's.
    return (error as { code?: string }).code === "EPERM";
  }
}
