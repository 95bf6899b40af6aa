import { jsonHandler } from "../console/json-handler.ts";
import { LineHandler, putText } from "../console/line-handler.ts";
import { nodeFs } from "../report/node-fs.ts";
import { resolveLimits } from "../value/limits.ts";
import { FdWriter } from "../write/fd-writer.ts";
import { LogFile } from "./log-file.ts";
import { onReopenSignal, REOPEN_SIGNALS } from "./reopen-signal.ts";
import { aFunction, expected, knownOptions } from "../value/option.ts";
import { readRotation } from "./rotation.ts";
import type { Handler } from "../handler/handler.ts";
import type { LineOptions } from "../console/line-options.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { Limits } from "../value/limits.ts";
import type { GatherOptions } from "../write/fd-writer-options.ts";
import type { FileSystem } from "./log-file.ts";
import type { ReopenSignal } from "./reopen-signal.ts";
import type { RotateOptions } from "./rotation.ts";

/** Configures {@link fileHandler}. */
export interface FileOptions extends Omit<LineOptions, "writer">, GatherOptions {
  /** The file to append to, from the process's folder of now. Its own folder is made where there is none; it is opened at set-up. */
  readonly path: string;
  /** Writes a record as lines, each ended by `\n`, such as `formatJson`. Default: the lines of `jsonHandler`. */
  readonly format?: (record: LogRecord, limits: Limits) => string;
  /** Sets the file aside by size, by time or by both: `app.log` becomes `app.log.1`, which becomes `app.log.2`. Default: never. */
  readonly rotate?: RotateOptions;
  /**
   * Opens the path again at this signal, after logrotate has moved the file. As in a daemon, SIGHUP then no longer ends the process. Default: no
   * signal is listened to; a file that was moved is still noticed, with the first line that is written a second later. Until the signal is heard
   * the moved file is written to, so that logrotate must not compress it at once: `delaycompress`.
   */
  readonly reopenOn?: ReopenSignal;
  /** The permissions of a new file, less the process's umask. Default 0o640: its owner writes, its group reads. */
  readonly mode?: number;
  /** Gives the time by which files rotate, in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

/** Counts what a {@link FileHandler} did. */
export interface FileStats {
  /** Lines that a failed write cost. */
  readonly dropped: number;
  /** Files that this process set aside. */
  readonly rotations: number;
  /** How often the path was opened after the first time. */
  readonly reopened: number;
}

/** Appends lines to a file. */
export interface FileHandler extends Handler {
  /** Opens the path again before the next line: after somebody moved the file. */
  reopen(): void;
  /** Counts since the handler was made. */
  stats(): FileStats;
  flush(): Promise<void>;
  /** Writes what is left and closes the file. */
  shutdown(): Promise<void>;
}

/**
 * Appends each record to a file as a line. Several processes may share one: lines are appended whole, and one process at a time rotates, beside a
 * `.lock` file. Lines are gathered within one turn of the event loop and are out at every end of the process that can be heard; a write that fails
 * (`ENOSPC`) costs the lines it was to write, which are counted and reported, and nothing is thrown. A rotation that fails costs none: they go on
 * into the file that there is, and it is tried again 10 s later. Windows does not rename a file that another process has open.
 *
 * @throws Error that names the path when it cannot be opened; RangeError or TypeError that names any other bad option.
 *
 * @example
 * ```ts
 * const handler = fileHandler({ path: "log/app.log", rotate: { maxBytes: 50_000_000, every: "day", keep: 14 } });
 * ```
 */
export function fileHandler(options: FileOptions): FileHandler {
  const fs = nodeFs();
  if (fs === undefined) throw new Error("fileHandler: expected Node, Bun or Deno, where there are files");
  return new AppendingHandler(options, fs);
}

export class AppendingHandler implements FileHandler {
  readonly threshold: Handler["threshold"];
  readonly #file: LogFile;
  readonly #writer: FdWriter;
  readonly #lines: Handler;
  readonly #deafen: (() => void) | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: FileOptions, fs: FileSystem) {
    const { path, mode, clock, rotate, reopenOn, format, batchBytes, flushIntervalMs, ...lines } = checked(options);
    const rotation = rotate === undefined ? undefined : readRotation(rotate);
    this.#file = new LogFile({ path, mode, rotation, clock }, fs);
    this.#writer = new FdWriter(-1, { batchBytes, flushIntervalMs }, this.#file.writeSync, "file");
    this.#lines = linesOf({ ...lines, writer: this.#writer }, format);
    this.threshold = this.#lines.threshold;
    if (reopenOn !== undefined) this.#deafen = onReopenSignal(reopenOn, () => this.reopen());
  }

  enabled(level: number): boolean {
    return this.#lines.enabled(level);
  }

  handle(...[record, ctx]: Parameters<Handler["handle"]>): void {
    this.#lines.handle(record, ctx);
  }

  reopen(): void {
    this.#file.reopen();
  }

  stats(): FileStats {
    const { rotations, reopened } = this.#file;
    return { dropped: this.#writer.dropped, rotations, reopened };
  }

  async flush(): Promise<void> {
    await this.#lines.flush?.();
  }

  async shutdown(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    this.#deafen?.();
    try {
      await this.#lines.shutdown?.();
      await this.#writer.shutdown();
    } finally {
      this.#file.close();
    }
  }
}

function linesOf(options: LineOptions, format: FileOptions["format"]): Handler {
  if (format === undefined) return jsonHandler(options);
  const limits = resolveLimits(options.limits);
  return new LineHandler(
    options,
    putText((record) => format(record, limits)),
  );
}

const OWN = ["path", "format", "rotate", "reopenOn", "mode", "clock"];
/** Are read where the lines are made and gathered, `schema` and `rest` by `jsonHandler`. */
const OTHERS = ["level", "flushLevel", "limits", "batchBytes", "flushIntervalMs", "schema", "rest"];

/** Fills what was not given, before anything is opened. */
function checked(options: FileOptions): FileOptions & Required<Pick<FileOptions, "mode" | "clock">> {
  knownOptions("fileHandler", options, [...OWN, ...OTHERS]);
  const { path, mode = 0o640, clock = Date.now, reopenOn, format } = options;
  if (typeof path !== "string" || path === "" || path.endsWith("/") || path.includes("\0")) {
    throw new TypeError(expected("path", "the path of a file", path));
  }
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw new RangeError(expected("mode", "permissions from 0 to 0o777", mode));
  }
  aFunction("clock", clock);
  if (format !== undefined) aFunction("format", format);
  if (reopenOn !== undefined && !REOPEN_SIGNALS.includes(reopenOn)) {
    throw new RangeError(expected("reopenOn", REOPEN_SIGNALS.join(", "), reopenOn));
  }
  return { ...options, path: absolute(path), mode, clock };
}

/** Makes a path say the same wherever the process goes later: the file is opened more than once. */
function absolute(path: string): string {
  return globalThis.process?.getBuiltinModule?.("node:path").resolve(path) ?? path;
}
