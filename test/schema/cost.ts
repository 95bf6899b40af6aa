// What does a line by a declared schema cost, against the generic encoder? Run: node test/schema/cost.ts
import { openSync } from "node:fs";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { Logger } from "../../src/logger/logger.ts";
import { fdWriter } from "../../src/write/descriptor.ts";

const writer = fdWriter(openSync("/dev/null", "a"));
const text = { type: "string" } as const;
const schema = {
  type: "object",
  properties: { time: text, level: text, msg: text, orderId: { type: "integer" }, total: { type: "number" }, zone: text },
} as const;
const loggers = {
  generic: new Logger(jsonHandler({ writer })),
  "generic, as text": new Logger(jsonHandler({ writer: { write: (line) => writer.write(line) } })),
  schema: new Logger(jsonHandler({ schema, writer })),
};
const times = new Map<string, number[]>();
for (let round = 0; round < 30; round++) {
  for (const [name, logger] of Object.entries(loggers)) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < 10_000; i++) logger.info("order placed", { orderId: i, total: 12.5, zone: "eu-1" });
    const ns = Number(process.hrtime.bigint() - start) / 10_000;
    times.set(name, [...(times.get(name) ?? []), ns]);
    await new Promise(setImmediate);
  }
}
for (const [name, all] of times)
  console.log(name, `${Math.round(all.toSorted((a, b) => a - b)[15] ?? 0)} ns a line (median of 30)`);
