import { createRequire } from "node:module";
import { join } from "node:path";
import type { Case } from "./cases.ts";

/** Is a logger in one mode, opened on one destination, ready to be timed. */
export interface Subject {
  /** Logs the records of a case from one number up to another. */
  burst(from: number, to: number): void;
  /** Resolves when all that was logged is written. */
  settle(): Promise<void> | void;
}

/** Opens a logger on a descriptor. Those that can only print use descriptor 1, which is then the same destination. */
export type Open = (fd: number, bench: Case) => Promise<Subject>;

/** Is one row of the tables. */
export interface Peer {
  readonly name: string;
  /** `each` writes every record at once; `buffered` gathers. A floor is no logger. */
  readonly mode: "each" | "buffered";
  readonly floor?: boolean;
  /** Prints to descriptor 1 and nowhere else. */
  readonly prints?: boolean;
  readonly open: Open;
}

/** Makes a subject of a function that logs one record. */
export function each(log: (i: number) => void, settle: () => Promise<void> | void = () => undefined): Subject {
  return {
    burst(from, to) {
      for (let i = from; i < to; i++) log(i);
    },
    settle,
  };
}

/** Gives a `require` that finds what a fixture project installed. */
export function requireOf(project: "peers" | "peers-fixed"): NodeJS.Require {
  return createRequire(join(import.meta.dirname, project, "package.json"));
}

/** Ends a turn of the event loop. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
