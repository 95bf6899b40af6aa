import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SyslogOptions } from "../../src/syslog/settings.ts";

const SOURCE = pathToFileURL(join(import.meta.dirname, "../../src")).href;

/** Says how a process ended. */
export interface Ended {
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs a program that has `handler` and `logger` in a process of its own. What stands in `code` is added to the options as it is. */
export async function ended(options: SyslogOptions, program: string, code = ""): Promise<Ended> {
  const text = `import { syslogHandler } from "${SOURCE}/syslog/syslog-handler.ts";
import { Logger } from "${SOURCE}/logger/logger.ts";
const handler = syslogHandler({ ...${JSON.stringify(options)}, ${code} });
const logger = new Logger(handler);
${program}`;
  const run = { cwd: join(import.meta.dirname, "../.."), timeout: 28_000, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    const started = execFile(
      process.execPath,
      ["--no-warnings", "--input-type=module", "-e", text],
      run,
      (_error, _out, stderr) => resolve({ stderr, code: started.exitCode, signal: started.signalCode }),
    );
  });
}

/** Runs such a program, which must end in order, and gives what it says on stderr. */
export async function child(options: SyslogOptions, program: string, code = ""): Promise<string> {
  const { stderr, ...end } = await ended(options, program, code);
  if (end.code !== 0) throw new Error(`${JSON.stringify(end)}: ${stderr}`);
  return stderr;
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
