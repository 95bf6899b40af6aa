// What does a record sent by OTLP cost, beside the official pipeline and beside what people send it with today?
//
//   node bench/otlp/peers.ts [--quick] [--rounds N] [--row PART]...
//
// How it is kept fair:
// - Every way gets the same 100,000 records, with a span active, built inside the timed calls; each run is a fresh process that has sent 20,000
//   before, and is measured until its own shutdown says that everything is sent. The row `noop` only builds the records: it is taken off.
// - The default queue is what ships; it loses records in a burst, and what is lost is cheap. The large one (200,000, batches of 4096) loses
//   nothing, which is the row to compare with. What the receiver got is counted by each record's number.
// - pino's line goes nowhere and winston makes none, as only OTLP is asked here; `bench/otlp/fanout.ts` has both.
import { printPairs, print } from "./peers/table.ts";
import { OTLP } from "./peers/rows.ts";
import { planOf } from "./peers/plan.ts";
import { install } from "./peers/project.ts";
import { measure } from "./peers/rounds.ts";

install();
const plan = planOf("otlp", Object.keys(OTLP), 100_000);
const runs = await measure(plan);
print(runs, plan);
printPairs(runs, [
  ["sdk protobuf, large queue", "correlog"],
  ["sdk protobuf gzip, large queue", "correlog gzip"],
  ["sdk json, large queue", "correlog json"],
  ["sdk json gzip, large queue", "correlog json gzip"],
]);
