// Is nothing lost under random faults, and nothing there twice but where a reply was lost?
// Usage: node bench/otlp/faults.ts [schedules] [seed]
import { pathToFileURL } from "node:url";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { receiver } from "../../test/otlp/receiver.ts";
import type { Answer, Received } from "../../test/otlp/receiver.ts";

/** Is how one schedule ended. */
export interface Outcome {
  readonly seed: number;
  readonly sent: number;
  readonly missing: number;
  /** Records that came more often than replies for them were lost. */
  readonly unexplained: number;
  readonly duplicates: number;
  readonly faults: number;
}

/** Runs one random schedule of faults: the same for the same seed. */
export async function schedule(seed: number): Promise<Outcome> {
  const random = mulberry32(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const to = await receiver();
  const lostReplies = new Map<unknown, number>();
  let faults = 0;
  const counted = new Set<Received>();
  const loseReply = (received: Received): void => {
    if (counted.has(received)) return;
    counted.add(received);
    for (const { body } of received.records) lostReplies.set(body, (lostReplies.get(body) ?? 0) + 1);
  };
  to.fallback = (received) => {
    const answer = random() < 0.5 && faults < 25 ? faultOf(below) : 200;
    if (answer !== 200) faults++;
    // `lost`: taken, and the connection is broken before the reply; `late`: taken, and the reply comes after the time-out.
    const isLost = answer === "lost" || (typeof answer === "object" && (answer.delayMs ?? 0) > 200);
    if (isLost) loseReply(received);
    return answer;
  };
  const handler = otlpHandler({
    env: {},
    endpoint: to.url,
    timeoutMs: 200,
    firstRetryMs: 5,
    longestRetryMs: 20,
    scheduleDelayMs: 5,
    maxBatchRecords: 1 + below(50),
    concurrency: 1 + below(5),
    compression: random() < 0.3 ? "gzip" : "none",
    protocol: random() < 0.3 ? "http/json" : "http/protobuf",
    random,
  });
  const logger = new Logger(handler);
  let sent = 0;
  for (let turn = 0; turn < 20; turn++) {
    for (let i = below(40); i > 0; i--) logger.info(`m${sent++}`, { turn });
    if (random() < 0.1) {
      faults++;
      await to.close();
      await new Promise((resolve) => setTimeout(resolve, below(40)));
      await to.reopen();
    }
    await new Promise((resolve) => setTimeout(resolve, below(8)));
  }
  await handler.shutdown();
  // What came after a time-out may still be on its way to be counted.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await to.close();
  // A restart breaks off replies too.
  for (const received of to.received) if (!received.replied) loseReply(received);
  return judge(seed, sent, faults, to.messages(), lostReplies);
}

function judge(
  seed: number,
  sent: number,
  faults: number,
  messages: readonly string[],
  lostReplies: ReadonlyMap<unknown, number>,
): Outcome {
  const times = new Map<string, number>();
  for (const message of messages) times.set(message, (times.get(message) ?? 0) + 1);
  let missing = 0;
  let unexplained = 0;
  for (let i = 0; i < sent; i++) {
    const got = times.get(`m${i}`) ?? 0;
    if (got === 0) missing++;
    if (got > 1 + (lostReplies.get(`m${i}`) ?? 0)) unexplained++;
  }
  return { seed, sent, missing, unexplained, duplicates: messages.length - times.size, faults };
}

function faultOf(below: (most: number) => number): Answer {
  const faults: readonly Answer[] = [
    "reset",
    "stall",
    "lost",
    429,
    502,
    503,
    504,
    { status: 503, headers: { "retry-after": "0" } },
    { status: 429, headers: { "retry-after": new Date(Date.now() + 1000).toUTCString() } },
    { delayMs: below(80) },
    { delayMs: 300, take: true },
  ];
  return faults[below(faults.length)] ?? 503;
}

/** Gives a small generator of random numbers that a seed repeats. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const count = Number(process.argv[2] ?? 100);
  const first = Number(process.argv[3] ?? 1);
  const outcomes: Outcome[] = [];
  for (let seed = first; seed < first + count; seed++) outcomes.push(await schedule(seed));
  const sum = (pick: (outcome: Outcome) => number): number => outcomes.reduce((all, outcome) => all + pick(outcome), 0);
  const bad = outcomes.filter(({ missing, unexplained }) => missing > 0 || unexplained > 0);
  console.log(`node ${process.version}, ${count} schedules from seed ${first}, ${sum(({ faults }) => faults)} faults`);
  console.log(
    `sent ${sum(({ sent }) => sent)}, missing ${sum(({ missing }) => missing)}, twice after a lost reply ${sum(({ duplicates }) => duplicates)}, twice without ${sum(({ unexplained }) => unexplained)}`,
  );
  for (const outcome of bad) console.log(JSON.stringify(outcome));
  process.exitCode = bad.length === 0 ? 0 : 1;
}
