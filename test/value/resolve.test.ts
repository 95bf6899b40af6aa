import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { resolveLimits } from "../../src/value/limits.ts";
import { lazy, logValue } from "../../src/value/log-value.ts";
import { Group, mergeGroups, PlainError } from "../../src/value/plain.ts";
import { cutString } from "../../src/value/cut-string.ts";
import { resolve, resolveGroup } from "../../src/value/resolve.ts";
import type { Plain } from "../../src/value/plain.ts";

const circularFree = { a: 1 };
const symbol = Symbol("named");
class Order {
  readonly id = 17;
  readonly #secret = "hidden";
  get secret(): string {
    return this.#secret;
  }
}
class Money {
  toString(): string {
    return "3 EUR";
  }
}
class Empty {
  pay(): number {
    return 1;
  }
}
const group = (...members: [string, Plain][]): Group => new Group(members);
const map = (...members: [string, Plain][]): Map<string, Plain> => new Map(members);
const throws = (thrown: unknown) => (): never => {
  throw thrown;
};

interface Row {
  readonly name: string;
  readonly value: unknown;
  readonly want: Plain | undefined;
}

const TABLE: readonly Row[] = [
  { name: "a string is itself", value: "text", want: "text" },
  { name: "an empty string is itself", value: "", want: "" },
  { name: "a lone surrogate becomes U+FFFD", value: "a\ud800b\udc00", want: "a\ufffdb\ufffd" },
  { name: "a surrogate pair stays", value: "😀", want: "😀" },
  {
    name: "a lone surrogate in what was thrown becomes U+FFFD",
    value: lazy(throws(new Error("\ud800"))),
    want: "[Throws: \ufffd]",
  },
  {
    name: "a lone surrogate in the name of a function becomes U+FFFD",
    value: Object.defineProperty(() => 1, "name", { value: "\ud800" }),
    want: "[Function: \ufffd]",
  },
  {
    name: "a lone surrogate in the class of a key becomes U+FFFD",
    value: new Map([[{ [Symbol.toStringTag]: "\ud800" }, 1]]),
    want: map(["[\ufffd]", 1]),
  },
  { name: "a number is itself", value: 1.5, want: 1.5 },
  { name: "minus zero is zero", value: -0, want: 0 },
  { name: "NaN stays for the output to write", value: Number.NaN, want: Number.NaN },
  { name: "an infinity stays for the output to write", value: -Infinity, want: -Infinity },
  { name: "a boolean is itself", value: false, want: false },
  { name: "null is itself", value: null, want: null },
  { name: "undefined is nothing", value: undefined, want: undefined },
  { name: "a bigint is itself, of any size", value: 2n ** 70n, want: 2n ** 70n },
  { name: "a symbol is its text", value: symbol, want: "Symbol(named)" },
  { name: "a function is its name, and never called", value: throws("called"), want: "[Function: anonymous]" },
  { name: "a named function is its name", value: function pay() {}, want: "[Function: pay]" },
  { name: "a class is its name", value: Order, want: "[Class: Order]" },
  { name: "a date is ISO 8601", value: new Date(1), want: "1970-01-01T00:00:00.001Z" },
  { name: "a date that is none says so", value: new Date(Number.NaN), want: "Invalid Date" },
  { name: "a URL is its text", value: new URL("https://a.b/?c=d"), want: "https://a.b/?c=d" },
  { name: "search parameters are their text", value: new URLSearchParams("a=b&c=d"), want: "a=b&c=d" },
  { name: "a regular expression is its text", value: /a/gi, want: "/a/gi" },
  { name: "an array is a list", value: [1, "a", [true]], want: [1, "a", [true]] },
  { name: "undefined and holes in an array are null", value: [undefined, , 1], want: [null, null, 1] }, // oxlint-disable-line no-sparse-arrays -- the hole is the point
  { name: "an empty array stays", value: [], want: [] },
  { name: "an empty group in an array stays", value: [{}], want: [group()] },
  { name: "a set is a list", value: new Set([1, "a"]), want: [1, "a"] },
  { name: "a typed array is a list", value: new Int16Array([1, -2]), want: [1, -2] },
  { name: "signed bytes are a list", value: new Int8Array([-1]), want: [-1] },
  { name: "a list of 64-bit integers stays exact", value: new BigInt64Array([2n ** 60n]), want: [2n ** 60n] },
  { name: "bytes stay bytes", value: new Uint8Array([1, 255]), want: new Uint8Array([1, 255]) },
  { name: "a buffer is bytes", value: new Uint8Array([1, 255]).buffer, want: new Uint8Array([1, 255]) },
  {
    name: "a view is the bytes that it views",
    value: new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1),
    want: new Uint8Array([2]),
  },
  { name: "an object literal is a group", value: { a: 1, b: { c: 2 } }, want: group(["a", 1], ["b", group(["c", 2])]) },
  {
    name: "an object without a prototype is a group",
    value: Object.assign(Object.create(null), { a: 1 }),
    want: group(["a", 1]),
  },
  { name: "an object of another realm is a group", value: runInNewContext("({ a: [1] })"), want: group(["a", [1]]) },
  { name: "an empty group is nothing", value: {}, want: undefined },
  { name: "a group of empty groups is nothing", value: { a: { b: {} } }, want: undefined },
  { name: "a group without a name is inlined", value: { a: 1, "": { b: 2 } }, want: group(["a", 1], ["b", 2]) },
  { name: "null without a name is dropped", value: { a: 1, "": null }, want: group(["a", 1]) },
  { name: "a value without a name stays", value: { "": 0 }, want: group(["", 0]) },
  {
    name: "an own key __proto__ is a member",
    value: JSON.parse('{"__proto__":{"a":1}}'),
    want: group(["__proto__", group(["a", 1])]),
  },
  { name: "a lone surrogate in a key becomes U+FFFD", value: { "k\ud800": 1 }, want: group(["k\ufffd", 1]) },
  {
    name: "a map is a map",
    value: new Map<unknown, unknown>([
      ["a", 1],
      [2, "b"],
    ]),
    want: map(["a", 1], ["2", "b"]),
  },
  { name: "an empty map stays", value: new Map(), want: map() },
  {
    name: "keys of a map are text",
    value: new Map<unknown, unknown>([
      [null, 1],
      [symbol, 2],
      [{}, 3],
      [[1], 4],
      [5n, 5],
    ]),
    want: map(["null", 1], ["Symbol(named)", 2], ["[Object]", 3], ["[Array]", 4], ["5", 5]),
  },
  {
    name: "a map of another realm is a map",
    value: runInNewContext("new Map([['a', new Date(0)]])"),
    want: map(["a", "1970-01-01T00:00:00.000Z"]),
  },
  { name: "headers are a map", value: new Headers({ b: "1", a: "2" }), want: map(["a", "2"], ["b", "1"]) },
  { name: "a boxed string is the string", value: new String("s"), want: "s" },
  { name: "a boxed number is the number", value: new Number(1), want: 1 },
  { name: "a boxed bigint is the bigint", value: Object(1n), want: 1n },
  {
    name: "what [logValue]() returns stands for the value",
    value: { [logValue]: () => ({ id: 1 }), b: 2 },
    want: group(["id", 1]),
  },
  { name: "[logValue]() in a row is followed", value: lazy(() => lazy(() => 1)), want: 1 },
  { name: "a lazy value inside a map in an array is computed", value: [new Map([["a", lazy(() => 1)]])], want: [map(["a", 1])] },
  { name: "[logValue]() of undefined is nothing", value: { a: lazy(() => undefined) }, want: undefined },
  { name: "[logValue]() that throws says why", value: lazy(throws(new Error("why"))), want: "[Throws: why]" },
  { name: "what toJSON() returns stands for the value", value: { toJSON: () => [1n] }, want: [1n] },
  {
    name: "an instance with toJSON() is what that returns",
    value: new (class {
      toJSON = (): string => "said";
    })(),
    want: "said",
  },
  { name: "toJSON() that is no function is a member", value: { toJSON: 1 }, want: group(["toJSON", 1]) },
  {
    name: "an instance is its own fields, without private ones and getters of the class",
    value: new Order(),
    want: map(["id", 17]),
  },
  { name: "an instance without fields is its toString()", value: new Money(), want: "3 EUR" },
  { name: "an instance without anything is its class", value: new Empty(), want: "[Empty]" },
  { name: "a promise is its class", value: Promise.resolve(1), want: "[Promise]" },
  {
    name: "a getter that throws costs its own member",
    value: {
      a: 1,
      get b() {
        throw new Error("why");
      },
      c: 3,
    },
    want: group(["a", 1], ["b", "[Throws: why]"], ["c", 3]),
  },
  {
    name: "what is thrown may be no error",
    value: {
      get a() {
        return throws(null)();
      },
    },
    want: group(["a", "[Throws: null]"]),
  },
  {
    name: "a revoked proxy says so",
    value: revoked(),
    want: "[Throws: Cannot perform 'has' on a proxy that has been revoked]",
  },
  {
    name: "a value under itself is said to be circular",
    value: circular(),
    want: group(["self", "[Circular]"], ["list", ["[Circular]"]]),
  },
  {
    name: "one value in two places is written twice",
    value: [circularFree, circularFree],
    want: [group(["a", 1]), group(["a", 1])],
  },
];
function circular(): object {
  const value: { self?: unknown; list?: unknown } = {};
  value.self = value;
  value.list = [value];
  return value;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("resolve", () => {
  for (const { name, value, want } of TABLE) {
    test(`resolve: ${name}`, () => {
      expect(resolve(value)).toEqual(want);
      // toEqual takes a Group for a Map: an empty one of the two leaves a trace, and the other does not.
      expect(resolve(value)?.constructor).toBe(want?.constructor);
    });
  }

  test("bytes of another realm are bytes", () => {
    expect([...(resolve(runInNewContext("new Uint8Array([1, 2])")) as Uint8Array)]).toEqual([1, 2]);
  });

  test("a lazy value is computed once, and not when it is made", () => {
    let computed = 0;
    const value = lazy(() => ++computed);
    expect(computed).toBe(0);
    expect([resolve(value), resolve([value])]).toEqual([1, [1]]);
  });

  test("log values without end come to one", () => {
    const endless = (): unknown => lazy(endless);
    expect(resolve(endless())).toBe("[Throws: more than 100 log values in a row]");
  });
});

describe("resolve: errors", () => {
  const fields = (error: unknown): unknown => {
    const plain = resolve(error);
    expect(plain).toBeInstanceOf(PlainError);
    return Object.fromEntries([...(plain as PlainError)].filter(([key]) => key !== "stack"));
  };

  test("an error has its type, message and stack first", () => {
    const plain = resolve(new RangeError("boom")) as PlainError;
    expect([...plain.keys()]).toEqual(["type", "message", "stack"]);
    expect(plain.get("stack")).toMatch(/^RangeError: boom\n\s+at /);
  });

  const ERRORS: readonly { name: string; error: unknown; want: unknown }[] = [
    {
      name: "its class is its type",
      error: new (class PaymentError extends Error {})("no"),
      want: { type: "PaymentError", message: "no" },
    },
    {
      name: "a chosen name is its type",
      error: Object.assign(new Error("no"), { name: "Chosen" }),
      want: { type: "Chosen", message: "no" },
    },
    {
      name: "code and own fields are kept",
      error: Object.assign(new Error("no"), { code: "E1", status: 4 }),
      want: { type: "Error", message: "no", code: "E1", status: 4 },
    },
    {
      name: "an own field named type is kept beside it",
      error: Object.assign(new Error("no"), { type: "mine" }),
      want: { type: "Error", message: "no", "attr.type": "mine" },
    },
    {
      name: "an error of another realm is one",
      error: runInNewContext("new TypeError('far')"),
      want: { type: "TypeError", message: "far" },
    },
    {
      name: "a DOMException is one",
      error: new DOMException("gone", "AbortError"),
      want: { type: "AbortError", message: "gone", code: 20 },
    },
    {
      name: "a message that throws says so",
      error: Object.defineProperty(new Error("x"), "message", { get: throws(new Error("why")) }),
      want: { type: "Error", message: "[Throws: why]" },
    },
  ];
  for (const { name, error, want } of ERRORS) test(`resolve: ${name}`, () => expect(fields(error)).toEqual(want));

  test("causes nest, and a cause that is no error is kept", () => {
    const plain = resolve(new Error("a", { cause: new TypeError("b", { cause: { code: 1 } }) })) as PlainError;
    const cause = plain.get("cause") as PlainError;
    expect([cause.get("type"), cause.get("message"), cause.get("cause")]).toEqual(["TypeError", "b", new Group([["code", 1]])]);
  });

  test("the errors of an AggregateError are a list", () => {
    const plain = resolve(new AggregateError([new Error("one"), "two"], "all")) as PlainError;
    const [one, two] = plain.get("errors") as readonly Plain[];
    expect([(one as PlainError).get("message"), two]).toEqual(["one", "two"]);
  });

  test("an error that is its own cause is circular there", () => {
    const error = new Error("round");
    error.cause = error;
    expect((resolve(error) as PlainError).get("cause")).toBe("[Circular]");
  });

  test("an error without a prototype is one still", () => {
    expect(fields(Object.setPrototypeOf(new Error("kept"), null))).toMatchObject({ message: "kept" });
  });

  test("a stack that throws costs the stack only", () => {
    const error = Object.defineProperty(new Error("kept"), "stack", { get: throws(new Error("why")) });
    expect((resolve(error) as PlainError).get("stack")).toBe("[Throws: why]");
    expect((resolve(error) as PlainError).get("message")).toBe("kept");
  });
});

describe("resolve: limits", () => {
  const nested = (depth: number): unknown => {
    let value: unknown = "deep";
    for (let i = 0; i < depth; i++) value = [value];
    return value;
  };

  test("what lies deeper than 64 levels is said to be too deep", () => {
    expect(JSON.stringify(resolve(nested(65)))).toContain('"deep"');
    expect(JSON.stringify(resolve(nested(66)))).toContain('"[Depth]"');
  });

  test("a value 20,000 levels deep is no matter", () => {
    expect(JSON.stringify(resolve(nested(20_000)))).toContain('"[Depth]"');
  });

  test("a string is cut at its limit, never through a pair, and the rest is counted", () => {
    expect(resolve("abcdef", resolveLimits({ stringLength: 4 }))).toBe("abcd…[+2 chars]");
    expect(resolve("abc😀d", resolveLimits({ stringLength: 4 }))).toBe("abc…[+3 chars]");
    expect(cutString("abcd", 4)).toBe("abcd");
  });

  test("what names a function or the class of a key is cut as a string is", () => {
    const limits = resolveLimits({ stringLength: 15 });
    const named = Object.defineProperty(() => 1, "name", { value: "n".repeat(100) });
    expect(resolve(named, limits)).toBe("[Function: nnnn…[+97 chars]");
    expect(resolve(new Map([[{ [Symbol.toStringTag]: "n".repeat(100) }, 1]]), limits)).toEqual(
      map(["[nnnnnnnnnnnnnn…[+87 chars]", 1]),
    );
  });

  test("the items that are too many are counted", () => {
    const list = resolve(
      Array.from({ length: 100 }, () => 1),
      resolveLimits({ size: 80 }),
    ) as readonly Plain[];
    expect(list.at(-1)).toBe(`[+${100 - (list.length - 1)} items]`);
    expect(list.length).toBeLessThan(15);
  });

  test("an array of a billion holes costs no more than the limit", () => {
    const list = resolve(Object.assign([], { length: 1e9 })) as readonly Plain[];
    expect(list.length).toBeLessThan(40_000);
    expect(list.at(-1)).toMatch(/^\[\+\d+ items\]$/);
  });

  test("the members that are too many are counted", () => {
    const members = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
    const cut = resolve({ inner: members }, resolveLimits({ size: 100 })) as Group;
    const inner = cut.get("inner") as Group;
    expect(inner.get("…")).toBe(`[+${100 - (inner.size - 1)} members]`);
  });

  test("bytes that are too many are counted", () => {
    expect(resolve(new Uint8Array(100), resolveLimits({ stringLength: 50 }))).toBe("[Bytes: 100]");
  });

  test("each attribute has the whole size to itself", () => {
    const long = "x".repeat(90);
    const attrs = resolveGroup({ a: long, b: long, c: long }, resolveLimits({ size: 100 }));
    expect([...attrs.values()]).toEqual([long, long, long]);
  });

  test.each([{ depth: 0 }, { depth: 65 }, { stringLength: 1.5 }, { size: -1 }, { attributes: Number.NaN }, { other: 1 }])(
    "limits of %j are refused by name",
    (limits) => {
      expect(() => resolveLimits(limits as never)).toThrow(new RegExp(`^limits.*${Object.keys(limits)[0]}`));
    },
  );
});

describe("mergeGroups", () => {
  test("a later key wins and keeps the place of the first; groups of one key merge, other maps do not", () => {
    const first = group(["a", 1], ["g", group(["x", 1], ["y", 1])], ["m", map(["x", 1])]);
    const merged = mergeGroups(first, group(["g", group(["y", 2])], ["m", map(["y", 2])], ["a", 2], ["b", 3]));
    expect([...merged]).toEqual([
      ["a", 2],
      ["g", group(["x", 1], ["y", 2])],
      ["m", map(["y", 2])],
      ["b", 3],
    ]);
    expect([...first.keys(), (first.get("g") as Group).get("y")]).toEqual(["a", "g", "m", 1]);
  });
});
