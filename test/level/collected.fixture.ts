import { LevelRules } from "../../src/level/level-rules.ts";
import { LevelVar } from "../../src/level/level-var.ts";

// Run by level-var.test.ts with --expose-gc.
const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const source = new LevelVar("info");
const rules = new LevelRules(source);
const kept = LevelVar.lowestOf([source, new LevelVar("error")]);
const ref = new WeakRef(LevelVar.lowestOf([source, new LevelVar("warn")]));

async function churn(): Promise<number> {
  for (let i = 0; i < 50_000; i++) {
    LevelVar.lowestOf([source, kept]);
    rules.of(`name${i}`);
    if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
  gc();
  source.set(source.level === 9 ? "debug" : "info");
  gc();
  return process.memoryUsage().heapUsed;
}

await churn();
const before = await churn();
const after = await churn();
source.set("trace");
const mib = (after - before) / 2 ** 20;
console.log(
  JSON.stringify({
    collected: ref.deref() === undefined,
    followersStillFollow: kept.level === 1,
    grewByLessThanMiB: mib < 4 ? 4 : mib,
  }),
);
