// Does all arrive at 20,000 records a second for 10 s, when each reply takes 200 ms, with default settings?
// Usage: node bench/otlp/round-trip.ts [milliseconds]
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { sink } from "./sink.ts";

const delayMs = Number(process.argv[2] ?? 200);
const to = await sink();
await to.delay(delayMs);
const handler = otlpHandler({ env: {}, endpoint: to.url });
const logger = new Logger(handler);
let sent = 0;
let mostBytes = 0;
const began = Date.now();
await new Promise<void>((resolve) => {
  const due = setInterval(() => {
    for (const target = Math.min((Date.now() - began) * 20, 200_000); sent < target; sent++) {
      logger.info("request handled", { i: sent, path: "/orders", status: 200, took: 12.5 });
    }
    mostBytes = Math.max(mostBytes, handler.stats().queuedBytes);
    if (sent < 200_000) return;
    clearInterval(due);
    resolve();
  }, 5);
});
const loggedMs = Date.now() - began;
await handler.shutdown();
const { records, distinct, requests } = await to.report();
console.log(
  `node ${process.version}, replies after ${delayMs} ms, ${sent} records in ${loggedMs} ms, delivered ${Date.now() - began - loggedMs} ms later, most queued ${mostBytes} bytes`,
);
console.log(`sent ${sent}, received ${records} (${distinct} distinct) in ${requests} requests`);
to.end();
process.exitCode = distinct === sent && records === sent ? 0 : 1;
