/** What of `node:fs` is needed to move files along. */
export interface MoveFiles {
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  openSync(path: string, flags: string, mode?: number): number;
  closeSync(fd: number): void;
  fstatSync(fd: number): LockStat;
  statSync(path: string, options: { readonly throwIfNoEntry: false }): LockStat | undefined;
}

interface LockStat {
  readonly ino: number;
  readonly mtimeMs: number;
}

/** A rotation takes milliseconds: a lock older than this was left by a process that died in it. */
const STALE_LOCK_MS = 10_000;

/**
 * Moves `app.log` to `app.log.1`, `app.log.1` to `app.log.2` and so on, and removes what is older than the last that is kept. logrotate's names: the
 * newest has the lowest number, and no directory is listed.
 *
 * @param isMoved is asked before the first file moves and again before the last: a process that was stopped for longer than a lock holds may find
 * that another one set the file aside, whose `app.log.1` it would overwrite.
 * @returns false when another process was here first.
 * @throws what renaming throws; then each file still is under its old name or under its new one.
 */
export function shiftFiles(fs: MoveFiles, path: string, keep: number, isMoved: () => boolean): boolean {
  if (isMoved()) return false;
  // More than one where `keep` was larger before.
  for (let i = keep + 1; attempt(() => fs.unlinkSync(`${path}.${i}`)); i++);
  // Up to the first number that is free: while a lock is held, the file grows by what other processes write.
  let free = 1;
  while (free < keep && fs.statSync(`${path}.${free}`, { throwIfNoEntry: false }) !== undefined) free++;
  for (let i = free - 1; i >= 1; i--) attempt(() => fs.renameSync(`${path}.${i}`, `${path}.${i + 1}`));
  if (isMoved()) return false;
  fs.renameSync(path, `${path}.1`);
  return true;
}

/**
 * Does work that one process at a time may do, beside a lock file that says so.
 *
 * @returns false when another one is at it.
 */
export function alone(fs: MoveFiles, lock: string, work: () => void): boolean {
  const own = takeLock(fs, lock);
  if (own === undefined) return false;
  try {
    work();
  } finally {
    // Another process's lock stands there when this one was taken for dead. A file system may give it the number that this one's had.
    const there = fs.statSync(lock, { throwIfNoEntry: false });
    if (there?.ino === own.ino && there.mtimeMs === own.mtimeMs) attempt(() => fs.unlinkSync(lock));
  }
  return true;
}

/** Makes the file that says so; undefined when another process has. */
function takeLock(fs: MoveFiles, lock: string): LockStat | undefined {
  try {
    const fd = fs.openSync(lock, "wx");
    const own = fs.fstatSync(fd);
    fs.closeSync(fd);
    return own;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const held = fs.statSync(lock, { throwIfNoEntry: false });
    if (held !== undefined && Date.now() - held.mtimeMs > STALE_LOCK_MS) attempt(() => fs.unlinkSync(lock));
    return undefined;
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
