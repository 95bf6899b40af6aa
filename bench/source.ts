/* What a source location costs: a buffered line of three attributes with `source: true` against one without, interleaved. */
import { openSync } from "node:fs";
import { jsonHandler } from "../src/console/json-handler.ts";
import { Logger } from "../src/logger/logger.ts";
import { fdWriter } from "../src/write/descriptor.ts";
import { median } from "./stats.ts";

const loggers = [false, true].map((source) => {
  const handler = jsonHandler({ writer: fdWriter(openSync("/dev/null", "w")) });
  return { logger: new Logger(handler, { source }), ns: [] as number[] };
});

for (let round = 0; round < 200; round++) {
  for (const { logger, ns } of loggers) {
    const start = performance.now();
    for (let i = 0; i < 250; i++) logger.info("order paid", { orderId: i, user: "jane doe", total: 12.5 });
    await new Promise((resolve) => setImmediate(resolve));
    if (round >= 50) ns.push(((performance.now() - start) / 250) * 1e6);
  }
}

const [without = 0, withSource = 0] = loggers.map(({ ns }) => median(ns));
console.log(
  `Node ${process.version}: without ${without.toFixed(0)} ns, with ${withSource.toFixed(0)} ns: ${(withSource - without).toFixed(0)} ns more`,
);
