import { report } from "../report/report.ts";
import { alone, codeOf, shiftFiles } from "./numbered-files.ts";
import { periodOf } from "./rotation.ts";
import type { WriteSync } from "../write/write-sync.ts";
import type { MoveFiles } from "./numbered-files.ts";
import type { Rotation } from "./rotation.ts";

/** What of `node:fs` is needed; passed in by tests. */
export interface FileSystem extends MoveFiles {
  readonly writeSync: WriteSync;
  mkdirSync(path: string): unknown;
  fstatSync(fd: number): FileStat;
  statSync(path: string, options: { readonly throwIfNoEntry: false }): FileStat | undefined;
  lstatSync(path: string, options: { readonly throwIfNoEntry: false }): { isSymbolicLink(): boolean } | undefined;
  realpathSync(path: string): string;
}

interface FileStat {
  readonly dev: number;
  readonly ino: number;
  readonly nlink: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface LogFileOptions {
  readonly path: string;
  /** The permissions of a new file. */
  readonly mode: number;
  readonly rotation: Rotation | undefined;
  readonly clock: () => number;
}

/** How long a file that was renamed or removed from outside is still written to, when nobody says so. */
const LOOK_MS = 1000;
/** How long a rotation that failed is not tried again. */
const AGAIN_MS = 10_000;
const NEWLINE = 10;

/**
 * Is the file behind a path, to which lines are appended: opened again when it was moved or removed, and set aside by the rule of rotation, always
 * between two lines. It stands where a writer of lines expects `node:fs`, so that the writer's guarantees hold over all files it ever opens.
 */
export class LogFile {
  /** How often this process set a file aside. */
  rotations = 0;
  /** How often the path was opened anew. */
  reopened = 0;
  readonly #fs: FileSystem;
  readonly #options: LogFileOptions;
  #fd = -1;
  #ino = 0;
  #dev = 0;
  #size = 0;
  #period = 0;
  /** The file system counts names of files, so that a count of none means that the file was removed. */
  #countsNames = false;
  /** What is in the file ends amid a line. */
  #open = false;
  #reopen = false;
  #lookAt = 0;
  #rotateFrom = 0;

  /** @throws Error that names the path when it cannot be opened for appending. */
  constructor(options: LogFileOptions, fs: FileSystem) {
    this.#options = options;
    this.#fs = fs;
    this.#openPath();
  }

  /** Opens the path anew before the next line. */
  reopen(): void {
    this.#reopen = true;
  }

  close(): void {
    if (this.#fd < 0) return;
    this.#fs.closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Writes what of these bytes belongs into one file. The descriptor is this object's affair. */
  readonly writeSync: WriteSync = (_fd, bytes, offset, length) => {
    try {
      if (!this.#open) this.#prepare();
      const count = this.#open ? firstLine(bytes, offset, length) : this.#room(bytes, offset, length);
      const fd = this.#fd;
      const written = this.#fs.writeSync(fd, bytes, offset, count);
      // Another process may have rotated twice meanwhile, and removed the file that we still had open: then nobody has these lines.
      if (this.#isGone(written)) return 0;
      this.#open = bytes[offset + written - 1] !== NEWLINE;
      return written;
    } catch (error) {
      // What is wrong with the descriptor and not with the disk may be mended by opening the path again.
      if (codeOf(error) !== "ENOSPC" && codeOf(error) !== "EAGAIN") this.#reopen = true;
      throw named(this.#options.path, error);
    }
  };

  /** Opens and rotates as it is time to. */
  #prepare(): void {
    const { rotation, clock } = this.#options;
    const now = clock();
    if (this.#reopen || (isDue(now, this.#lookAt, LOOK_MS) && this.#isMoved(now)) || this.#fd < 0) this.#reopenPath();
    if (rotation === undefined || this.#size === 0 || !isDue(now, this.#rotateFrom, AGAIN_MS)) return;
    if (this.#size >= rotation.maxBytes || isOver(this.#period, periodOf(now, rotation))) this.#rotate(rotation, now);
  }

  /** Tells how many of these bytes go into this file: whole lines up to its largest size, and at least one line. */
  #room(bytes: Uint8Array, offset: number, length: number): number {
    const { rotation, clock } = this.#options;
    if (rotation === undefined || this.#size + length <= rotation.maxBytes || !isDue(clock(), this.#rotateFrom, AGAIN_MS))
      return length;
    const { maxBytes } = rotation;
    const fitting = wholeLines(bytes, offset, Math.min(length, maxBytes - this.#size));
    if (fitting > 0) return fitting;
    if (this.#size > 0) this.#rotate(rotation, clock());
    // Where another process is setting the file aside just now, it grows by this much until that is asked again.
    const room = this.#size < maxBytes ? maxBytes - this.#size : maxBytes;
    return wholeLines(bytes, offset, Math.min(length, room)) || firstLine(bytes, offset, length);
  }

  /** Notes what is in the file, others' lines included; true when it has no name any more and so no reader. */
  #isGone(written: number): boolean {
    if (this.#options.rotation === undefined) return false;
    const { nlink, size } = this.#fs.fstatSync(this.#fd);
    this.#size = size;
    const isRemoved = nlink === 0 && this.#countsNames;
    this.#reopen ||= isRemoved;
    return isRemoved && written > 0 && !this.#open;
  }

  #isMoved(now: number): boolean {
    this.#lookAt = now + LOOK_MS;
    const found = this.#fs.statSync(this.#options.path, { throwIfNoEntry: false });
    if (found !== undefined) this.#size = found.size;
    return found?.ino !== this.#ino || found.dev !== this.#dev;
  }

  #rotate(rotation: Rotation, now: number): void {
    const fs = this.#fs;
    const { path: given } = this.#options;
    try {
      const path = realPath(fs, given);
      const didIt = alone(fs, `${path}.lock`, () => {
        if (shiftFiles(fs, path, rotation.keep, () => this.#isMoved(now))) this.rotations++;
      });
      if (didIt) this.#openPath();
      else this.#lookAt = now;
    } catch (error) {
      // The lines go on into the file that there is, however large.
      this.#rotateFrom = now + AGAIN_MS;
      report("file", named(given, error));
    }
  }

  /** Where the path cannot be opened, the file that is open takes the lines, unless it was removed: nobody would have them. */
  #reopenPath(): void {
    try {
      this.#openPath();
    } catch (error) {
      if (this.#fd < 0 || (this.#countsNames && this.#fs.fstatSync(this.#fd).nlink === 0)) throw error;
      this.#reopen = false;
      report("file", error);
    }
  }

  #openPath(): void {
    const { path, mode, rotation, clock } = this.#options;
    const fs = this.#fs;
    const before = this.#fd;
    const fd = openMaking(fs, path, mode);
    const { ino, dev, nlink, size, mtimeMs } = fs.fstatSync(fd);
    const now = clock();
    [this.#fd, this.#ino, this.#dev, this.#size, this.#reopen, this.#open] = [fd, ino, dev, size, false, false];
    this.#countsNames = nlink > 0;
    this.#lookAt = now + LOOK_MS;
    if (rotation !== undefined) this.#period = periodOf(size > 0 ? mtimeMs : now, rotation);
    if (before < 0) return;
    this.reopened++;
    fs.closeSync(before);
  }
}

/** Tells whether a time has come that was so far away at most; a clock that was put back further is not waited for. */
function isDue(now: number, at: number, mostMs: number): boolean {
  return now >= at || at - now > mostMs;
}

/** Tells whether a period is over. A clock that is put back by a moment leaves it as it is; by more, its numbers were wrong. */
function isOver(period: number, current: number): boolean {
  return current > period || current < period - 1;
}

/** Opens a file for appending, which is what lets several processes write whole lines to it, and makes its folder where there is none. */
function openMaking(fs: FileSystem, path: string, mode: number): number {
  try {
    try {
      return fs.openSync(path, "a", mode);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      makeFolder(fs, folderOf(path));
      return fs.openSync(path, "a", mode);
    }
  } catch (error) {
    throw named(path, error);
  }
}

/** Makes a folder and those above it. Not by Node's own recursion, which never ends in a file system that makes none, such as /proc (Node 22 to 26). */
function makeFolder(fs: FileSystem, path: string, isAgain = false): void {
  try {
    fs.mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (codeOf(error) === "EEXIST") return;
    if (codeOf(error) !== "ENOENT" || isAgain) throw error;
    makeFolder(fs, folderOf(path));
    makeFolder(fs, path, true);
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"), 0)) || ".";
}

/** Follows a symbolic link, so that the file is set aside where it lies and not the link: it may lead to another disk, or to `/dev/stdout`. */
function realPath(fs: FileSystem, path: string): string {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return path;
  try {
    return fs.realpathSync(path);
  } catch {
    // It leads nowhere: another process moves the file just now, which the rotation sees for itself.
    return path;
  }
}

/** Counts the bytes up to the end of a line. */
function firstLine(bytes: Uint8Array, offset: number, length: number): number {
  const newline = bytes.subarray(offset, offset + length).indexOf(NEWLINE);
  return newline < 0 ? length : newline + 1;
}

/** Counts the bytes up to the last end of a line within a length. */
function wholeLines(bytes: Uint8Array, offset: number, length: number): number {
  for (let end = offset + length; end > offset; end--) if (bytes[end - 1] === NEWLINE) return end - offset;
  return 0;
}

/** Says once which file a failure is about, and keeps its code. */
function named(path: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Error && message.startsWith(`path ${path}: `)) return cause;
  return Object.assign(new Error(`path ${path}: ${message}`, { cause }), { code: codeOf(cause) });
}
