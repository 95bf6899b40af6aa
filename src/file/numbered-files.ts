/** What of `node:fs` is needed to move files along. */
export interface MoveFiles {
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  openSync(path: string, flags: string, mode?: number): number;
  closeSync(fd: number): void;
  statSync(path: string, options: { readonly throwIfNoEntry: false }): { readonly mtimeMs: number } | undefined;
}

/** A rotation takes milliseconds: a lock older than this was left by a process that died in it. */
const STALE_LOCK_MS = 10_000;

/**
 * Moves `app.log` to `app.log.1`, `app.log.1` to `app.log.2` and so on, and removes what is older than the last that is kept. logrotate's names: the
 * newest has the lowest number, and no directory is listed.
 *
 * @throws what renaming throws; then each file still is under its old name or under its new one.
 */
export function shiftFiles(fs: MoveFiles, path: string, keep: number): void {
  // More than one where `keep` was larger before.
  for (let i = keep + 1; attempt(() => fs.unlinkSync(`${path}.${i}`)); i++);
  for (let i = keep - 1; i >= 1; i--) attempt(() => fs.renameSync(`${path}.${i}`, `${path}.${i + 1}`));
  fs.renameSync(path, `${path}.1`);
}

/**
 * Does work that one process at a time may do, beside a lock file that says so.
 *
 * @returns false when another one is at it.
 */
export function alone(fs: MoveFiles, lock: string, work: () => void): boolean {
  if (!takeLock(fs, lock)) return false;
  try {
    work();
  } finally {
    attempt(() => fs.unlinkSync(lock));
  }
  return true;
}

function takeLock(fs: MoveFiles, lock: string): boolean {
  try {
    fs.closeSync(fs.openSync(lock, "wx"));
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const held = fs.statSync(lock, { throwIfNoEntry: false });
    if (held !== undefined && Date.now() - held.mtimeMs > STALE_LOCK_MS) attempt(() => fs.unlinkSync(lock));
    return false;
  }
}

/** Tells whether a file was there to be worked on. @throws what is not about a missing file. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
