// What does a record cost that becomes a line of JSON and goes out by OTLP as well?
//
//   node bench/otlp/fanout.ts [--quick] [--rounds N] [--row PART]...
//
// As `bench/otlp/peers.ts`, with 50,000 records and the line to `/dev/null`. pino's instrumentation takes the finished line and parses it;
// it is measured with what `pino()` does by default, its documented fast mode, its synchronous mode (the cheapest in a burst, as the
// sonic-boom it ships with measures its whole buffer at every write), and that with pino's own numeric time and level. Lines have ISO-8601
// time and a text level elsewhere, except where a worker reads them back, which wants the numbers. LogTape's lines carry no trace.
import { FANOUT } from "./peers/rows.ts";
import { install } from "./peers/project.ts";
import { measure } from "./peers/rounds.ts";
import { planOf } from "./peers/plan.ts";
import { print } from "./peers/table.ts";

install();
const plan = planOf("fanout", Object.keys(FANOUT), 50_000);
print(await measure(plan), plan);
