// Logs 2000 records to a spool on a disk that is too small for them, while the receiver is away: full-disk.test.ts starts it.
import { setImmediate, setTimeout } from "node:timers/promises";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";

const [, , endpoint = "", dir = ""] = process.argv;
const handler = otlpHandler({ env: {}, endpoint, spool: dir, firstRetryMs: 50, longestRetryMs: 50, maxBatchRecords: 100 });
const logger = new Logger(handler);
let mostOnDisk = 0;
for (let i = 0; i < 2000; i++) {
  logger.info(`m${i}`, { text: "x".repeat(100) });
  if (i % 10 === 9) await setImmediate();
  mostOnDisk = Math.max(mostOnDisk, handler.stats().spooledBytes);
}
// From the first failure on requests go one at a time, and so in order.
while (handler.stats().retries === 0 || handler.stats().inFlight > 0) await setTimeout(1);
const away = handler.stats();
// The receiver comes back when it reads this.
process.stdout.write("logged\n");
await handler.flush();
const { delivered, dropped } = handler.stats();
await handler.shutdown();
const { spooledBytes } = handler.stats();
process.stdout.write(JSON.stringify({ queued: away.queued, mostOnDisk, delivered, dropped, spooledBytes }));
