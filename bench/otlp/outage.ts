// Does all arrive, in order, when the receiver is away for a minute at 1,000 records a second, with default settings?
// Usage: node bench/otlp/outage.ts [seconds away]
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { sink } from "./sink.ts";

const awayMs = Number(process.argv[2] ?? 60) * 1000;
const to = await sink();
const handler = otlpHandler({ env: {}, endpoint: to.url });
const logger = new Logger(handler);
let sent = 0;
const began = Date.now();
// As many as are due: 1,000 a second, whatever the timers do.
const due = setInterval(() => {
  for (const target = Date.now() - began; sent < target; sent++)
    logger.info("request handled", { i: sent, path: "/orders", status: 200 });
}, 10);
await new Promise((resolve) => setTimeout(resolve, 5000));
await to.down();
await new Promise((resolve) => setTimeout(resolve, awayMs));
const most = handler.stats();
await to.up();
await new Promise((resolve) => setTimeout(resolve, 10_000));
clearInterval(due);
await handler.shutdown();
const { records, distinct, inOrder, requests } = await to.report();
console.log(
  `node ${process.version}, away for ${awayMs / 1000} s of ${((Date.now() - began) / 1000).toFixed(0)} s, queue at its end ${most.queued} records, ${most.queuedBytes} bytes`,
);
console.log(`sent ${sent}, received ${records} (${distinct} distinct) in ${requests} requests, in order: ${inOrder}`);
to.end();
process.exitCode = distinct === sent && records === sent && inOrder ? 0 : 1;
