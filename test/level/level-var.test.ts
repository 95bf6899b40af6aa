import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEBUG, ERROR, INFO, OFF, TRACE, WARN } from "../../src/level/level.ts";
import { LevelVar } from "../../src/level/level-var.ts";

describe("LevelVar", () => {
  test("is INFO by default, and what it was set to afterwards", () => {
    const level = new LevelVar();
    expect(level.level).toBe(INFO);
    level.set("debug");
    expect([level.level, String(level)]).toEqual([DEBUG, "LevelVar(DEBUG)"]);
  });

  test("keeps the old level when the new one is none", () => {
    const level = new LevelVar("warn");
    expect(() => level.set("loud")).toThrow(RangeError);
    expect(() => new LevelVar(0)).toThrow(RangeError);
    expect(level.level).toBe(WARN);
  });

  test("derived levels follow, also through one another", () => {
    const a = new LevelVar("info");
    const b = new LevelVar("warn");
    const low = LevelVar.lowestOf([a, b]);
    const high = LevelVar.highestOf([a, b]);
    const both = LevelVar.highestOf([low, new LevelVar("debug")]);
    expect([low.level, high.level, both.level]).toEqual([INFO, WARN, INFO]);
    a.set("error");
    expect([low.level, high.level, both.level]).toEqual([WARN, ERROR, WARN]);
    b.set("trace");
    expect([low.level, high.level, both.level]).toEqual([TRACE, ERROR, DEBUG]);
  });

  test("the lowest of none lets nothing pass, the highest of none everything, of one it is that one", () => {
    const one = new LevelVar("warn");
    expect([LevelVar.lowestOf([]).level, LevelVar.highestOf([]).level]).toEqual([OFF, TRACE]);
    expect([LevelVar.lowestOf([one]), LevelVar.highestOf([one])]).toEqual([one, one]);
  });

  test("a level that follows another is what that is, from then on", () => {
    const [first, second, source] = [new LevelVar("error"), new LevelVar("debug"), new LevelVar("warn")];
    first.follow(source);
    expect(first.level).toBe(WARN);
    source.set("info");
    expect(first.level).toBe(INFO);
    second.follow(first);
    source.set("error");
    expect(second.level).toBe(ERROR);
  });

  test("update() computes a derived level again and leaves one that is set by hand", () => {
    let want = INFO;
    const derived = LevelVar.derived([], () => want);
    want = ERROR;
    expect(derived.level).toBe(INFO);
    derived.update();
    expect(derived.level).toBe(ERROR);
    const byHand = new LevelVar("warn");
    byHand.update();
    expect(byHand.level).toBe(WARN);
  });

  test("derived levels that nobody uses are collected, and forgotten by their sources", () => {
    // In a process of its own, because only there can the collector be called.
    const file = join(import.meta.dirname, "collected.fixture.ts");
    const output = execFileSync(process.execPath, ["--expose-gc", file], { encoding: "utf8" });
    expect(JSON.parse(output)).toEqual({ collected: true, followersStillFollow: true, grewByLessThanMiB: 4 });
  });

  test("a level that never moves keeps nothing of the many that were derived from it, as named() in each request makes them", () => {
    const file = join(import.meta.dirname, "named.fixture.ts");
    const output = execFileSync(process.execPath, ["--expose-gc", file], { encoding: "utf8" });
    expect(Number(output)).toBeLessThan(10);
  });
});
