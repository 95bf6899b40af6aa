export { fileHandler } from "./file-handler.ts";
export type { FileHandler, FileOptions, FileStats } from "./file-handler.ts";
export type { ReopenSignal } from "./reopen-signal.ts";
export type { RotateOptions } from "./rotation.ts";
