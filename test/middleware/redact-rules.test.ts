import { describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { recordAttrs } from "../../src/record/record-attrs.ts";
import { redact } from "../../src/middleware/index.ts";
import { lazy } from "../../src/value/log-value.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { RedactOptions } from "../../src/middleware/index.ts";

const R = "[Redacted]";

function attrsOf(options: RedactOptions, log: (logger: Logger) => void): unknown {
  let attrs: unknown;
  log(new Logger(redact(options)({ enabled: () => true, handle: (record) => void (attrs = recordAttrs(record)) })));
  return attrs;
}

class Instance {
  readonly a = 1;
}

describe("a pattern for keys", () => {
  test.each([
    {
      name: "a key with dots, its first part",
      log: (l: Logger) => l.info("m", { "api_token.x": 1 }),
      want: { "api_token.x": R },
    },
    { name: "a part amid others", log: (l: Logger) => l.info("m", { "a.Token.y": 1 }), want: { "a.Token.y": R } },
    { name: "a key as a whole", log: (l: Logger) => l.info("m", { "my.token": 1 }), want: { "my.token": R } },
    { name: "no part", log: (l: Logger) => l.info("m", { "tokens.x": 1 }), want: { "tokens.x": 1 } },
    {
      name: "a group with dots",
      log: (l: Logger) => l.withGroup("api_token.x").info("m", { a: 1 }),
      want: { "api_token.x": { a: R } },
    },
  ])("matches $name", ({ log, want }) => {
    expect(attrsOf({ keys: [/token$/i] }, log)).toEqual(want);
  });
});

describe("a key without a name", () => {
  test.each([
    { value: 1, want: { "": R } },
    { value: [1], want: { "": R } },
    { value: new Map([["a", 1]]), want: { "": R } },
    { value: new Instance(), want: { "": R } },
    { value: lazy(() => 1), want: { "": R } },
    { value: { a: 1 }, want: { a: R } },
    { value: lazy(() => ({ a: 1 })), want: { a: R } },
    { value: { toJSON: () => ({ a: 1 }) }, want: { a: R } },
  ])("is on the path where its value is shown: $want", ({ value, want }) => {
    expect(attrsOf({ paths: ["m.*"] }, (l) => l.info("m", { m: { "": value } }))).toEqual({ m: want });
    expect(attrsOf({ paths: ["*"] }, (l) => l.info("m", { "": value }))).toEqual(want);
  });

  test("is never taken for one that was seen, and its getter runs once", () => {
    const clean = redact({ keys: ["pw"] });
    let reads = 0;
    const unnamed = (): object => ({
      get ""() {
        reads++;
        return { pw: 1 };
      },
    });
    const shown: unknown[] = [];
    const handler = clean({ enabled: () => true, handle: (record) => void shown.push(recordAttrs(record)) });
    const logger = new Logger(handler);
    const logAll = (): void => {
      for (const attrs of [{ n: unnamed() }, unnamed(), { a: unnamed() }, { a: { b: unnamed() } }])
        logger.info("m", attrs as Attrs);
    };
    logAll();
    for (let i = 0; i < 100; i++) logger.info("m", { a: { b: 1 }, c: 1 });
    logAll();
    const want = [{ n: { pw: R } }, { pw: R }, { a: { pw: R } }, { a: { b: { pw: R } } }];
    expect([...shown.slice(0, 4), ...shown.slice(-4)]).toEqual([...want, ...want]);
    expect(reads).toBe(8);
  });

  test("counts as one below it", () => {
    expect(attrsOf({ paths: ["m.*.a"] }, (l) => l.info("m", { m: { "": new Map([["a", 1]]) } }))).toEqual({
      m: { "": { a: R } },
    });
  });
});

test.each([
  { options: { paths: ["users[0].email"] }, message: 'paths: place 0: expected users.0.email, got "users[0].email"' },
  {
    options: { paths: ["a", "users[*].password"] },
    message: 'paths: place 1: expected users.*.password, got "users[*].password"',
  },
  { options: { paths: ["[*][**].a"] }, message: 'paths: place 0: expected *.**.a, got "[*][**].a"' },
  { options: { paths: ["a.[0]"] }, message: 'paths: place 0: expected a.0, got "a.[0]"' },
  {
    options: { paths: ['headers["x-key"]'] },
    message: String.raw`paths: place 0: expected headers.x-key, got "headers[\"x-key\"]"`,
  },
  { options: { paths: ["*['set-cookie'].*"] }, message: "paths: place 0: expected *.set-cookie.*, got" },
  { options: { paths: ["['a.b'][0]"] }, message: "paths: place 0: expected a.b.0, got" },
  { options: { keys: ["a", "*token"] }, message: 'keys: place 1: expected a key\'s name or a pattern, got "*token"' },
])("says at set-up: $message", ({ options, message }) => {
  expect(() => redact(options)).toThrow(message);
});

test.each(["filter[name]", "items[]", "a[0]b", '["a'])("a key with brackets is one as any other: %s", (key) => {
  expect(attrsOf({ paths: [key] }, (l) => l.info("m", { [key]: 1 }))).toEqual({ [key]: R });
});
