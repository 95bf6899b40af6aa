import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { SyslogOptions } from "../../src/syslog/settings.ts";

const SOURCE = pathToFileURL(join(import.meta.dirname, "../../src")).href;

/** Runs a program that has `handler` and `logger` in a process of its own, and gives what it says on stderr. What stands in `code` is added to the options as it is. */
export async function child(options: SyslogOptions, program: string, code = ""): Promise<string> {
  const text = `import { syslogHandler } from "${SOURCE}/syslog/syslog-handler.ts";
import { Logger } from "${SOURCE}/logger/logger.ts";
const handler = syslogHandler({ ...${JSON.stringify(options)}, ${code} });
const logger = new Logger(handler);
${program}`;
  const run = { cwd: join(import.meta.dirname, "../.."), timeout: 20_000 };
  return (await promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module", "-e", text], run)).stderr;
}

/** Are the ways a process can end, each with 100 messages before it. */
export const ENDS: readonly { readonly name: string; readonly program: string }[] = [
  { name: "a natural end", program: `for (let i = 0; i < 100; i++) logger.info("m" + i);` },
  {
    name: "process.exit() before there is a connection",
    program: `for (let i = 0; i < 100; i++) logger.info("m" + i); process.exit(0);`,
  },
  {
    name: "process.exit() amid a connection",
    program: `logger.info("m0"); await handler.flush(); for (let i = 1; i < 100; i++) logger.info("m" + i); process.exit(0);`,
  },
  {
    name: "a listener of exit's",
    program: `process.on("exit", () => { for (let i = 0; i < 100; i++) logger.info("m" + i); });`,
  },
];

/** Is what arrives at the end of each. */
export const ALL = Array.from({ length: 100 }, (_, i) => `m${i}`);
