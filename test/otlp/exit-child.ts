// Logs 1000 records and ends in the way it is told: exit.test.ts starts it, exit-runtimes.test.ts in each runtime.
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { lazy } from "../../src/value/log-value.ts";

const [, , endpoint = "", how = "", compression = "none", exitTimeoutMs = "2000"] = process.argv;
const handler = otlpHandler({
  env: {},
  endpoint,
  compression: compression as "none",
  firstRetryMs: 100,
  exitTimeoutMs: Number(exitTimeoutMs),
});
const logger = new Logger(handler);
for (let i = 0; i < 1000; i++) logger.info(`m${i}`);

const stayAlive = (): void => void setInterval(() => {}, 1000);
const ways: Record<string, () => void> = {
  natural: () => {},
  exit: () => process.exit(7),
  "exit while sending": () => {
    void handler.flush().catch(() => {});
    setTimeout(() => process.exit(7), 30);
    stayAlive();
  },
  "exit in a listener of the signal": () => {
    process.on("SIGTERM", () => process.exit(7));
    stayAlive();
    process.kill(process.pid, "SIGTERM");
  },
  "Deno.exit": () => (globalThis as unknown as { Deno: { exit(code: number): void } }).Deno.exit(7),
  throw: () => {
    throw new Error("uncaught");
  },
  "throw later": () => {
    setTimeout(() => {
      throw new Error("uncaught");
    }, 20);
    stayAlive();
  },
  "survive an error": () => {
    (globalThis as unknown as EventTarget).addEventListener("error", (event) => event.preventDefault());
    setTimeout(() => {
      throw new Error("handled");
    }, 20);
    // The time that the end may be held up for is not used up by what was not the end.
    setTimeout(
      () => {
        logger.info("last");
        process.exit(7);
      },
      Number(exitTimeoutMs) + 200,
    );
  },
  reject: () => void Promise.reject(new Error("unhandled")),
  SIGTERM: () => {
    stayAlive();
    process.kill(process.pid, "SIGTERM");
  },
  SIGINT: () => {
    stayAlive();
    process.kill(process.pid, "SIGINT");
  },
  "log in the exit event": () => process.on("exit", () => logger.info("last")),
  "exit by a value": () => {
    const value = lazy(() => {
      logger.info("said by the value");
      process.exit(7);
    });
    logger.info("never whole", { value });
  },
  "idle after a flush": () => void handler.flush().catch(() => {}),
};
ways[how]?.();
