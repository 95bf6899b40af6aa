export { fileHandler } from "./file-handler.ts";
export type { FileHandler, FileOptions, FileStats, ReopenSignal } from "./file-handler.ts";
export type { RotateOptions } from "./rotation.ts";
