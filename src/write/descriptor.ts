import { FdWriter } from "./fd-writer.ts";
import type { FdWriterOptions } from "./fd-writer-options.ts";
import type { LineWriter } from "./line-writer.ts";

/**
 * Makes a writer of lines to a file descriptor, which stays the caller's.
 *
 * @example
 * ```ts
 * const handler = jsonHandler({ writer: fdWriter(fs.openSync("app.log", "a")) });
 * ```
 * @throws RangeError when an option is out of its bounds; an Error where files have no descriptors.
 */
export function fdWriter(fd: number, options: FdWriterOptions = {}): LineWriter {
  if (!Number.isInteger(fd) || fd < 0) throw new RangeError(`fd: expected a file descriptor, got ${String(fd)}`);
  return new FdWriter(fd, options);
}
