import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { formatPretty } from "../../src/format/pretty.ts";
import { formatText } from "../../src/format/text.ts";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { fanout } from "../../src/handler/fanout.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import { recordAttrs } from "../../src/record/record-attrs.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { redact, secret } from "../../src/middleware/index.ts";
import { contextWith } from "../../src/testing/index.ts";
import { lazy, logValue } from "../../src/value/log-value.ts";
import { FdWriter } from "../../src/write/fd-writer.ts";
import type { Handler } from "../../src/handler/handler.ts";
import type { LogRecord } from "../../src/record/log-record.ts";
import type { Transport } from "../../src/otlp/index.ts";
import type { RedactOptions } from "../../src/middleware/index.ts";

const R = "[Redacted]";

/** Logs through redact() and gives the attributes that come out. */
function attrsOf(options: RedactOptions, log: (logger: Logger) => void): unknown {
  const memory = memoryHandler();
  log(new Logger(redact(options)(memory), { clock: () => 0 }));
  expect(memory.records).toHaveLength(1);
  return memory.records[0]?.attrs;
}

/** Gives the record as it comes out, and what the same call gives without redact(). */
function passed(options: RedactOptions, log: (logger: Logger) => void): readonly [LogRecord | undefined, LogRecord | undefined] {
  const seen: LogRecord[] = [];
  const keep: Handler = { enabled: () => true, handle: (record) => void seen.push(record) };
  const watch: Handler = {
    enabled: () => true,
    handle: (record, ctx) => (seen.push(record), redact(options)(keep).handle(record, ctx)),
  };
  log(new Logger(watch, { clock: () => 0 }));
  return [seen[1], seen[0]];
}

const withOwn = (): Error => Object.assign(new TypeError("no entry"), { config: { token: "t", url: "/" }, code: "E1" });

const ROWS: readonly { name: string; options: RedactOptions; log: (logger: Logger) => void; want: unknown }[] = [
  { name: "a path at the root", options: { paths: ["a"] }, log: (l) => l.info("m", { a: 1, b: 2 }), want: { a: R, b: 2 } },
  {
    name: "a path into a literal",
    options: { paths: ["a.b"] },
    log: (l) => l.info("m", { a: { b: 1, c: 2 }, b: 3 }),
    want: { a: { b: R, c: 2 }, b: 3 },
  },
  {
    name: "a path over a key with dots",
    options: { paths: ["a.b"] },
    log: (l) => l.info("m", { "a.b": 1, "a.b.c": 2, "a.c": 3 }),
    want: { "a.b": R, "a.b.c": R, "a.c": 3 },
  },
  {
    name: "* for one key",
    options: { paths: ["a.*.c"] },
    log: (l) => l.info("m", { a: { x: { c: 1 }, c: 2, y: { d: { c: 3 } } } }),
    want: { a: { x: { c: R }, c: 2, y: { d: { c: 3 } } } },
  },
  {
    name: "* for an index",
    options: { paths: ["users.*.email"] },
    log: (l) => l.info("m", { users: [{ email: "e", id: 1 }, "x"] }),
    want: { users: [{ email: R, id: 1 }, "x"] },
  },
  { name: "an index", options: { paths: ["list.1"] }, log: (l) => l.info("m", { list: ["a", "b"] }), want: { list: ["a", R] } },
  {
    name: "** for any depth, none included",
    options: { paths: ["**.c"] },
    log: (l) => l.info("m", { c: 1, a: { b: [{ c: 2 }], d: 3 } }),
    want: { c: R, a: { b: [{ c: R }], d: 3 } },
  },
  {
    name: "** amid a path",
    options: { paths: ["a.**.c"] },
    log: (l) => l.info("m", { c: 1, a: { c: 2, b: { x: { c: 3 } } } }),
    want: { c: 1, a: { c: R, b: { x: { c: R } } } },
  },
  {
    name: "** at the end",
    options: { paths: ["a.**"] },
    log: (l) => l.info("m", { a: { b: { c: 1 }, d: 2 } }),
    want: { a: { b: R, d: R } },
  },
  {
    name: "a key anywhere, in any case",
    options: { keys: ["password"] },
    log: (l) => l.info("m", { Password: 1, a: [{ password: { deep: 2 } }] }),
    want: { Password: R, a: [{ password: R }] },
  },
  {
    name: "a key as part of one with dots",
    options: { keys: ["authorization"] },
    log: (l) => l.info("m", { "http.request.header.authorization": "x" }),
    want: { "http.request.header.authorization": R },
  },
  {
    name: "a key by pattern",
    options: { keys: [/token$/i] },
    log: (l) => l.info("m", { accessToken: 1, tokens: 2 }),
    want: { accessToken: R, tokens: 2 },
  },
  {
    name: "a bound attribute",
    options: { keys: ["k"] },
    log: (l) => l.with({ k: 1, o: { k: 2 } }).info("m"),
    want: { k: R, o: { k: R } },
  },
  {
    name: "a path through groups",
    options: { paths: ["g.h.k", "g.b"] },
    log: (l) => l.withGroup("g").with({ b: 1 }).withGroup("h").info("m", { k: 2, b: 3 }),
    want: { g: { b: R, h: { k: R, b: 3 } } },
  },
  {
    name: "a group as a whole",
    options: { paths: ["g"] },
    log: (l) => l.withGroup("g").info("m", { k: 1, o: { p: 2 } }),
    want: { g: { k: R, o: R } },
  },
  { name: "an inlined group", options: { paths: ["k"] }, log: (l) => l.info("m", { "": { k: 1, j: 2 } }), want: { k: R, j: 2 } },
  {
    name: "entries of a Map",
    options: { keys: ["k"] },
    log: (l) =>
      l.info("m", {
        map: new Map<unknown, unknown>([
          ["k", 1],
          [2, { k: 3 }],
        ]),
      }),
    want: { map: { k: R, 2: { k: R } } },
  },
  {
    name: "members of a Set",
    options: { keys: ["k"] },
    log: (l) => l.info("m", { set: new Set([{ k: 1 }]) }),
    want: { set: [{ k: R }] },
  },
  {
    name: "fields of an instance",
    options: { keys: ["k"] },
    log: (l) =>
      l.info("m", {
        it: new (class A {
          k = 1;
          j = 2;
        })(),
      }),
    want: { it: { k: R, j: 2 } },
  },
  {
    name: "what toJSON gives",
    options: { keys: ["k"] },
    log: (l) => l.info("m", { it: { toJSON: () => ({ k: 1 }) } }),
    want: { it: { k: R } },
  },
  {
    name: "a lazy value",
    options: { keys: ["k"] },
    log: (l) => l.info("m", { it: lazy(() => ({ k: 1 })) }),
    want: { it: { k: R } },
  },
  {
    name: "what a value says it is",
    options: { keys: ["k"] },
    log: (l) => l.info("m", { it: [{ [logValue]: () => ({ k: 1 }) }] }),
    want: { it: [{ k: R }] },
  },
  {
    name: "baggage",
    options: { keys: ["session"] },
    log: (l) => l.info(contextWith({ baggage: { session: "s", t: "1" } }), "m"),
    want: { session: R, t: "1" },
  },
  {
    name: "a pattern in strings, the rest kept",
    options: { patterns: [/\d{4}-\d{4}/] },
    log: (l) => l.info("m", { a: "card 1234-5678 ok", b: ["1234-5678"], c: "12" }),
    want: { a: `card ${R} ok`, b: [R], c: "12" },
  },
  {
    name: "a pattern in keys",
    options: { patterns: [/s3cret/] },
    log: (l) => l.info("m", { "x-s3cret": 1, m: new Map([["s3cret", { s3cret: 2 }]]) }),
    want: { [`x-${R}`]: 1, m: { [R]: { [R]: 2 } } },
  },
  {
    name: "a pattern in digits",
    options: { patterns: [/^\d{16}$/] },
    log: (l) => l.info("m", { a: 4111111111111111, b: 4111111111111111n, c: 17 }),
    want: { a: R, b: R, c: 17 },
  },
  {
    name: "a pattern in a URL, a symbol and a boxed string",
    options: { patterns: [/s3cret/] },
    log: (l) => l.info("m", { u: new URL("http://a:s3cret@h/"), s: Symbol("s3cret"), b: new String("s3cret") }),
    want: { u: `http://a:${R}@h/`, s: `Symbol(${R})`, b: R },
  },
  {
    name: "a pattern in baggage",
    options: { patterns: [/s3cret/] },
    log: (l) => l.info(contextWith({ baggage: { t: "s3cret!" } }), "m"),
    want: { t: `${R}!` },
  },
  {
    name: "a getter that throws what must not be seen",
    options: { patterns: [/s3cret/] },
    log: (l) =>
      l.info("m", {
        get a(): never {
          throw new Error("s3cret");
        },
      }),
    want: { a: `[Throws: ${R}]` },
  },
  {
    name: "a secret",
    options: { keys: ["nothing"] },
    log: (l) => l.info("m", { a: secret("s"), b: [secret(1)] }),
    want: { a: R, b: [R] },
  },
  { name: "a text in its place", options: { keys: ["k"], censor: "***" }, log: (l) => l.info("m", { k: 1 }), want: { k: "***" } },
  {
    name: "what a function makes of it",
    options: { keys: ["k"], censor: (value, path) => `${String(value)}@${path.join(".")}` },
    log: (l) => l.withGroup("g").info("m", { a: [{ k: 1 }] }),
    want: { g: { a: [{ k: "1@g.a.k" }] } },
  },
  {
    name: "nothing in its place",
    options: { keys: ["k"], censor: () => undefined },
    log: (l) => l.info("m", { k: 1, j: 2 }),
    want: { j: 2 },
  },
  {
    name: "undefined and null, which hide nothing",
    options: { keys: ["k"] },
    log: (l) => l.info("m", { k: null, o: { k: undefined, j: 1 } }),
    want: { k: null, o: { j: 1 } },
  },
];

describe("redact", () => {
  test.each(ROWS)("takes out $name", ({ options, log, want }) => {
    expect(attrsOf(options, log)).toEqual(want);
  });

  test("takes out an error's own fields and those of its causes, and leaves it an error", () => {
    const error = new Error("outer", { cause: withOwn() });
    const attrs = attrsOf({ keys: ["token"] }, (l) => l.error("m", error)) as { err: { cause: { [key: string]: unknown } } };
    expect(attrs.err).toMatchObject({ type: "Error", message: "outer", stack: error.stack });
    expect(attrs.err.cause).toMatchObject({ type: "TypeError", message: "no entry", code: "E1", config: { token: R, url: "/" } });
    expect(Object.keys(attrs.err.cause).slice(0, 4)).toEqual(["type", "message", "stack", "code"]);
  });

  test("takes a message out of the stack as well, by path, by pattern, and when it was changed after the stack was taken", () => {
    const error = new RangeError("user hunter2 unknown");
    const changed = new Error("hunter2");
    changed.message = "other";
    for (const options of [{ paths: ["**.message"] }, { patterns: [/hunter2/] }] satisfies RedactOptions[]) {
      for (const each of [error, changed, new AggregateError([error], "hunter2", { cause: changed })]) {
        expect(JSON.stringify(attrsOf(options, (l) => l.error("m", { each })))).not.toContain("hunter2");
      }
    }
    expect(attrsOf({ patterns: [/hunter2/] }, (l) => l.error("m", { error }))).toMatchObject({
      error: { type: "RangeError", message: `user ${R} unknown`, stack: error.stack?.replace("hunter2", R) },
    });
  });

  test("takes patterns out of the message, the event's and the logger's name", () => {
    const [record] = passed({ patterns: [/s3cret/] }, (l) => l.named("l-s3cret").event("e-s3cret"));
    expect(record).toMatchObject({ message: `e-${R}`, eventName: `e-${R}`, logger: `l-${R}` });
  });

  test("hashes by a key: equal values look equal, others do not, and another key gives another hash", () => {
    const hash = (value: unknown, key: string): unknown =>
      attrsOf({ keys: ["k"], censor: { hmacKey: key } }, (l) => l.info("m", { k: value }));
    const [one, same, other, rekeyed] = [
      hash("a", "0123456789abcdef"),
      hash("a", "0123456789abcdef"),
      hash("b", "0123456789abcdef"),
      hash("a", "0123456789abcdeX"),
    ];
    expect(one).toEqual({ k: expect.stringMatching(/^hmac:[\da-f]{16}$/) });
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    expect(rekeyed).not.toEqual(one);
    expect(hash(secret("a"), "0123456789abcdef")).toEqual(one);
    expect(hash({ a: 1n }, "0123456789abcdef")).toEqual({ k: expect.stringMatching(/^hmac:/) });
  });

  test("passes the same record on where nothing is found, errors, Maps and bound attributes included", () => {
    const options = { paths: ["x.y"], keys: ["password"], patterns: [/s3cret/] };
    const attrs = { a: 1, b: "t", c: { d: [1, "u"] }, err: withOwn(), map: new Map([["k", 1]]), date: new Date(0) };
    const [record, given] = passed(options, (l) => l.with({ service: "shop" }).withGroup("g").info("m", attrs));
    expect(record).toBe(given);
  });

  test("looks through bound attributes once, and no later change of their values is seen", () => {
    const seen: unknown[] = [];
    // With limits of its own an output resolves what is bound anew for each record.
    const limits = { ...DEFAULT_LIMITS, depth: 9 };
    const next: Handler = { enabled: () => true, handle: (record) => void seen.push(recordAttrs(record, limits)) };
    const user = { name: "ada" };
    const logger = new Logger(redact({ patterns: [/s3cret/] })(next)).with({ user });
    logger.info("m");
    user.name = "s3cret";
    logger.info("m");
    expect(seen).toEqual([{ user: { name: "ada" } }, { user: { name: "ada" } }]);
  });

  test("does not let a circle lead back to what was censored", () => {
    const it: { [key: string]: unknown } = { k: "s3cret" };
    it["self"] = it;
    it["list"] = [it];
    expect(JSON.stringify(attrsOf({ keys: ["k"] }, (l) => l.info("m", { it })))).not.toContain("s3cret");
  });

  test("puts the default text where a censor throws, and says so", () => {
    const stderr = vi.spyOn(process.getBuiltinModule("node:fs"), "writeSync").mockReturnValue(0);
    const censor = (): never => {
      throw new Error("why");
    };
    expect(attrsOf({ keys: ["k"], censor }, (l) => l.info("m", { k: 1 }))).toEqual({ k: R });
    stderr.mockRestore();
  });

  test("lets nothing through that it did not look at, whatever an output's limits are", () => {
    const limits = { ...DEFAULT_LIMITS, size: 1e9, stringLength: 1e9, attributes: 1e6 };
    let text = "";
    const next: Handler = { enabled: () => true, handle: (record) => void (text = JSON.stringify(recordAttrs(record, limits))) };
    const logger = new Logger(redact({ patterns: [/s3cret/] })(next));
    const filler = "x".repeat(60_000);
    const large = [new Map([...Array.from({ length: 40 }, (_, i) => [`k${i}`, filler] as const), ["last", "s3cret"] as const])];
    for (const it of [
      large,
      Array.from({ length: 70_000 }, (_, i) => (i === 69_999 ? "s3cret" : i)),
      [{ a: `${filler}s3cret` }],
    ]) {
      logger.info("m", { it });
      expect(text).toContain('{"it":');
      expect(text).not.toContain("s3cret");
    }
    logger.info("m", { it: Array.from({ length: 70_000 }, () => 1) });
    expect(text).toContain('"[+4464 items]"');
  });

  test("keeps its place when a value logs while it is looked through", () => {
    const memory = memoryHandler();
    const logger = new Logger(redact({ paths: ["o.talks.k", "k"], censor: (_, path) => path.join("/") })(memory));
    const talks = {
      get j(): string {
        logger.info("inner", { k: 1 });
        return "seen";
      },
      k: 1,
    };
    logger.info("outer", { o: { talks } });
    expect(memory.records.find(({ message }) => message === "outer")?.attrs).toEqual({
      o: { talks: { j: "seen", k: "o/talks/k" } },
    });
    for (const { message, attrs } of memory.records) if (message === "inner") expect(attrs).toEqual({ k: "k" });
  });

  test.each([
    { options: {}, message: "redact: expected at least one of paths, keys and patterns" },
    { options: { path: ["a"] }, message: 'redact: expected options among paths, keys, patterns, censor, got "path"' },
    { options: { paths: "a" }, message: 'paths: expected a list, got "a"' },
    {
      options: { paths: ["a", "b..c"] },
      message: 'paths: place 1: expected less than 64 keys, * or **, joined by dots, got "b..c"',
    },
    { options: { paths: ["a*"] }, message: "paths: place 0: expected less than 64 keys" },
    { options: { keys: [""] }, message: "keys: place 0: expected a key's name or a pattern" },
    { options: { patterns: ["x"] }, message: 'patterns: place 0: expected a regular expression, got "x"' },
    { options: { patterns: [/a*/] }, message: "patterns: place 0: expected a pattern that does not match the empty text" },
    {
      options: { keys: ["k"], censor: { hmacKey: "short" } },
      message: "censor.hmacKey: expected a string or bytes of at least 16, got",
    },
    { options: { keys: ["k"], censor: 5 }, message: "censor: expected an object of options, got 5" },
  ])("says at set-up: $message", ({ options, message }) => {
    expect(() => redact(options as RedactOptions)).toThrow(message);
  });
});

describe("secret", () => {
  test("is seen by no way of making text, and gives its value to who asks", () => {
    const it = secret({ password: "hunter2" });
    const texts = [
      String(it),
      it.toString(),
      JSON.stringify({ it }),
      inspect({ it }, { depth: 9, showHidden: true }),
      [it].join(),
    ];
    expect(texts.join()).not.toContain("hunter2");
    expect(it.reveal().password).toBe("hunter2");
  });

  test("needs no middleware", () => {
    const memory = memoryHandler();
    new Logger(memory).with({ b: secret(1) }).info("m", { a: [secret("x")] });
    expect(memory.records[0]?.attrs).toEqual({ b: R, a: [R] });
  });
});

class Box {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

describe("the secret never appears in any output", () => {
  const SECRET = "hunter2hunter2";

  /** Puts the secret somewhere in a value of any shape; `named` puts it under the key that is censored. */
  function carriers(leaf: unknown): fc.Arbitrary<unknown> {
    return fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constant(leaf),
        tie("object"),
        tie("list"),
        tie("map"),
        tie("error"),
        tie("lazy"),
        tie("instance"),
        tie("json"),
      ),
      object: fc.tuple(fc.string(), tie("value"), fc.jsonValue()).map(([key, value, other]) =>
        Object.fromEntries([
          ["o", other],
          [key, value],
        ]),
      ),
      list: fc.tuple(fc.jsonValue(), tie("value")).map(([other, value]) => [other, value]),
      map: fc.tuple(fc.string(), tie("value")).map(([key, value]) => new Map([[key, value]])),
      error: fc.tuple(tie("value"), fc.boolean(), fc.boolean()).map(([value, asCause, inMessage]) => {
        const message = inMessage && typeof value === "string" ? value : "failed";
        return Object.assign(new TypeError(message, asCause ? { cause: value } : {}), asCause ? {} : { detail: value });
      }),
      lazy: tie("value").map((value) => lazy(() => value)),
      instance: tie("value").map((value) => new Box(value)),
      json: tie("value").map((value) => ({ toJSON: () => value })),
    })).value;
  }

  function outputs(options: RedactOptions, log: (logger: Logger) => void): string {
    const chunks: string[] = [];
    const writer = new FdWriter(
      99,
      {},
      (_, bytes, from, length) => (chunks.push(Buffer.from(bytes.subarray(from, from + length)).toString()), length),
    );
    const memory = memoryHandler();
    const texts: Handler = {
      enabled: () => true,
      handle: (record) => void chunks.push(formatText(record), formatPretty(record, { color: false })),
    };
    log(new Logger(redact(options)(fanout(jsonHandler({ writer }), texts, memory)), { clock: () => 0 }));
    writer.flushSync();
    expect(memory.records).toHaveLength(1);
    return [...chunks, inspect(memory.records, { depth: 99, maxStringLength: 1e6 })].join("\n");
  }

  const shapes = ["call", "bound", "grouped", "both"] as const;
  function logAs(shape: (typeof shapes)[number], attrs: { [key: string]: unknown }): (logger: Logger) => void {
    return (logger) => {
      if (shape === "call") logger.info("m", attrs);
      else if (shape === "bound") logger.with(attrs).info("m");
      else if (shape === "grouped") logger.withGroup("g").with(attrs).withGroup("h").info("m", attrs);
      else logger.with(attrs).info(contextWith({ span: true, baggage: { b: SECRET, password: SECRET } }), "m", attrs);
    };
  }

  test("when it is found by pattern", () => {
    fc.assert(
      fc.property(carriers(`a ${SECRET} b`), fc.string(), fc.constantFrom(...shapes), (value, key, shape) => {
        const text = outputs({ patterns: [new RegExp(SECRET)] }, (logger) => logAs(shape, { [key]: value, k: 1 })(logger));
        expect(text).not.toContain(SECRET);
      }),
    );
  });

  test("when it is found by key or path", () => {
    fc.assert(
      fc.property(
        carriers({ password: SECRET, other: 1 }),
        fc.constantFrom(...shapes),
        fc.constantFrom<RedactOptions>({ keys: ["PASSWORD"] }, { paths: ["**.password"] }),
        (value, shape, options) => {
          const text = outputs(
            { ...options, patterns: shape === "both" ? [/^hunter2hunter2$/] : [/nothing at all/] },
            logAs(shape, { value }),
          );
          expect(text).not.toContain(SECRET);
        },
      ),
    );
  });

  test.each(["http/protobuf", "http/json"] as const)("when it is sent by OTLP as %s", async (protocol) => {
    const bodies: Uint8Array[] = [];
    const contentType = protocol === "http/json" ? "application/json" : "application/x-protobuf";
    const transport: Transport = {
      async send({ body }) {
        bodies.push(...body.map((part) => part.slice()));
        return { status: 200, contentType, retryAfter: undefined, body: new Uint8Array() };
      },
      close: () => undefined,
    };
    const handler = otlpHandler({ transport, protocol, compression: "none" });
    const logger = new Logger(redact({ keys: ["password"], patterns: [/hunter2hunter2/] })(handler), { clock: () => 0 });
    fc.assert(
      fc.property(carriers({ password: 1, other: SECRET }), fc.constantFrom(...shapes), (value, shape) => {
        logAs(shape, { value, marker: "m4rk" })(logger);
      }),
    );
    await handler.shutdown?.();
    const text = Buffer.concat(bodies).toString("latin1");
    expect(text).toContain("m4rk");
    expect(text).not.toContain(SECRET);
  });

  test("when it is of the type", () => {
    fc.assert(
      fc.property(carriers(secret(SECRET)), fc.constantFrom("call", "bound", "grouped" as const), (value, shape) => {
        expect(outputs({ keys: ["nothing"] }, logAs(shape as "call", { value }))).not.toContain(SECRET);
      }),
    );
  });
});
