import { expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { LevelRules } from "../../src/level/level-rules.ts";
import { LevelVar } from "../../src/level/level-var.ts";
import { held } from "../held.ts";

test("long names that come from data do not fill the memory, and have their level", async () => {
  const threshold = new LevelVar("trace");
  const levels = new LevelRules("info,db=debug");
  const logger = new Logger({ threshold, enabled: () => true, handle: () => undefined }, { level: levels });
  const nameOf = (i: number): string => `db.${i}-`.padEnd(20_000, "x");
  const before = held();
  for (let i = 0; i < 1500; i++) logger.named(nameOf(i)).debug("m");
  // What was referred to weakly lives until the turn ends.
  await new Promise((resolve) => setImmediate(resolve));
  expect(held() - before).toBeLessThan(4e6);
  const named = logger.named(nameOf(0));
  expect([named.enabled("debug"), named.enabled("trace"), levels.levelOf(nameOf(1))]).toEqual([true, false, 5]);
  levels.set("warn");
  expect([named.enabled("info"), named.enabled("warn")]).toEqual([false, true]);
  threshold.set("error");
  expect(named.enabled("warn")).toBe(false);
});

test("names that are cut out of large texts do not keep those", async () => {
  const handler = { threshold: new LevelVar("trace"), enabled: () => true, handle: () => undefined };
  const logger = new Logger(handler, { level: new LevelRules("info,db=debug") });
  const before = held();
  for (let i = 0; i < 1000; i++) logger.named("".padEnd(72_000, `${i * 7919}-`).slice(0, 40)).info("m");
  await new Promise((resolve) => setImmediate(resolve));
  expect(held() - before).toBeLessThan(4e6);
  logger.info("m");
});
