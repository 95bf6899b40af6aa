import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../src/format/json.ts";
import { Logger } from "../../src/logger/logger.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { recordAttrs } from "../../src/record/record-attrs.ts";
import { redact } from "../../src/middleware/index.ts";
import { activeContext } from "../../src/context/otel-api.ts";
import { contextWith } from "../../src/testing/index.ts";
import { logValue } from "../../src/value/log-value.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import type { Limits } from "../../src/value/limits.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Censor, RedactOptions } from "../../src/middleware/index.ts";

const R = "[Redacted]";
const KEY = "0123456789abcdef";

function recordOf(options: RedactOptions, log: (logger: Logger) => void): LogRecord {
  const seen: LogRecord[] = [];
  log(new Logger(redact(options)({ enabled: () => true, handle: (record) => void seen.push(record) }), { clock: () => 0 }));
  return seen[0] ?? createRecord({ message: "lost" });
}

function lineOf(options: RedactOptions, log: (logger: Logger) => void): string {
  let line = "";
  log(new Logger(redact(options)({ enabled: () => true, handle: (record) => void (line += formatJson(record)) })));
  return line;
}

const hmac = (text: string): string => `hmac:${createHmac("sha256", KEY).update(text).digest("hex").slice(0, 16)}`;

describe("what patterns find", () => {
  test.each([
    { name: "overlaps, as one", patterns: [/token/, /token=\w+/], text: "a token=hunter2 b", want: `a ${R} b` },
    { name: "needs what another finds", patterns: [/\w+@\w+\.com/, /\/\/[^/@]+@/], text: "x://ada:pw@h.com/", want: `x:${R}/` },
    { name: "stands side by side, each", patterns: [/a\d/, /b\d/], text: "a1b2", want: R + R },
    { name: "would be found in the censor, once", patterns: [/\d{4}/, /[A-Z][a-z]+/], text: "a 1234", want: `a ${R}` },
    { name: "is empty, not at all", patterns: [/(?=x)|s3cret/], text: "axb s3cret", want: `axb ${R}` },
    { name: "lies in the other", patterns: [/b/, /abc/, /c/], text: "-abc-", want: `-${R}-` },
  ])("is censored: what $name", ({ patterns, text, want }) => {
    expect(recordOf({ patterns }, (l) => l.info(text, { text }))).toMatchObject({ message: want, attrs: { text: want } });
  });

  test("is hashed once", () => {
    const options = { patterns: [/\d{4}/, /[\da-f]{16}/], censor: { hmacKey: KEY } };
    expect(recordOf(options, (l) => l.info("a 1234")).message).toBe(`a ${hmac("1234")}`);
  });

  test.each<{ name: string; censor: Censor; want: string }>([
    { name: "an object", censor: () => ({ n: 1 }), want: 'a {"n":1}' },
    { name: "an object that has no text", censor: () => Object.create(null) as unknown, want: "a " },
    { name: "a number", censor: () => 7, want: "a 7" },
    { name: "nothing", censor: () => undefined, want: "a " },
  ])("is $name where the censor says so, and the record is there", ({ censor, want }) => {
    const record = recordOf({ keys: ["k"], patterns: [/\d{4}/], censor }, (l) =>
      l.info(contextWith({ baggage: { b: "a 1234" } }), "a 1234", { t: "a 1234" }),
    );
    expect(record).toMatchObject({ message: want, attrs: { t: want }, baggage: [["b", want]] });
  });

  test("has the path of its attribute, and none in a message", () => {
    const censor: Censor = (_, path) => path.join("/");
    const record = recordOf({ patterns: [/\d{4}/], censor }, (l) => l.withGroup("g").info("1234", { o: { t: "1234" } }));
    expect(record).toMatchObject({ message: "", attrs: { o: { t: "g/o/t" } } });
  });

  test.each([
    { pattern: /\d{6}/, number: -123_456, want: `-${R}` },
    { pattern: /-\d/, number: -1, want: R },
    { pattern: /\./, number: 1.5e21, want: `1${R}5e+21` },
    { pattern: /^-1\./, number: -1.5e300, want: `${R}5e+300` },
    { pattern: /e\+/, number: 10 ** 21, want: `1${R}21` },
    { pattern: /\d{22}/, number: 10n ** 21n, want: R },
    { pattern: /x/, number: 10n ** 21n, want: 10n ** 21n },
  ])("is censored in a whole number as it is written: $pattern in $number", ({ pattern, number, want }) => {
    expect(recordOf({ patterns: [pattern] }, (l) => l.info("m", { number })).attrs).toEqual({ number: want });
  });

  test.each([
    { name: "its value by a pattern", first: [["b", "a 1"]], later: [["b", "a 1234"]], want: [["b", `a ${R}`]] },
    { name: "its value by a key", first: [["b", "1"]], later: [["k", "1"]], want: [["k", R]] },
    { name: "its key by a pattern", first: [["b", "1"]], later: [["1234", "1"]], want: [[R, "1"]] },
    {
      name: "one of several",
      first: [],
      later: [
        ["b", "1"],
        ["g.p", "2"],
        ["__proto__", "3"],
      ],
      want: [
        ["b", "1"],
        ["g.p", R],
        ["__proto__", "3"],
      ],
    },
    {
      name: "none",
      first: [["b", "1234"]],
      later: [
        ["b", "a"],
        ["c", "1"],
      ],
      want: [
        ["b", "a"],
        ["c", "1"],
      ],
    },
  ] as const)("is censored in baggage, each context's its own: $name", ({ first, later, want }) => {
    const seen: LogRecord[] = [];
    const handler = redact({ keys: ["k"], paths: ["g.p"], patterns: [/\d{4}/] })({
      enabled: () => true,
      handle: (record) => void seen.push(record),
    });
    for (const baggage of [first, later, later, first, later])
      handler.handle(createRecord({ message: "m", baggage }), activeContext());
    expect([1, 2, 4].map((at) => seen[at]?.baggage)).toEqual([want, want, want]);
    expect(seen[0]?.baggage).toEqual(seen[3]?.baggage);
  });

  test("is censored once in a context's baggage, also where a censor logs", () => {
    let asked = 0;
    const seen: LogRecord[] = [];
    const handler = redact({
      keys: ["k"],
      censor: (value) => {
        asked++;
        if (value === "outer") handler.handle(createRecord({ message: "m", baggage: [["k", "inner"]] }), activeContext());
        return value === "outer" ? 1 : 2;
      },
    })({ enabled: () => true, handle: (record) => void seen.push(record) });
    const outer = createRecord({ message: "m", baggage: [["k", "outer"]] });
    for (let i = 0; i < 3; i++) handler.handle(outer, activeContext());
    expect(seen.map(({ baggage }) => baggage?.[0]?.[1])).toEqual(["2", "1", "1", "1"]);
    expect(asked).toBe(2);
  });

  test("is censored in the place in the code", () => {
    const source = { file: "home/s3cret/a.js", line: 1, function: "s3cretly" };
    let seen: LogRecord | undefined;
    const handler = redact({ patterns: [/s3cret/] })({ enabled: () => true, handle: (record) => void (seen = record) });
    handler.handle(createRecord({ message: "m", source }), activeContext());
    expect(seen?.source).toEqual({ file: `home/${R}/a.js`, line: 1, function: `${R}ly` });
    const clean = createRecord({ message: "m", source: { file: "a.js", line: 1, function: undefined } });
    handler.handle(clean, activeContext());
    expect(seen).toBe(clean);
  });
});

describe("an error's message that is censored", () => {
  const error = new Error("user hunter2 unknown");

  test.each<{ name: string; options: RedactOptions; want: string }>([
    { name: "by its path", options: { paths: ["err.message"] }, want: R },
    { name: "by a key", options: { keys: ["message"], censor: { hmacKey: KEY } }, want: hmac(error.message) },
    { name: "with the error", options: { paths: ["err"] }, want: R },
    { name: "with nothing in its place", options: { paths: ["err"], censor: () => undefined }, want: "" },
    { name: "by a pattern, once", options: { patterns: [/hunter2/, /Redacted/] }, want: `user ${R} unknown` },
  ])("is no record's: $name", ({ options, want }) => {
    expect(recordOf(options, (l) => l.error(error)).message).toBe(want);
    expect(lineOf(options, (l) => l.withGroup("err").error(error))).toContain('"msg"');
    expect(recordOf(options, (l) => l.error("an own one", error)).message).toBe("an own one");
  });

  test("is found also where the error says itself what it is", () => {
    const said = Object.assign(new Error("user hunter2 unknown"), { [logValue]: () => ({ code: 7 }) });
    expect(recordOf({ paths: ["err"] }, (l) => l.error(said)).message).toBe(R);
    expect(recordOf({ keys: ["other"] }, (l) => l.error(said, { other: 1 }))).toMatchObject({
      message: said.message,
      attrs: { other: R },
    });
  });

  test("is found also where the cut goes through it", () => {
    const long = new Error(`${"x".repeat(995)} hunter2`);
    expect(recordOf({ patterns: [/hunter2/] }, (l) => l.error(long)).message).toBe(`${"x".repeat(995)} [Red…[+6 chars]`);
  });

  test("is found also where it was cut", () => {
    const long = new Error(`hunter2 ${"x".repeat(2000)}`);
    expect(recordOf({ paths: ["err.message"] }, (l) => l.error(long)).message).toBe(R);
  });
});

describe("a long text that must be resolved first", () => {
  const limits: Limits = { ...DEFAULT_LIMITS, stringLength: 1e9, size: 1e9 };
  const attrsOf = (value: unknown, these: Limits): { readonly [key: string]: unknown } => {
    const record = recordOf({ patterns: [/hunter2secret/] }, (l) => l.info("m", { value }));
    return recordAttrs(record, these)["value"] as { readonly [key: string]: unknown };
  };
  const map = new Map([
    ["a", `${"x".repeat(5e6)}hunter2secret`],
    ["b", "sibling"],
  ]);

  test("leaves its siblings their place, and says how much of it was cut", () => {
    const cut = `${"x".repeat(65_536)}…[+${5e6 + R.length - 65_536} chars]`;
    expect(attrsOf(map, DEFAULT_LIMITS)).toEqual({ a: cut, b: "sibling" });
  });

  test("is searched whole: no limit cuts through what a pattern finds", () => {
    expect(attrsOf(map, limits)["a"]).toBe(`${"x".repeat(5e6)}${R}`);
    const at = new Map([["a", `${"x".repeat(2 ** 20 - 30)}hunter2secret`]]);
    expect(String(attrsOf(at, limits)["a"]).endsWith(`x${R}`)).toBe(true);
    const last = new Map([
      ...Array.from({ length: 15 }, (_, i) => [`k${i}`, "x".repeat(65_536)] as const),
      ["y", "y".repeat(65_000)],
      ["b", "123456hunter2secret"],
    ]);
    expect(JSON.stringify(attrsOf(last, limits))).not.toContain("hunter2");
  });
});

test("a key of bytes is the one that was given, whatever becomes of the bytes", () => {
  const hmacKey = new TextEncoder().encode(KEY);
  const clean = redact({ keys: ["k"], censor: { hmacKey } });
  hmacKey.fill(0);
  let line = "";
  new Logger(clean({ enabled: () => true, handle: (record) => void (line = formatJson(record)) })).info("m", { k: "a" });
  expect(line).toContain(hmac("a"));
});
