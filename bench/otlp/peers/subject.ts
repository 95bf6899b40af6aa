/** Are the attributes of a measured record. */
export interface Attrs {
  readonly [key: string]: string | number | boolean;
}

/** Is a way to OTLP, ready to be measured. */
interface Subject {
  readonly log: (message: string, attrs: Attrs) => void;
  /** Resolves when everything that will be sent is sent. */
  readonly end: () => Promise<void>;
}

/** Opens a way to the receiver at a URL. With a path, each record is a line in that file as well. */
export type Open = (url: string, path: string | undefined) => Promise<Subject>;

/** Is how much the official processor may hold: as it ships, or so much that nothing is lost. */
export type Queue = "default" | "large";

/** Gives the settings of the official processor for a queue; the large one is that of `bench/otlp/variant.ts`. */
export function queueOf(queue: Queue): { readonly maxQueueSize?: number; readonly maxExportBatchSize?: number } {
  return queue === "large" ? { maxQueueSize: 200_000, maxExportBatchSize: 4096 } : {};
}
