import { ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Is where lines go: nowhere, into a file, or through a pipe that `cat` reads. */
export type DestinationKind = "/dev/null" | "file" | "pipe";

/** Opens descriptors on a destination, one for each logger, and empties files between the slots. */
export class Destination {
  readonly kind: DestinationKind;
  readonly #folder: string | undefined;
  readonly #files: number[] = [];

  constructor(kind: DestinationKind) {
    this.kind = kind;
    this.#folder = kind === "file" ? mkdtempSync(join(tmpdir(), "correlog-bench-")) : undefined;
    // Descriptor 1 is a file as well, for those that print.
    if (kind === "file") this.#files.push(1);
  }

  /** Opens the destination anew: with a file description of its own, which no other logger makes non-blocking. */
  open(name: string): number {
    if (this.#folder === undefined) return openSync(this.kind === "pipe" ? "/proc/self/fd/1" : "/dev/null", "w");
    const fd = openSync(join(this.#folder, name.replaceAll(/\W+/g, "-")), "a+");
    this.#files.push(fd);
    return fd;
  }

  empty(): void {
    for (const fd of this.#files) ftruncateSync(fd, 0);
  }

  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true });
  }
}
