import { expect } from "vitest";
import { ended } from "./child.ts";
import type { SyslogOptions } from "../../src/syslog/settings.ts";
import type { Ended } from "./child.ts";

/** Is more than the system holds for a receiver that does not read. */
const MESSAGES = 20_000;

interface End extends Omit<Ended, "stderr"> {
  readonly name: string;
  readonly program: string;
}

/** Does something as soon as the system takes no more: when the queue has stayed the same for half a second. A time set before would be too short on a busy machine. */
const WHEN_FULL = `const whenFull = (work, last = -1, times = 0) => setTimeout(() => {
      const { queued } = handler.stats();
      if (queued === last && times === 4) work();
      else whenFull(work, queued, queued === last ? times + 1 : 0);
    }, 100);`;

/** Are the ways a process can end while its receiver has stopped reading. */
export const HELD_UP: readonly End[] = [
  { name: "a natural end", program: "", code: 0, signal: null },
  { name: "process.exit()", program: "process.exit(3)", code: 3, signal: null },
  { name: "SIGTERM", program: `tell(); process.kill(process.pid, "SIGTERM")`, code: null, signal: "SIGTERM" },
  { name: "an uncaught error", program: `throw new Error("boom")`, code: 1, signal: null },
];

/** Lets a process end while its receiver takes no more: it must do so after 2 s, and say how many messages that cost. */
export async function expectHeldUp(options: SyslogOptions, { program, code, signal }: End): Promise<void> {
  const { stderr, ...end } = await ended(
    { ...options, maxQueueBytes: 67_108_864 },
    `const tell = () => console.error(JSON.stringify(handler.stats()));
    process.on("exit", tell);
    ${WHEN_FULL}
    for (let i = 0; i < ${MESSAGES}; i++) logger.info("m".repeat(1000));
    const begin = () => console.error("began " + Date.now());
    ${program === "" ? "begin();" : `whenFull(() => { begin(); ${program} });`}`,
  );
  const took = Date.now() - Number(/^began (\d+)$/m.exec(stderr)?.[1]);
  expect(end).toEqual({ code, signal });
  const said = Number(/(\d+) messages dropped: the process ended before they were sent: \S/.exec(stderr)?.[1]);
  const { sent, dropped, queued } = JSON.parse(/^\{.*\}$/m.exec(stderr)?.[0] ?? "") as Record<string, number>;
  // At a signal it could only be asked before.
  expect({ sent, lost: signal === null ? dropped : queued }).toEqual({ sent: MESSAGES - said, lost: said });
  expect(sent).toBeGreaterThan(0);
  expect(said).toBeGreaterThan(0);
  expect(took).toBeGreaterThanOrEqual(2000);
  // And not for the 10 s after which a connection that takes nothing fails.
  expect(took).toBeLessThan(9500);
}
