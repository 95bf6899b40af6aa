import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPretty } from "../../src/format/pretty.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import type { LogRecord } from "../../src/record/log-record.ts";

const time = Date.UTC(2026, 10, 22, 4, 5, 6, 7);
const spanContext = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", traceFlags: 1 };

function plain(record: Partial<LogRecord>): string {
  return formatPretty(createRecord({ time, ...record }), { color: false, utcOffsetMinutes: 0 });
}

function errorOf(message: string, frames: readonly string[], rest: object = {}, Type: ErrorConstructor = Error): Error {
  const error = new Type(message);
  error.stack = [`${error.name}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return Object.assign(error, rest);
}

const serve = ["serve (/app/src/server.ts:9:3)", "run (node:internal/timers:1:1)"];
const refused = errorOf("connect refused", ["open (/app/src/db.ts:5:11)", ...serve], { code: "ECONNREFUSED", errno: -111 });
const paying = errorOf("payment failed", ["pay (/app/src/pay.ts:3:9)", ...serve], { cause: refused }, TypeError);

const rows: readonly { name: string; use: Partial<LogRecord>; want: string }[] = [
  {
    name: "all on one line where it fits",
    use: {
      message: "order paid",
      logger: "shop.pay",
      attrs: { orderId: 17, note: "paid by card", user: { id: 1, name: "Ada" } },
      spanContext,
    },
    want: `04:05:06.007 INFO  [shop.pay] order paid  orderId=17 note="paid by card" user={ id: 1, name: "Ada" } trace=4bf92f35 span=00f067aa0ba902b7\n`,
  },
  { name: "without anything but a message", use: { message: "ready" }, want: "04:05:06.007 INFO  ready\n" },
  { name: "without a time", use: { time: undefined, message: "ready" }, want: "INFO  ready\n" },
  { name: "what is no time is said", use: { time: Number.NaN, message: "ready" }, want: "Invalid Date INFO  ready\n" },
  {
    name: "the name of an event, where the message is another",
    use: { message: "paid", eventName: "order.paid", attrs: { a: 1 } },
    want: "04:05:06.007 INFO  paid  event_name=order.paid a=1\n",
  },
  {
    name: "the name of an event once, where it is the message",
    use: { message: "order.paid", eventName: "order.paid" },
    want: "04:05:06.007 INFO  order.paid\n",
  },
  {
    name: "bound groups and baggage",
    use: {
      message: "m",
      binding: Binding.group(Binding.attrs(undefined, { pre: 1 }), "http"),
      attrs: { status: 200 },
      baggage: [["tenant", "acme"]],
    },
    want: "04:05:06.007 INFO  m  pre=1 http={ status: 200 } tenant=acme\n",
  },
  {
    name: "values of every kind",
    use: {
      message: "m",
      attrs: {
        a: null,
        b: true,
        c: 9007199254740993n,
        d: Number.NaN,
        e: "",
        f: new Uint8Array([1, 2, 3]),
        g: [],
        h: new Map(),
        i: ["x", [null]],
        "": "k",
        "a b": 1,
        j: { "x y": "\\" },
      },
    },
    want: `04:05:06.007 INFO  m  a=null b=true c=9007199254740993 d=NaN e="" f=AQID g=[] h={} i=["x", [null]] ""=k "a b"=1 j={ "x y": "\\\\" }\n`,
  },
  {
    name: "a message and values of several lines, behind a rule",
    use: { level: 13, message: "slow query\r\nin pool 3", attrs: { ms: 812.5, sql: "SELECT *\n\tFROM orders" } },
    want: `04:05:06.007 WARN  slow query  ms=812.5
    │ in pool 3
    sql:
      │ SELECT *
      │   FROM orders
`,
  },
  {
    name: "a nested value that is wide, over several lines",
    use: {
      message: "m",
      attrs: {
        config: {
          db: { host: "db.internal.example.com", port: 5432, user: "shop" },
          pool: { max: 20 },
          hosts: ["a".repeat(60), "b".repeat(20)],
        },
      },
    },
    want: `04:05:06.007 INFO  m
    config:
      db: { host: "db.internal.example.com", port: 5432, user: "shop" }
      pool: { max: 20 }
      hosts:
        - ${"a".repeat(60)}
        - ${"b".repeat(20)}
`,
  },
  {
    name: "an error with its stack, its fields and its cause, whose frames are said once",
    use: { level: 17, message: "order lost", attrs: { orderId: 17, err: paying } },
    want: `04:05:06.007 ERROR order lost  orderId=17
    err: TypeError: payment failed
        at pay (/app/src/pay.ts:3:9)
        at serve (/app/src/server.ts:9:3)
        at run (node:internal/timers:1:1)
      cause: Error: connect refused code=ECONNREFUSED errno=-111
          at open (/app/src/db.ts:5:11)
          … 2 more, as above
`,
  },
  {
    name: "the members of an AggregateError",
    use: {
      level: 21,
      message: "all failed",
      attrs: {
        err: Object.assign(new AggregateError([refused, "no error"], "two"), {
          stack: "AggregateError: two\n    at all (/app/src/all.ts:1:1)",
        }),
      },
    },
    want: `04:05:06.007 FATAL all failed
    err: AggregateError: two
        at all (/app/src/all.ts:1:1)
      errors:
        - Error: connect refused code=ECONNREFUSED errno=-111
            at open (/app/src/db.ts:5:11)
            at serve (/app/src/server.ts:9:3)
            at run (node:internal/timers:1:1)
        - "no error"
`,
  },
  {
    name: "an error in a list in a group, with a message of two lines",
    use: { message: "m", attrs: { batch: { failed: [errorOf("one\ntwo", ["f (/app/f.ts:1:1)"])], ok: 3 } } },
    want: `04:05:06.007 INFO  m
    batch:
      failed:
        - Error: one
            │ two
            at f (/app/f.ts:1:1)
      ok: 3
`,
  },
  {
    name: "an error without a stack, also where it is short",
    use: { message: "m", attrs: { err: Object.defineProperty(new Error("no"), "stack", { value: undefined }) } },
    want: `04:05:06.007 INFO  m
    err: Error: no
`,
  },
  {
    name: "a stack of another engine",
    use: {
      message: "m",
      attrs: { err: Object.assign(new Error("no"), { stack: "pay@http://shop/app.js:3:9\n@http://shop/app.js:1:1\n" }) },
    },
    want: `04:05:06.007 INFO  m
    err: Error: no
        pay@http://shop/app.js:3:9
        @http://shop/app.js:1:1
`,
  },
  {
    name: "what a terminal would obey, in a message, a name, keys and values, is escaped",
    use: {
      message: "\u001b[31mred\u0007 \u202eevil \u009b2J\rover",
      logger: "a\u001b[2J\nb",
      attrs: { "k\u001b]0;x\u0007": "v\u001b[0m", "two\nlines": { "in\u001b": ["\u2028"] }, family: "👨‍👩‍👧", farsi: "می‌خواهم" },
    },
    want: `04:05:06.007 INFO  [a\\x1b[2J\\nb] \\x1b[31mred\\a \\u202eevil \\u009b2J\\rover  k\\x1b]0;x\\a=v\\x1b[0m "two\\nlines"={ "in\\x1b": ["\\u2028"] } family=👨‍👩‍👧 farsi=می‌خواهم\n`,
  },
];

describe("a record for a person", () => {
  test.each(["\u3164", "\uffa0", "\u180e", "\u{1d173}", "\u{e0041}", "\u200b", "\u2066", "\u061c", "\u00ad"])(
    "pretty: what fills, hides or reorders is shown: %j",
    (char) => {
      expect(plain({ message: `a${char}b` })).toMatch(/ a\\[uU][0-9a-f]+b\n$/);
    },
  );

  test.each(rows)("pretty: $name", ({ use, want }) => {
    expect(plain(use)).toBe(want);
  });

  test("pretty: what a limit dropped is said", () => {
    const record = createRecord({ message: "m", attrs: { a: 1, b: 2, c: 3 } });
    const limits = { ...DEFAULT_LIMITS, attributes: 1 };
    expect(formatPretty(record, { color: false, limits })).toBe("INFO  m  a=1 [+2 attributes]\n");
  });

  test("pretty: the time is that of the process's zone, or of the offset given", () => {
    const at = (utcOffsetMinutes?: number): string => {
      const options = utcOffsetMinutes === undefined ? { color: false } : { color: false, utcOffsetMinutes };
      return formatPretty(createRecord({ time, message: "m" }), options).slice(0, 12);
    };
    const local = new Date(time);
    const two = (value: number): string => String(value).padStart(2, "0");
    expect(at()).toBe(`${two(local.getHours())}:${two(local.getMinutes())}:06.007`);
    expect(at(-330)).toBe("22:35:06.007");
    expect(at(60)).toBe("05:05:06.007");
  });

  test("pretty: a hostile nested value costs no more than its size", () => {
    let deep: unknown = "x".repeat(200_000);
    for (let i = 0; i < 60; i++) deep = { k: deep };
    const start = performance.now();
    expect(plain({ attrs: { deep } }).split("\n").length).toBe(63);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("colours", () => {
  const colored = (level: number): string => JSON.stringify(formatPretty(createRecord({ level, message: "m" }), { color: true }));
  const levels: readonly { name: string; level: number; want: string }[] = [
    { name: "TRACE", level: 1, want: String.raw`"\u001b[2mTRACE\u001b[22m m\n"` },
    { name: "DEBUG", level: 5, want: String.raw`"\u001b[36mDEBUG\u001b[39m m\n"` },
    { name: "INFO", level: 9, want: String.raw`"\u001b[32mINFO \u001b[39m m\n"` },
    { name: "INFO2", level: 10, want: String.raw`"\u001b[32mINFO2\u001b[39m m\n"` },
    { name: "WARN", level: 13, want: String.raw`"\u001b[33mWARN \u001b[39m m\n"` },
    { name: "ERROR", level: 17, want: String.raw`"\u001b[31mERROR\u001b[39m \u001b[1mm\u001b[22m\n"` },
    { name: "FATAL", level: 21, want: String.raw`"\u001b[1;97;41mFATAL\u001b[22;39;49m \u001b[1mm\u001b[22m\n"` },
  ];
  test.each(levels)("pretty: $name has its colour", ({ level, want }) => {
    expect(colored(level)).toBe(want);
  });

  test("pretty: time, keys and frames of libraries are dim, errors red, names and the trace apart", () => {
    const err = errorOf("no", ["pay (/app/pay.ts:3:9)", "run (/app/node_modules/x/run.js:1:1)"]);
    const record = createRecord({ time, logger: "shop", message: "m", attrs: { a: 1, sql: "x\ny", err }, spanContext });
    expect(formatPretty(record, { color: true, utcOffsetMinutes: 0 }).replaceAll("\u001b", "~")).toBe(
      `~[2m04:05:06.007~[22m ~[32mINFO ~[39m ~[35m[shop]~[39m m  ~[2ma=~[22m1 ~[90mtrace=4bf92f35 span=00f067aa0ba902b7~[39m
    ~[2msql:~[22m
      ~[2m│~[22m x
      ~[2m│~[22m y
    ~[2merr:~[22m ~[31mError: no~[39m
        ~[2mat ~[22mpay (/app/pay.ts:3:9)
        ~[2mat run (/app/node_modules/x/run.js:1:1)~[22m
`,
    );
  });

  test("pretty: without its colours a line is the plain one", () => {
    const record = createRecord({
      time,
      level: 21,
      message: "a\nb",
      attrs: { a: null, err: paying, g: { h: ["x\ny"] } },
      spanContext,
    });
    const colored = formatPretty(record, { color: true, utcOffsetMinutes: 0 });
    expect(colored).not.toBe(formatPretty(record, { color: false, utcOffsetMinutes: 0 }));
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(formatPretty(record, { color: false, utcOffsetMinutes: 0 }));
  });
});

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...'"\\= \n\r\t\0\u001b\u007f\u009b\u2028\u2029\u202e\ud800\udc00\ufeffaN.{}') }),
);

test("pretty: whatever is logged, nothing that a terminal obeys comes out, and no line but the first begins a record", () => {
  fc.assert(
    fc.property(
      text,
      text,
      fc.anything({ key: text, values: [text, fc.double(), fc.bigInt(), fc.constant(null)], withMap: true, withSet: true }),
      (message, key, value) => {
        const err = Object.assign(new Error(message, { cause: value }), { name: key });
        const out = plain({ message, logger: key, eventName: key, attrs: { [key]: value, err, many: [message] } });
        expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u);
        const [first, ...more] = out.slice(0, -1).split("\n");
        expect(first).toMatch(/^04:05:06\.007 INFO {2}/);
        expect(more.filter((line) => !line.startsWith("    "))).toEqual([]);
      },
    ),
  );
});
