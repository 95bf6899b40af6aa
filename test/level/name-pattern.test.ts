import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LevelRules } from "../../src/level/level-rules.ts";
import { namePattern } from "../../src/level/name-pattern.ts";

describe("a pattern for names", () => {
  const CASES: readonly { pattern: string; fits: readonly string[]; not: readonly string[] }[] = [
    { pattern: "db", fits: ["db", "db.pool", "db.", "db.a\nb"], not: ["dbx", "a.db", "", "DB", "db\n"] },
    { pattern: "db*", fits: ["db", "dbx", "db.pool", "db\n"], not: ["a.db", "d"] },
    { pattern: "*.pool", fits: ["db.pool", "a.b.pool.x", ".pool"], not: ["pool", "db.pools"] },
    { pattern: "a*b", fits: ["ab", "abb", "axb.c", "abxb", "ab.c"], not: ["a", "abc", "ba"] },
    { pattern: "a*a", fits: ["aa", "a.a"], not: ["a"] },
    { pattern: "(a+b)$", fits: ["(a+b)$", "(a+b)$.x"], not: ["aab"] },
    { pattern: "größe", fits: ["größe.x"], not: ["große"] },
  ];
  for (const { pattern, fits, not } of CASES) {
    test(`${pattern} fits by its own rules`, () => {
      const fitsPattern = namePattern(pattern);
      expect([...fits, ...not].filter(fitsPattern)).toEqual(fits);
    });
  }

  test("property: it fits what the regular expression of the same meaning fits", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "\n"), maxLength: 8 });
    const pattern = fc.array(text, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("*"));
    const property = fc.property(pattern, text, (each, name) => {
      const body = each.replaceAll(".", "\\.").replaceAll("*", "[^]*");
      expect(namePattern(each)(name)).toBe(new RegExp(`^${body}(?:\\.[^]*)?$`).test(name));
    });
    fc.assert(property, { numRuns: 5000 });
  });

  test("takes no time that a name from data could stretch", () => {
    const rules = new LevelRules(`info,${"a*".repeat(30)}b=debug`);
    expect(rules.of("a".repeat(10_000)).level).toBe(9);
    expect(rules.of(`${"a".repeat(10_000)}b`).level).toBe(5);
  });
});

test("rules are for names in any script, and a name with spaces is taken for a comma that is missing", () => {
  const rules = new LevelRules("info,größe=debug,log/(v2)+x=warn");
  expect(["größe", "log/(v2)+x", "other"].map((name) => rules.of(name).level)).toEqual([5, 13, 9]);
  expect(() => new LevelRules("info db=debug")).toThrow(/^level: expected rules such as/);
});
