import type { Logger } from "../logger/logger.ts";

/**
 * Records what is about to end the process: an uncaught error or, where Node is to end on one, an unhandled rejection, at `fatal`,
 * with the error as `err` and Node's word for it as `origin`. It watches only: the trace on stderr, the exit code and the app's own
 * listeners stay as they are.
 *
 * @see https://nodejs.org/api/process.html#event-uncaughtexceptionmonitor
 */
export function recordUncaught(logger: Logger): void {
  globalThis.process?.on?.("uncaughtExceptionMonitor", (err, origin) => {
    // One message for both: Node says `unhandledRejection` also of an error that an ES module throws at its top.
    logger.fatal("uncaught error", { err, origin });
  });
}
