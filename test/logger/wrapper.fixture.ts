import type { Logger } from "../../src/logger/logger.ts";

/** Stands for a function of the app's that all its log calls go through. */
export function logByWrapper(logger: Logger, message: string): void {
  logger.info(message);
}
