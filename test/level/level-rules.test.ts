import { describe, expect, test } from "vitest";
import { DEBUG, ERROR, INFO, OFF, TRACE, WARN } from "../../src/level/level.ts";
import { LevelRules } from "../../src/level/level-rules.ts";
import { LevelVar } from "../../src/level/level-var.ts";

describe("LevelRules", () => {
  const RULES: readonly { rules: string; want: Readonly<Record<string, number>> }[] = [
    { rules: "warn", want: { "": WARN, db: WARN } },
    { rules: "info,db=debug", want: { "": INFO, db: DEBUG, "db.pool": DEBUG, dbx: INFO, "x.db": INFO } },
    { rules: "db=debug", want: { "": INFO, db: DEBUG } },
    { rules: "info,http.*=warn", want: { http: INFO, "http.client": WARN, "http.client.x": WARN } },
    { rules: "info,*.client=warn", want: { client: INFO, "http.client": WARN, "http.client.x": WARN, "http.server": INFO } },
    { rules: "*=error", want: { "": ERROR, db: ERROR } },
    { rules: "db=warn,db.pool=trace", want: { db: WARN, "db.pool": TRACE, "db.pool.x": TRACE, "db.other": WARN } },
    { rules: "db.pool=trace,db=warn", want: { "db.pool": TRACE } },
    { rules: "db=warn,db=error", want: { db: ERROR } },
    { rules: "off,audit=info", want: { "": OFF, audit: INFO } },
    { rules: " info , db = debug ,", want: { "": INFO, db: DEBUG } },
    { rules: "info,a.b=warn", want: { "a.b": WARN, axb: INFO } },
    { rules: "warn,error", want: { "": ERROR } },
    { rules: "@scope/pkg:x=debug", want: { "@scope/pkg:x": DEBUG } },
    { rules: "info+1,db=warning", want: { "": 10, db: WARN } },
  ];
  for (const { rules, want } of RULES) {
    test(`${JSON.stringify(rules)} gives each name its level`, () => {
      const levels = new LevelRules(rules);
      expect(Object.fromEntries(Object.keys(want).map((name) => [name, levels.of(name).level]))).toEqual(want);
    });
  }

  test.each(["", "loud", "info,db=loud", "info,=debug", "info,d b=debug", "db=", "a=b=c", "db=info=warn", "warn;db=debug"])(
    "%j is refused, with the option named, and the old rules stay",
    (text) => {
      const levels = new LevelRules("warn,db=debug");
      expect(() => levels.set(text, "LOG_LEVEL")).toThrow(/^LOG_LEVEL: expected /);
      expect([levels.of("").level, levels.of("db").level]).toEqual([WARN, DEBUG]);
    },
  );

  test("the levels of names that are in use follow new rules", () => {
    const levels = new LevelRules("info");
    const [root, db, http] = [levels.of(""), levels.of("db"), levels.of("http")];
    levels.set("warn,db=trace");
    expect([root.level, db.level, http.level]).toEqual([WARN, TRACE, WARN]);
    levels.set("error");
    expect([root.level, db.level, http.level]).toEqual([ERROR, ERROR, ERROR]);
  });

  test("a variable as the base moves all names without a rule of their own", () => {
    const base = new LevelVar("info");
    const levels = new LevelRules(base);
    const db = levels.of("db");
    base.set("debug");
    expect([levels.of(""), levels.of("").level, db.level]).toEqual([base, DEBUG, DEBUG]);
  });

  test("one name has one variable, but names from data take no memory for ever", () => {
    const levels = new LevelRules("info");
    expect(levels.of("db")).toBe(levels.of("db"));
    for (let i = 0; i < 2000; i++) levels.of(`user-${i}`);
    expect(levels.of("user-1999")).not.toBe(levels.of("user-1999"));
    expect(levels.of("user-1999").level).toBe(INFO);
  });

  test("a name beyond those that are kept follows new rules too", () => {
    const levels = new LevelRules("info");
    for (let i = 0; i < 2000; i++) levels.of(`user-${i}`);
    const late = levels.of("late");
    levels.set("info,late=trace");
    expect(late.level).toBe(TRACE);
  });

  test("levelOf() is the level of a name's variable, also beyond those that are kept, and follows new rules", () => {
    const levels = new LevelRules("info,db=debug");
    const names = ["", "db", "db.pool", "http", ...Array.from({ length: 2000 }, (_, i) => `user-${i}`), "db.late"];
    const both = (): readonly (readonly number[])[] => names.map((name) => [levels.levelOf(name), levels.of(name).level]);
    for (const [now, want] of both()) expect(now).toBe(want);
    levels.set("warn,db=trace,user-1999=error");
    for (const [now, want] of both()) expect(now).toBe(want);
    expect([levels.levelOf("db.late"), levels.levelOf("user-1999"), levels.levelOf("user-1998")]).toEqual([TRACE, ERROR, WARN]);
  });

  test("a level set on the variable of a name is gone with the next rules, and hurts no other name", () => {
    const levels = new LevelRules("info,db=debug");
    levels.of("db").set("error");
    expect([levels.of("db").level, levels.of("http").level]).toEqual([ERROR, INFO]);
    levels.set("warn");
    expect(levels.of("db").level).toBe(WARN);
  });

  test("a hostile name costs no more time than its length", () => {
    const levels = new LevelRules("info,a*b*c*d*e*f=debug");
    const started = performance.now();
    expect(levels.of(`${"a".repeat(200)}!`).level).toBe(INFO);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
