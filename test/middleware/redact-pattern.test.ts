import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { needsOf } from "../../src/middleware/redact-pattern.ts";
import { PatternSearch } from "../../src/middleware/redact-search.ts";

const ROWS: readonly { readonly pattern: RegExp; readonly length: number; readonly text: string; readonly inNumbers: boolean }[] =
  [
    { pattern: /\b\d{4}(?:[ -]?\d{4}){3}\b/, length: 16, text: "", inNumbers: true },
    { pattern: /[\w.]+@[\w.]+/, length: 3, text: "@", inNumbers: false },
    { pattern: /eyJ[\w-]+\.[\w-]+/, length: 6, text: "eyJ", inNumbers: false },
    { pattern: /bearer [\w.~+/-]+=*/i, length: 8, text: " ", inNumbers: false },
    { pattern: /sk_(?:live|test)_\w{8,}/, length: 16, text: "sk_", inNumbers: false },
    { pattern: /a|bcd/, length: 1, text: "", inNumbers: false },
    { pattern: /(?:ab)?c{2}d*/, length: 2, text: "c", inNumbers: false },
    { pattern: /(?<=x)\d(?!y)/, length: 1, text: "", inNumbers: true },
    { pattern: /(?i:ab)1/, length: 3, text: "1", inNumbers: true },
    { pattern: /\x41\u0042[\]a]\./, length: 4, text: ".", inNumbers: false },
    { pattern: /(a)\1\//, length: 2, text: "a", inNumbers: false },
    { pattern: /😀?\u{1F600}x/u, length: 2, text: "x", inNumbers: false },
    { pattern: /\d{2}x*/, length: 2, text: "", inNumbers: true },
    { pattern: /[\q{|abc}]x/v, length: 1, text: "", inNumbers: true },
    { pattern: /\ud83d\ude00?\d/u, length: 1, text: "", inNumbers: true },
    { pattern: /\ud83d\ude00?x/, length: 2, text: "x", inNumbers: false },
    { pattern: new RegExp(String.raw`x\k<(a>)|b`), length: 1, text: "", inNumbers: true },
    { pattern: /e[+-]?/, length: 1, text: "e", inNumbers: false },
  ];

test.each(ROWS)("redact: what a text needs for $pattern", ({ pattern, ...needs }) => {
  const { chars: _, ...found } = needsOf(pattern);
  expect(found).toEqual(needs);
});

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const CHARS: readonly { readonly pattern: RegExp; readonly chars: string }[] = [
  { pattern: /\b\d{4}(?:[ -]?\d{4}){3}\b/, chars: " -0123456789" },
  { pattern: /(?<=x)\d+(?!y)$/m, chars: "0123456789" },
  { pattern: /a?|b{0}|[c-e]/, chars: "abcde" },
  { pattern: /k/iu, chars: "Kk" },
  { pattern: /\u212a\u017f/iu, chars: "KSks" },
  { pattern: /\u212a/i, chars: "" },
  { pattern: /é😀/u, chars: "" },
  { pattern: /\x41\u0042\t\//, chars: "\t/AB" },
  { pattern: /\cA/, chars: "\u0001" },
  { pattern: /\p{Ll}/u, chars: LETTERS },
  { pattern: /(x)\1/, chars: "all" },
  { pattern: /(?<n>x)\k<n>/, chars: "all" },
  { pattern: /x\0/, chars: "all" },
  { pattern: /(?i:x)/, chars: "all" },
  { pattern: new RegExp("\\c1"), chars: "all" },
  { pattern: /./s, chars: "all" },
  { pattern: /[^]/, chars: "all" },
  { pattern: /[\d&&[0-3]]/v, chars: "all" },
];

test.each(CHARS)("redact: the characters of what $pattern finds", ({ pattern, chars }) => {
  const found = needsOf(pattern).chars;
  const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  expect(all.filter((_, code) => ((found >> BigInt(code)) & 1n) === 1n).join("")).toBe(chars === "all" ? all.join("") : chars);
});

test("redact: no text that a pattern finds is without what it needs", () => {
  const piece = fc.constantFrom(
    "a",
    "B",
    "@",
    "-",
    ".",
    "\\.",
    "\\d",
    "\\w",
    "\\s",
    "[ab]",
    "[^x]",
    "\\x41",
    "\\u0042",
    "é",
    "(?:ab|c)",
    "(x|)",
    "(yz)",
    "e",
    "7",
  );
  const times = fc.constantFrom("", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,3}?", "+?");
  const source = fc
    .array(
      fc.tuple(piece, times).map((each) => each.join("")),
      { minLength: 1, maxLength: 6 },
    )
    .map((all) => all.join(""));
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("", "i", "u", "iu"),
      fc.gen(),
      (all, flags, gen) => {
        const pattern = new RegExp(all.join("|"), flags);
        const found = gen(() => fc.stringMatching(new RegExp(all.join("|"), flags.replace("i", ""))));
        const text = flags.includes("i") ? found.toUpperCase() : found;
        // redact() takes no pattern that finds the empty text.
        fc.pre(pattern.test(text) && !pattern.test(""));
        const needs = needsOf(pattern);
        expect(text.length).toBeGreaterThanOrEqual(needs.length);
        expect(text).toContain(needs.text);
        if (/^-?\d+$/.test(text)) expect(needs.inNumbers).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

describe("redact: a search", () => {
  const long = "x".repeat(20);
  const FOUND: readonly { readonly name: string; readonly pattern: RegExp; readonly text: string }[] = [
    { name: "at the beginning", pattern: /\d{16}/, text: `4111111111111111${long}` },
    { name: "at the end", pattern: /\d{16}/, text: `${long}4111111111111111` },
    { name: "of an odd length", pattern: /\d{9}/, text: `${long}411111111` },
    { name: "with what may be left out", pattern: /\b\d{4}(?:[ -]?\d{4}){3}\b/, text: `${long} 4111 1111-1111 1111` },
    { name: "of one of several", pattern: /\d{12}|[A-F]{9}/, text: `${long}ABCDEFABC` },
    { name: "that ends its look-ahead", pattern: /\d{10}(?=[a-z]{20})/, text: `4111111111${long}` },
    { name: "behind a look-behind", pattern: /(?<=[a-z]{20})\d{10}/, text: `${long}4111111111` },
    { name: "of letters in any case", pattern: /[kK-M]{8}/iu, text: `${long}${"\u212a".repeat(8)}` },
    { name: "of folded letters", pattern: /[\u212a\u017f]{8}/iu, text: `${long}kskskskS` },
    { name: "of astral characters", pattern: /\p{Emoji}{8}/u, text: `${long}${"😀".repeat(8)}` },
    { name: "of halves of characters", pattern: new RegExp(String.raw`[\ud83d\ude00]{8}`), text: `${long}${"😀".repeat(4)}` },
    { name: "over lines", pattern: /\d{4}.{8}\d{4}/s, text: `${long}1234\n\n\n\n\n\n\n\n1234` },
    { name: "of lines", pattern: /^\d{8}$/m, text: `${long}\n12345678\n${long}` },
    { name: "that repeats itself", pattern: /([a-f])\1{11}/, text: `${"0".repeat(20)}${"a".repeat(12)}` },
    { name: "that repeats itself in another case", pattern: /(?<c>[a-f])\k<c>{11}/i, text: `${"0".repeat(20)}${"aA".repeat(6)}` },
    { name: "with flags of its own", pattern: /(?i:[a-f]{12})/, text: `${"0".repeat(20)}${"aA".repeat(6)}` },
    { name: "of a set of sets", pattern: /[\p{ASCII}--[x]]{9}/v, text: `${long}ABCDEFABC` },
    { name: "of characters by their codes", pattern: /[\x30-\u0039]{8}/y, text: `${long}12345678` },
    { name: "of control characters", pattern: /\cA{8}/g, text: `${long}${"\u0001".repeat(8)}` },
    { name: "where half of a pair may seem to be left out", pattern: /\ud83d\ude00?x/u, text: "x" },
    { name: "where no group has a name", pattern: new RegExp(String.raw`x\k<(a>)|b`), text: "b" },
    { name: "of a backslash", pattern: new RegExp("(?:\\c1){8}"), text: `${long}${"\\c1".repeat(8)}` },
  ];
  test.each(FOUND)("finds what lies $name", ({ pattern, text }) => {
    const search = new PatternSearch(new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gy]/g, "")}g`));
    expect(search.finds(text)).toBe(true);
  });

  const plain = ["\\d", "[a-c]", "[^x]", "\\w", "k", "s", "é", "[\\d \\-]", "(?:[ab]|1)", ".", "\\x41", "(?:\\d[ \\-]?)"];
  const element = fc.constantFrom(...plain, "(?<=\\w)\\d", "(?=.)[a-c]", "(?!x)\\w", "(?:(?<![1-4])k)");
  const times = fc.constantFrom("", "?", "*", "{3}", "{4,6}", "{8}", "+?");
  // Three at most: a pattern's time grows with the length of a text to the power of its repeats.
  const source = fc.array(fc.tuple(element, times), { minLength: 1, maxLength: 3 }).map((all) => all.flat().join(""));
  const char = fc.constantFrom("1", "7", "a", "b", "k", "K", "\u212a", "s", "\u017f", "é", "É", "x", " ", "-", "A", "\n", "😀");

  test("finds whatever its pattern finds, wherever it lies", () => {
    let found = 0;
    let passed = 0;
    fc.assert(
      fc.property(
        fc.array(source, { minLength: 1, maxLength: 2 }),
        fc.constantFrom("", "i", "u", "iu", "s", "m", "v", "iv"),
        fc.array(char, { maxLength: 24 }),
        fc.gen(),
        (all, flags, around, gen) => {
          const pattern = new RegExp(all.join("|"), `${flags}g`);
          const likely = new RegExp(all.join("|").replaceAll(/\(\?<?[=!][^)]*\)/g, ""), flags.replaceAll(/[iv]/g, ""));
          const at = gen(() => fc.nat(around.length));
          const text =
            around.slice(0, at).join("") +
            gen(() => fc.oneof(fc.stringMatching(likely), fc.constant(""))) +
            around.slice(at).join("");
          const isFound = text.search(pattern) >= 0;
          // redact() takes no pattern that finds the empty text.
          fc.pre(!new RegExp(pattern).test(""));
          expect(new PatternSearch(pattern).finds(text)).toBe(isFound);
          if (isFound) found++;
          else passed++;
        },
      ),
      { numRuns: 500 },
    );
    expect(Math.min(found, passed)).toBeGreaterThan(30);
  });
});
