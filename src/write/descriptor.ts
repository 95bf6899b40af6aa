import { FdWriter } from "./fd-writer.ts";
import { expected, knownOptions } from "../value/option.ts";
import type { FdWriterOptions } from "./fd-writer-options.ts";
import type { LineWriter } from "./line-writer.ts";

/**
 * Makes a writer of lines to a file descriptor, which stays the caller's.
 *
 * @example
 * ```ts
 * const handler = jsonHandler({ writer: fdWriter(fs.openSync("app.log", "a")) });
 * ```
 * @throws RangeError or TypeError when an option is not what is expected; an Error where files have no descriptors.
 */
export function fdWriter(fd: number, options: FdWriterOptions = {}): LineWriter {
  if (!Number.isInteger(fd) || fd < 0) throw new RangeError(expected("fd", "a file descriptor", fd));
  knownOptions("fdWriter", options, ["batchBytes", "flushIntervalMs", "maxPendingBytes"]);
  return new FdWriter(fd, options);
}
