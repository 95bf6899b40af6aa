// Writes 100 lines in one turn of the event loop, then 100 in 100 turns, to descriptor 1.
import { jsonHandler, Logger } from "../../../src/index.ts";

const logger = new Logger(jsonHandler(), { clock: () => 0 });
for (let i = 0; i < 100; i++) logger.info("order paid", { orderId: i });
for (let i = 0; i < 100; i++) {
  await new Promise((resolve) => setImmediate(resolve));
  logger.info("order paid", { orderId: i });
}
