import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { formatText } from "../../src/format/text.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

/** Reads a line of logfmt back: the inverse of what slog's TextHandler and Go's `strconv.Quote` write. */
function parseLogfmt(line: string): readonly (readonly [key: string, value: string])[] {
  const pairs: [string, string][] = [];
  let at = 0;
  const word = (): string => {
    const [found] = /^(?:"(?:[^"\\]|\\.)*"|[^\s="]*)/s.exec(line.slice(at)) ?? [""];
    at += found.length;
    return found.startsWith('"') ? unquote(found) : found;
  };
  while (at < line.length && line[at] !== "\n") {
    const key = word();
    if (line[at] !== "=") throw new SyntaxError(`expected = at ${at} of ${line}`);
    at++;
    pairs.push([key, word()]);
    if (line[at] === " ") at++;
    else if (line[at] !== "\n") throw new SyntaxError(`expected a space at ${at} of ${line}`);
  }
  return pairs;
}

const SHORT: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unquote(word: string): string {
  return word.slice(1, -1).replaceAll(/\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gs, (_, x, u, U, char) => {
    const hex: string | undefined = x ?? u ?? U;
    return hex === undefined ? (SHORT[char] ?? char) : String.fromCodePoint(Number.parseInt(hex, 16));
  });
}

/** Writes a record without time, level and message, as the tables want it. */
function attrsOf(record: Partial<LogRecord>): string {
  const line = formatText(createRecord({ message: "m", ...record }));
  expect(line.startsWith("level=INFO msg=m ")).toBe(true);
  return line.slice("level=INFO msg=m ".length, -1);
}

const error = Object.assign(new TypeError("no such order"), { code: "E_ORDER" });
error.stack = "TypeError: no such order\n    at pay (shop.ts:3:9)";

const spanContext = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", traceFlags: 1 };
const bound = Binding.attrs(Binding.group(Binding.attrs(undefined, { pre: 3, x: "y" }), "s"), { a: "one" });

describe("a line of text", () => {
  test("text: the record's own fields frame the attributes, the trace stands at the root", () => {
    const record = createRecord({
      time: Date.UTC(2026, 10, 22, 4, 5, 6, 7),
      level: 13,
      logger: "shop.db",
      message: "order paid",
      eventName: "order.paid",
      binding: bound,
      attrs: { b: 2 },
      spanContext,
      baggage: [["tenant", "a b"]],
    });
    expect(formatText(record)).toBe(
      'time=2026-11-22T04:05:06.007Z level=WARN logger=shop.db msg="order paid" event_name=order.paid pre=3 x=y s.a=one s.b=2 ' +
        'tenant="a b" trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 trace_flags=01\n',
    );
  });

  const rows: readonly { name: string; use: Partial<LogRecord>; want: string }[] = [
    {
      name: "a group is written by dotted paths, in order",
      use: { attrs: { a: 1, g: { b: 2, h: { c: 3 }, d: 4 }, e: 5 } },
      want: "a=1 g.b=2 g.h.c=3 g.d=4 e=5",
    },
    { name: "an empty group leaves no trace", use: { attrs: { a: 1, g: {}, h: { i: {} } } }, want: "a=1" },
    { name: "an empty map is said", use: { attrs: { m: new Map() } }, want: "m={}" },
    { name: "a map is written by paths like a group", use: { attrs: { m: new Map([["k", 1]]) } }, want: "m.k=1" },
    { name: "an empty key stays, quoted", use: { attrs: { "": "v" } }, want: '""=v' },
    { name: "a key is quoted by the same rule as a value", use: { attrs: { "a b": "x\t\n\0y" } }, want: '"a b"="x\\t\\n\\x00y"' },
    {
      name: "the path of a group is quoted as a whole",
      use: { attrs: { 'b.c="': { d: 1 }, "prefix ": { "needs q": "v" } } },
      want: '"b.c=\\".d"=1 "prefix .needs q"=v',
    },
    {
      name: "the name of a group is made well-formed",
      use: { attrs: { a: 1 }, binding: Binding.group(undefined, "g\ud800") },
      want: '"g\ufffd.a"=1',
    },
    { name: "a key with a dot is not escaped", use: { attrs: { "a.b": 1 } }, want: "a.b=1" },
    {
      name: "a list is compact JSON, quoted where needed",
      use: { attrs: { a: [1, 2], b: ["x", { y: [Number.NaN, null] }], c: [] } },
      want: 'a=[1,2] b="[\\"x\\",{\\"y\\":[\\"NaN\\",null]}]" c=[]',
    },
    {
      name: "bytes are base64",
      use: { attrs: { a: new Uint8Array([1, 2, 3]), b: new Uint8Array([1, 2, 3, 4]) } },
      want: 'a=AQID b="AQIDBA=="',
    },
    {
      name: "numbers that JSON does not know are their text",
      use: { attrs: { a: Number.NaN, b: -Infinity, c: 2n ** 64n, d: -0, e: null } },
      want: "a=NaN b=-Infinity c=18446744073709551616 d=0 e=null",
    },
    {
      name: "an error is its members",
      use: { attrs: { err: error } },
      want: 'err.type=TypeError err.message="no such order" err.stack="TypeError: no such order\\n    at pay (shop.ts:3:9)" err.code=E_ORDER',
    },
    {
      name: "an attribute never stands for a field of the record",
      use: { attrs: { level: "x", msg: "y", trace_id: "z" } },
      want: "attr.level=x attr.msg=y attr.trace_id=z",
    },
    {
      name: "a path that is too long to be repeated ends in JSON",
      use: { attrs: { ["k".repeat(257)]: { a: { b: 1 }, c: 2 } } },
      want: `${"k".repeat(257)}="{\\"a\\":{\\"b\\":1},\\"c\\":2}"`,
    },
  ];
  test.each(rows)("text: $name", ({ use, want }) => {
    expect(attrsOf(use)).toBe(want);
  });

  // Go's own table of slog's needsQuoting, and what JavaScript adds.
  const values: readonly { name: string; value: string; want: string }[] = [
    { name: "nothing", value: "", want: '""' },
    { name: "plain text", value: "ab", want: "ab" },
    { name: "an equals sign", value: "a=b", want: '"a=b"' },
    { name: "quotes", value: '"ab"', want: '"\\"ab\\""' },
    { name: "a backslash alone", value: "\\a\\b", want: "\\a\\b" },
    { name: "a backslash beside a space", value: "a \\b", want: '"a \\\\b"' },
    { name: "a tab", value: "a\tb", want: '"a\\tb"' },
    { name: "letters of any script", value: "µåπ世界", want: "µåπ世界" },
    { name: "an emoji", value: "👍", want: "👍" },
    { name: "a lone surrogate", value: "a\ud800b", want: '"a\ufffdb"' },
    { name: "an ANSI escape", value: "\u001b[31mred\u007f", want: '"\\x1b[31mred\\x7f"' },
    { name: "a C1 control", value: "\u009b31m", want: '"\\u009b31m"' },
    { name: "line separators", value: "a\u2028b\u2029c", want: '"a\\u2028b\\u2029c"' },
    { name: "bidirectional overrides", value: "\u202eabc\u2066", want: '"\\u202eabc\\u2066"' },
    { name: "a no-break space and a private character", value: "a\u00a0b\u{f0000}", want: '"a\\u00a0b\\U000f0000"' },
    { name: "the bells and whistles", value: "\u0007\b\f\r\v", want: '"\\a\\b\\f\\r\\v"' },
  ];
  test.each(values)("text: $name as a value, a key and a message", ({ value, want }) => {
    expect(attrsOf({ attrs: { k: value } })).toBe(`k=${want}`);
    expect(attrsOf({ attrs: { [value]: 1 } })).toBe(`${want}=1`);
    expect(formatText(createRecord({ message: value }))).toBe(`level=INFO msg=${want}\n`);
  });

  test("text: without a time there is no time, and what is no time is said", () => {
    expect(formatText(createRecord({ time: undefined }))).toBe('level=INFO msg=""\n');
    expect(formatText(createRecord({ time: Number.NaN }))).toBe('time="Invalid Date" level=INFO msg=""\n');
  });

  test("text: a long key above many members stays a line that can be held", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]));
    expect(formatText(createRecord({ attrs: { ["k".repeat(100_000)]: many } })).length).toBeLessThan(1_000_000);
  });
});

const word = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(...'"\\= \n\r\t\0\u001b\u007f\u009b\u2028\u2029\u202e\ud800\udc00\ufffdaN.{}') }),
);

const anything = fc.anything({
  key: word,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
});

describe("for any text", () => {
  test("text: logfmt unquotes back", () => {
    fc.assert(
      fc.property(word, fc.dictionary(word, word), (message, attrs) => {
        const pairs = parseLogfmt(formatText(createRecord({ message, attrs: { g: attrs } })));
        const want = new Map(Object.entries(attrs).map(([key, value]) => [`g.${key.toWellFormed()}`, value.toWellFormed()]));
        expect(pairs.slice(0, 2)).toEqual([
          ["level", "INFO"],
          ["msg", message.toWellFormed()],
        ]);
        expect(new Map(pairs.slice(2))).toEqual(want);
      }),
    );
  });

  test("text: a record is one line, without controls, separators and ANSI escapes", () => {
    fc.assert(
      fc.property(word, anything, word, (key, value, message) => {
        const line = formatText(
          createRecord({
            message,
            logger: key,
            eventName: message,
            attrs: { [key]: value },
            binding: Binding.group(undefined, key),
          }),
        );
        expect(line.endsWith("\n")).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        parseLogfmt(line);
      }),
    );
  });
});
