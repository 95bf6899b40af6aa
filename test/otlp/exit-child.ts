// Logs 1000 records and ends in the way it is told: exit.test.ts starts it.
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";

const [, , endpoint = "", how = "", compression = "none"] = process.argv;
const handler = otlpHandler({ env: {}, endpoint, compression: compression as "none", firstRetryMs: 100 });
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
  throw: () => {
    throw new Error("uncaught");
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
  "idle after a flush": () => void handler.flush().catch(() => {}),
};
ways[how]?.();
