import { format } from "node:util";
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { captureConsole } from "../../src/capture/capture-console.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { logValue } from "../../src/value/log-value.ts";
import type { MethodName } from "../../src/capture/console-methods.ts";
import type { MemoryRecord } from "../../src/handler/memory.ts";

type Calls = [method: string, ...args: unknown[]][];

type Methods = { [Name in MethodName]: (...args: unknown[]) => void };
interface FakeConsole extends Omit<Console, MethodName>, Methods {
  readonly calls: Calls;
}

/** Makes a console that remembers what was written to it, so that no test touches the real one. */
function fakeConsole(): FakeConsole {
  const calls: Calls = [];
  const names = Object.keys(console).filter((name) => typeof console[name as "log"] === "function");
  const methods = names.map((name) => [name, (...args: unknown[]) => void calls.push([name, ...args])]);
  return Object.assign(Object.fromEntries(methods) as FakeConsole, { calls });
}

interface Seen {
  readonly level: string;
  readonly message: string;
  readonly attrs: unknown;
}

function seen({ levelName, message, attrs }: MemoryRecord): Seen {
  return { level: levelName, message, attrs };
}

/** Captures a console while something is written to it. */
function captured(use: (console: FakeConsole) => void): { records: readonly Seen[]; calls: Calls } {
  const memory = memoryHandler();
  const target = fakeConsole();
  {
    using _ = captureConsole(new Logger(memory, { level: "trace" }), { console: target });
    use(target);
  }
  return { records: memory.records.map(seen), calls: target.calls };
}

const error = new TypeError("no such order");
error.stack = "TypeError: no such order\n    at pay";
const err = { type: "TypeError", message: "no such order", stack: "TypeError: no such order\n    at pay" };

class Order {
  readonly id = 17;
}

const shapes: readonly { name: string; args: readonly unknown[]; message: string; attrs?: object }[] = [
  { name: "text", args: ["ready"], message: "ready" },
  { name: "nothing", args: [], message: "" },
  {
    name: "primitives",
    args: [1, -0, 5n, null, undefined, true, Symbol("s"), "x"],
    message: "1 -0 5n null undefined true Symbol(s) x",
  },
  {
    name: "specifiers",
    args: ["%s %d %i %f %j %c%%", "a", "1.5", 2.7, "3.5x", { b: 1 }, "color: red"],
    message: 'a 1.5 2 3.5 {"b":1} %',
  },
  { name: "an object in a specifier", args: ["got %o", { a: 1 }], message: "got { a: 1 }" },
  { name: "more than the specifiers take", args: ["%s is", "x", 5, "y"], message: "x is 5 y" },
  { name: "fewer than the specifiers take", args: ["%s and %s", "x"], message: "x and %s" },
  { name: "a per cent sign alone", args: ["100%%"], message: "100%%" },
  { name: "a per cent sign beside an object", args: ["100%%", { a: 1 }], message: "100%", attrs: { a: 1 } },
  { name: "a specifier behind an object is text", args: [{ a: 1 }, "%s", "x"], message: "%s x", attrs: { a: 1 } },
  { name: "an object literal", args: ["paid", { orderId: 17 }], message: "paid", attrs: { orderId: 17 } },
  { name: "two object literals", args: ["paid", { a: 1 }, { b: 2 }], message: "paid", attrs: { a: 1, b: 2 } },
  {
    name: "a key that is taken",
    args: ["paid", { a: 1 }, { a: 2, b: 3 }],
    message: "paid",
    attrs: { a: 1, args: [{ a: 2, b: 3 }] },
  },
  { name: "an attribute named args", args: ["paid", { args: 1 }], message: "paid", attrs: { args: 1 } },
  { name: "an attribute named args beside others", args: ["paid", { args: 1 }, [2]], message: "paid", attrs: { args: [1, [2]] } },
  { name: "an Error", args: [error], message: "no such order", attrs: { err } },
  { name: "an Error behind text", args: ["failed:", error, { a: 1 }], message: "failed:", attrs: { err, a: 1 } },
  { name: "an Error in a specifier", args: ["failed: %s!", error], message: `failed: ${format("%s", error)}!`, attrs: { err } },
  { name: "two Errors", args: ["both", error, error], message: "both", attrs: { err, args: [err] } },
  {
    name: "an Error beside an attribute named err",
    args: ["x", { err: 1 }, error],
    message: "x",
    attrs: { err: 1, args: [err] },
  },
  {
    name: "other objects",
    args: ["x", [1], new Order(), new Date(0), new Map([["k", 1]]), function pay() {}],
    message: "x",
    attrs: { args: [[1], { id: 17 }, "1970-01-01T00:00:00.000Z", { k: 1 }, "[Function: pay]"] },
  },
  {
    name: "a literal that says what it is",
    args: ["x", { secret: 1, [logValue]: () => "hidden" }],
    message: "x",
    attrs: { args: ["hidden"] },
  },
  {
    name: "a literal with toJSON",
    args: ["x", { secret: 1, toJSON: () => "hidden" }],
    message: "x",
    attrs: { args: ["hidden"] },
  },
  { name: "a literal of another realm", args: ["x", vm.runInNewContext("({ a: 1 })")], message: "x", attrs: { a: 1 } },
  { name: "a frozen literal", args: ["x", Object.freeze({ a: 1 }), [2]], message: "x", attrs: { a: 1, args: [[2]] } },
];

describe("what a call becomes", () => {
  test.each(shapes)("capture: $name", ({ args, message, attrs = {} }) => {
    const { records, calls } = captured((target) => target.log(...args));
    expect(records).toEqual([{ level: "INFO", message, attrs }]);
    expect(calls).toEqual([]);
  });

  const hostile: readonly { name: string; args: readonly unknown[]; message: string; attrs: object }[] = [
    {
      name: "a getter",
      args: ["x", Object.defineProperty({ a: 1 }, "b", { enumerable: true, get: throwing })],
      message: "x",
      attrs: { a: 1, b: "[Throws: bad]" },
    },
    {
      name: "toJSON in a specifier",
      args: ["%j", { toJSON: throwing }, 5],
      message: "%j",
      attrs: { args: ["[Throws: bad]", 5] },
    },
    {
      name: "a proxy",
      args: ["x", new Proxy({}, { getPrototypeOf: throwing, get: throwing, ownKeys: throwing, has: throwing })],
      message: "x",
      attrs: { args: ["[Throws: bad]"] },
    },
    { name: "a bigint in %j", args: ["%j", 5n], message: "%j", attrs: { args: [5n] } },
    {
      name: "an Error whose message throws",
      args: [Object.defineProperty(new Error("x"), "message", { get: throwing })],
      message: "[Throws: bad]",
      attrs: {},
    },
  ];
  test.each(hostile)("capture: $name that throws costs only itself", ({ args, message, attrs }) => {
    const { records } = captured((target) => target.log(...args));
    expect(records).toMatchObject([{ level: "INFO", message, attrs }]);
  });
});

function throwing(): never {
  throw new Error("bad");
}

describe("methods", () => {
  const methods: readonly { name: string; use: (target: FakeConsole) => void; want: readonly Partial<Seen>[] }[] = [
    {
      name: "log, info and dirxml at info",
      use: (c) => [c.log("a"), c.info("b"), c.dirxml("c", "d")],
      want: [
        { level: "INFO", message: "a" },
        { level: "INFO", message: "b" },
        { level: "INFO", message: "c d" },
      ],
    },
    {
      name: "debug, warn and error at their own level",
      use: (c) => [c.debug("a"), c.warn("b"), c.error("c")],
      want: [
        { level: "DEBUG", message: "a" },
        { level: "WARN", message: "b" },
        { level: "ERROR", message: "c" },
      ],
    },
    {
      name: "an assertion that fails at error",
      use: (c) => [c.assert(true, "a"), c.assert(false, "b %s", 1), c.assert(0, { a: 1 }), c.assert()],
      want: [
        { level: "ERROR", message: "Assertion failed: b 1" },
        { level: "ERROR", message: "Assertion failed", attrs: { a: 1 } },
        { level: "ERROR", message: "Assertion failed" },
      ],
    },
    {
      name: "dir as attributes, its options aside",
      use: (c) => [c.dir({ a: 1 }, { depth: 0 }), c.dir("%s")],
      want: [{ message: "", attrs: { a: 1 } }, { message: "%s" }],
    },
    {
      name: "a table as its rows",
      use: (c) => [c.table([{ a: 1 }]), c.table(5)],
      want: [{ message: "", attrs: { table: [{ a: 1 }] } }, { message: "5" }],
    },
    {
      name: "the label of a group",
      use: (c) => [c.group("g %s", 1), c.log("in"), c.groupEnd(), c.groupCollapsed(), c.groupEnd()],
      want: [{ message: "g 1" }, { message: "in" }],
    },
    {
      name: "counts",
      use: (c) => [c.count(), c.count(), c.count("x"), c.countReset(), c.count(), c.countReset("y")],
      want: [
        { message: "default: 1", attrs: { count: 1 } },
        { message: "default: 2", attrs: { count: 2 } },
        { message: "x: 1" },
        { message: "default: 1" },
        { level: "WARN", message: "Count for 'y' does not exist" },
      ],
    },
    {
      name: "labels without text",
      use: (c) => [c.count(Symbol("s")), c.count(Object.create(null)), c.timeEnd({ toString: throwing })],
      want: [{ message: "Symbol(s): 1" }, { message: "undefined: 1" }, { level: "WARN" }],
    },
  ];
  test.each(methods)("capture: $name", ({ use, want }) => {
    const { records, calls } = captured(use);
    expect(records).toMatchObject(want);
    expect(records.length).toBe(want.length);
    expect(calls).toEqual([]);
  });

  test("capture: timers log how long it took, and say what is not known", () => {
    const { records } = captured((target) => {
      target.time("t");
      target.time("t");
      target.timeLog("t", "half", { a: 1 });
      target.timeEnd("t");
      target.timeEnd("t");
    });
    expect(records.map(({ level, message }) => `${level} ${message.replace(/\d+\.\d{3}/, "N")}`)).toEqual([
      "WARN Label 't' already exists for console.time()",
      "INFO t: Nms half",
      "INFO t: Nms",
      "WARN No such label 't' for console.timeEnd()",
    ]);
    expect(records[1]?.attrs).toEqual({ duration_ms: expect.any(Number), a: 1 });
  });

  test("capture: trace logs the stack of its caller", () => {
    const { records } = captured(function caller(target) {
      target.trace("%s", "here", { a: 1 });
    });
    expect(records).toMatchObject([{ level: "TRACE", message: "here", attrs: { a: 1 } }]);
    const stack = expect.stringMatching(/^at caller \(.*capture-console\.test\.ts:/);
    expect(records[0]?.attrs).toEqual({ stack, a: 1 });
  });

  test("capture: what the logger does not want is not formatted", () => {
    const target = fakeConsole();
    const memory = memoryHandler();
    let read = 0;
    using _ = captureConsole(new Logger(memory, { level: "warn" }), { console: target });
    target.log("%j", { toJSON: () => read++ });
    target.debug("%o", {
      get a() {
        return read++;
      },
    });
    expect(read).toBe(0);
    expect(memory.records).toEqual([]);
    expect(target.calls).toEqual([]);
  });
});

describe("loops", () => {
  test("capture: what a handler writes to the console while it handles goes to the original one", () => {
    const target = fakeConsole();
    const messages: string[] = [];
    const handler = {
      enabled: () => true,
      handle: ({ message }: { message: string }) => {
        messages.push(message);
        target.log("handled", message);
      },
    };
    using _ = captureConsole(new Logger(handler), { console: target });
    target.log("a");
    target.warn("b");
    expect(messages).toEqual(["a", "b"]);
    expect(target.calls).toEqual([
      ["log", "handled", "a"],
      ["log", "handled", "b"],
    ]);
  });

  test("capture: a handler that uses the console ends also where the logger was called itself", () => {
    const target = fakeConsole();
    const messages: string[] = [];
    const logger = new Logger({
      enabled: () => true,
      handle: ({ message }) => {
        messages.push(message);
        target.log("handled", message);
      },
    });
    using _ = captureConsole(logger, { console: target });
    logger.info("a");
    expect(messages[0]).toBe("a");
    expect(messages.length).toBeLessThanOrEqual(2);
    expect(target.calls.length).toBe(1);
  });

  test("capture: a value that writes to the console while it is logged comes to an end", () => {
    const { records, calls } = captured((target) => target.log("x", { toJSON: () => (target.log("inner"), 1) }));
    expect(records).toEqual([{ level: "INFO", message: "x", attrs: { args: [1] } }]);
    expect(calls).toEqual([["log", "inner"]]);
  });

  test("capture: a handler that throws is not the caller's, and the next call is captured", () => {
    const target = fakeConsole();
    let handled = 0;
    using _ = captureConsole(
      new Logger({
        enabled: () => true,
        handle: () => {
          handled++;
          throw new Error("bad handler of a test");
        },
      }),
      { console: target },
    );
    target.log("a");
    target.log("b");
    expect(handled).toBe(2);
  });

  const others: readonly { name: string; text: string }[] = [
    { name: "what correlog reports of itself through the console", text: "correlog: otlp: 3 records dropped" },
    { name: "a warning of Node's own", text: `(node:${process.pid}) Warning: too many listeners` },
  ];
  test.each(others)("capture: $name is not logged", ({ text }) => {
    const { records, calls } = captured((target) => target.error(text));
    expect(records).toEqual([]);
    expect(calls).toEqual([["error", text]]);
  });
});

describe("giving back", () => {
  const open = (target: FakeConsole, messages: string[], name: string): ReturnType<typeof captureConsole> =>
    captureConsole(new Logger({ enabled: () => true, handle: ({ message }) => void messages.push(`${name}:${message}`) }), {
      console: target,
    });

  test("capture: once given back, the console is what it was", () => {
    const target = fakeConsole();
    const before = Object.getOwnPropertyDescriptors(target);
    const restore = open(target, [], "a");
    expect(target.log).not.toBe(before.log.value);
    expect(target.log.name).toBe("log");
    restore();
    restore();
    restore[Symbol.dispose]();
    expect(Object.getOwnPropertyDescriptors(target)).toEqual(before);
  });

  test("capture: methods that a console inherits are inherited again", () => {
    const target = Object.create(fakeConsole()) as FakeConsole;
    open(target, [], "a")();
    expect(Object.keys(target)).toEqual([]);
  });

  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [1, 2, 0],
  ]) {
    test(`capture: nested ones end in any order (${order.join(", ")}), the latest that is left takes the calls`, () => {
      const target = fakeConsole();
      const original = target.log;
      const messages: string[] = [];
      const open3 = ["a", "b", "c"].map((name) => open(target, messages, name));
      const left = ["a", "b", "c"];
      for (const index of order) {
        target.log("x");
        expect(messages.pop()).toBe(`${left.at(-1)}:x`);
        open3[index]?.();
        open3[index]?.();
        left.splice(left.indexOf(["a", "b", "c"][index] ?? ""), 1);
      }
      expect(target.log).toBe(original);
    });
  }

  test("capture: a wrapper that somebody put around meanwhile stays, and reaches the original", () => {
    const target = fakeConsole();
    const messages: string[] = [];
    const restore = open(target, messages, "a");
    const inner = target.log;
    const wrapper = (...args: unknown[]): void => inner("wrapped", ...args);
    target.log = wrapper;
    target.log("x");
    restore();
    expect(target.log).toBe(wrapper);
    target.log("y");
    const again = open(target, messages, "b");
    target.log("z");
    again();
    expect(messages).toEqual(["a:wrapped x", "b:z"]);
    expect(target.calls).toEqual([["log", "wrapped", "y"]]);
    expect(target.log).toBe(wrapper);
  });

  test("capture: without options it is the global console", () => {
    const before = Object.getOwnPropertyDescriptors(console);
    const messages: string[] = [];
    const restore = captureConsole(new Logger({ enabled: () => true, handle: ({ message }) => void messages.push(message) }));
    console.log("global");
    restore();
    expect(messages).toEqual(["global"]);
    expect(Object.getOwnPropertyDescriptors(console)).toEqual(before);
  });

  test("capture: what is no logger or no console fails at set-up, by name", () => {
    expect(() => captureConsole({} as Logger)).toThrow("logger: expected a Logger, got [object Object]");
    expect(() => captureConsole(new Logger(memoryHandler()), { console: 5 as never })).toThrow(
      "console: expected a console, got 5",
    );
  });
});
