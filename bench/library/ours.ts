import { pathToFileURL } from "node:url";
import { span } from "../span.ts";
import { each } from "../subject.ts";
import type { Case } from "../cases.ts";
import type { Open, Peer, Subject } from "../subject.ts";
import type * as Library from "../../src/index.ts";
import type { Handler, Logger } from "../../src/index.ts";

type Correlog = typeof Library;

/** Loads the library under test: the package as built, or what `--entry` names. */
export async function correlog(): Promise<Correlog> {
  const entry = process.env["BENCH_ENTRY"] ?? `${import.meta.dirname}/../../src/index.ts`;
  return (await import(pathToFileURL(entry).href)) as Correlog;
}

export const OURS: readonly Peer[] = [
  { name: "correlog each", mode: "each", open: open("trace") },
  { name: "correlog", mode: "buffered", open: open("fatal") },
  { name: "correlog, 100 ms", mode: "buffered", open: open("fatal", 100) },
];

function open(flushLevel: "trace" | "fatal", flushIntervalMs = 0): Open {
  return async (fd, bench) => {
    const { jsonHandler, fdWriter, Logger } = await correlog();
    const handler = jsonHandler({ writer: fdWriter(fd, { flushIntervalMs }), flushLevel });
    return subjectOf(new Logger(handler), handler, bench);
  };
}

/** Makes the calls of a case with a logger of ours. */
export function subjectOf(root: Logger, handler: Handler, bench: Case): Subject {
  const logger = root.with(bench.bound ?? {}).withGroup(bench.group ?? "");
  const settle = async (): Promise<void> => handler.flush?.();
  return each(logOf(logger, bench), settle);
}

function logOf(logger: Logger, { message, attrs, request, span: from }: Case): (i: number) => void {
  if (request !== undefined) return (i) => logger.with(request(i)).info(message(i), attrs(i));
  if (from === "explicit") return (i) => logger.info(span.context, message(i), attrs(i));
  if (from === "several") return (i) => logger.info(span.several[i & 15], message(i), attrs(i));
  if (from === "baggage") return (i) => logger.info(span.withBaggage, message(i), attrs(i));
  if (from === "none") return (i) => logger.info(span.empty, message(i), attrs(i));
  return (i) => logger.info(message(i), attrs(i));
}

/** Gives ready lines of a case, made by the library's plain formatter: what the floors write. */
export async function readyLines(bench: Case, count: number): Promise<readonly string[]> {
  const { jsonHandler, Logger } = await correlog();
  const lines: string[] = [];
  const handler = jsonHandler({ writer: { write: (line) => lines.push(line) } });
  subjectOf(new Logger(handler), handler, bench).burst(0, count);
  return lines;
}
