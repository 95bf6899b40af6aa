import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activeContext } from "../../src/context/otel-api.ts";
import { formatJson } from "../../src/format/json.ts";
import { redact } from "../../src/middleware/index.ts";
import { RedactTexts } from "../../src/middleware/redact-texts.ts";
import { createRecord } from "../../src/record/log-record.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { RedactOptions } from "../../src/middleware/index.ts";

const SECRET = "hunter2hunter2";
/** From so many records on a place is asked no more. */
const OFTEN = 70;

/** Gives what shows attributes as they go on behind one redactor. */
function shownBy(options: RedactOptions): (attrs: Attrs) => string {
  let line = "";
  const handler = redact(options)({ enabled: () => true, handle: (record) => void (line = formatJson(record)) });
  return (attrs) => {
    handler.handle(createRecord({ message: "m", attrs, time: 0 }), activeContext());
    return line;
  };
}

describe("redact: what records showed before", () => {
  const leaf = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<unknown>(1, -12, 12.5, 123_456, "b", "eur", "the provider of payments", null, true) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(12_345_678, -12_345_678, "1234 5678", undefined, 10n, new Date(0)) },
  );
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("a", "b", "c") },
    fc.constantFrom("", "\0", "password", "a.b", "1"),
  );
  const { group } = fc.letrec<{ group: Attrs; value: unknown }>((tie) => ({
    value: fc.oneof({ weight: 3, arbitrary: leaf }, tie("group"), fc.array(leaf, { maxLength: 2 }), fc.constant({})),
    group: fc.array(fc.tuple(key, tie("value")), { maxLength: 3 }).map((members) => Object.fromEntries(members)),
  }));
  const options = fc.constantFrom<RedactOptions>(
    { keys: ["password"] },
    { paths: ["a.b", "b.*", "**.password"] },
    { keys: [/^\0?$/] },
    { patterns: [/\d{8}/, /\d{4} \d{4}/] },
    { keys: [/^$/, "password"], patterns: [/[a-z]{3,} of/, /\d{8}/] },
  );

  test("changes nothing in how the next one is shown", () => {
    let censored = 0;
    fc.assert(
      fc.property(options, fc.array(group, { minLength: 2, maxLength: 5 }), (given, all) => {
        const shown = shownBy(given);
        for (const attrs of all.slice(0, 2)) for (let i = 0; i < OFTEN; i++) shown(attrs);
        for (const attrs of [...all, ...all]) {
          const line = shown(attrs);
          expect(line).toBe(shownBy(given)(attrs));
          if (line.includes("[Redacted]")) censored++;
        }
      }),
      { numRuns: 200 },
    );
    expect(censored).toBeGreaterThan(50);
  });

  test.each([
    { name: "without a name", options: { keys: [/^$/] }, attrs: { a: 1, "": SECRET } },
    { name: "of the name that no member has", options: { keys: ["\0"] }, attrs: { a: 1, "\0": SECRET } },
    { name: "behind one of that name", options: { keys: ["password"] }, attrs: { a: 1, "\0": 1, password: SECRET } },
    { name: "in a group of that name", options: { paths: ["**.password"] }, attrs: { a: 1, "\0": { password: SECRET } } },
  ])("hides no member $name", ({ options: given, attrs }) => {
    const shown = shownBy(given);
    for (let i = 0; i < OFTEN; i++) shown({ a: 1 });
    expect(shown(attrs)).not.toContain(SECRET);
    expect(shown({ g: attrs })).not.toContain(SECRET);
  });

  test.each(Array.from({ length: 12 }, (_, depth) => depth))("hides no member at depth %i", (depth) => {
    const nest = (inner: Attrs): Attrs => Array.from({ length: depth }).reduce<Attrs>((all) => ({ a: 1, g: all, b: 2 }), inner);
    const shown = shownBy({ keys: ["password"] });
    const clean = nest({ a: 1, b: 2 });
    for (let i = 0; i < OFTEN * 2; i++)
      expect(shown(clean)).toBe(formatJson(createRecord({ message: "m", attrs: clean, time: 0 })));
    expect(shown(nest({ a: 1, b: 2, password: SECRET }))).not.toContain(SECRET);
    expect(shown(nest({ a: 1, password: SECRET, b: 2 }))).not.toContain(SECRET);
  });

  test("is told apart also where no rule reaches", () => {
    const shown = shownBy({ paths: ["a.password"] });
    for (let i = 0; i < OFTEN; i++) shown({ b: { password: 1 }, a: { c: 1 } });
    expect(shown({ b: { password: 2 }, a: { password: SECRET } })).toContain('"b":{"password":2},"a":{"password":"[Redacted]"}');
  });
});

test("redact: a whole number is searched as it is written, whatever its size and sign", () => {
  const patterns = [/\d{9}/, /-\d{6}/, /^\d{5}$/, /7/, /1{3}/];
  const number = fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.maxSafeInteger(),
    fc
      .tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: -1, max: 1 }), fc.constantFrom(1, -1))
      .map(([e, d, s]) => s * (10 ** e + d)),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  );
  fc.assert(
    fc.property(number, fc.constantFrom(...patterns), (n, pattern) => {
      const isFound = Number.isInteger(n) && pattern.test(String(n));
      const shown = shownBy({ patterns: [pattern] });
      // Once where the place is asked, and once where it is asked no more.
      for (let i = 0; i < OFTEN; i++) shown({ n: 0.5 });
      expect(shown({ n }).includes("[Redacted]")).toBe(isFound);
      expect(shownBy({ patterns: [pattern] })({ n }).includes("[Redacted]")).toBe(isFound);
    }),
  );
});

test("redact: a text is clean where none of the patterns finds anything, whichever they are", () => {
  const all = [
    /\b\d{4}(?:[ -]?\d{4}){3}\b/,
    /[\w.]+@[\w.]+/,
    /eyJ[\w-]+\.[\w-]+/,
    /\d{9}/,
    /[a-f\d]{12}/i,
    /[\d ]{3}x/,
    /[é]{8}/,
  ];
  const piece = fc.constantFrom(
    "4111 1111 1111 1111",
    "a@b",
    "eyJhbc.def",
    "123456789",
    "abcdef012345",
    "éééééééé",
    "12 x",
    "\0",
  );
  const filler = fc.constantFrom("the provider ", "of ", "payments", " ", "1", "-", "@", "J", "é", "😀", "deadbeef", "411");
  const counts = { clean: 0, found: 0 };
  fc.assert(
    fc.property(
      fc.subarray(all, { minLength: 1 }),
      fc.array(fc.oneof({ weight: 8, arbitrary: filler }, piece), { maxLength: 9 }),
      (patterns, pieces) => {
        // In parts, as a template makes it: what looks into it first joins it.
        let text = "";
        for (const each of pieces) text += each;
        const isFound = patterns.some((pattern) => text.search(pattern) >= 0);
        counts[isFound ? "found" : "clean"]++;
        const texts = new RedactTexts(patterns.map(({ source, flags }) => new RegExp(source, `${flags}g`)));
        expect(texts.isClean(text)).toBe(!isFound);
      },
    ),
    { numRuns: 1000 },
  );
  expect(Math.min(counts.clean, counts.found)).toBeGreaterThan(100);
});

test.each([
  { pattern: /\b\d{4}(?:[ -]?\d{4}){3}\b/, found: "4111111111111111" },
  { pattern: /\b\d{4}(?:[ -]?\d{4}){3}\b/, found: "4111-1111 11111111" },
  { pattern: /[a-f\d]{9}/, found: "abcdef012" },
  { pattern: /[ß-ö]{8}/, found: "éèàâêëçé" },
])("redact: $found is found wherever it stands, and whatever stands around it", ({ pattern, found }) => {
  const texts = new RedactTexts([new RegExp(pattern, "g")]);
  for (const around of [
    "x",
    "é",
    ".1",
    ".1.",
    "..1",
    "-..",
    "..11",
    "11..",
    ".. 11 1.",
    "11111111.",
    "........1",
    "1.......",
    "\0",
  ]) {
    for (let before = 0; before < 60; before++) {
      const [prefix, suffix] = [`${around.repeat(before).slice(-before)}.`, `.${around.repeat(20).slice(before % 7)}`];
      expect(texts.isClean(`${prefix}${found}${suffix}`)).toBe(false);
      expect(texts.isClean(`${prefix}${found}`)).toBe(false);
    }
    expect(texts.isClean(around.repeat(20))).toBe(around.repeat(20).search(pattern) < 0);
  }
});
