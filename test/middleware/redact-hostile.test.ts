import { expect, test } from "vitest";
import { activeContext } from "../../src/context/otel-api.ts";
import { formatJson } from "../../src/format/json.ts";
import { Logger } from "../../src/logger/logger.ts";
import { redact } from "../../src/middleware/index.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { logValue } from "../../src/value/log-value.ts";
import type { Attrs } from "../../src/record/attrs.ts";
import type { RedactOptions } from "../../src/middleware/index.ts";

const SECRET = "hunter2hunter2";
const FOUND = { password: SECRET, text: SECRET };

/** Gives one value the first time it is asked, and another from then on. */
function then<T>(first: T, later: T): () => T {
  let asked = 0;
  return () => (asked++ === 0 ? first : later);
}

function withGetter<T extends object>(object: T, key: string, get: () => unknown): T {
  return Object.defineProperty(object, key, { get, enumerable: true });
}

class Says {
  readonly #text = then("ok", SECRET);

  toString(): string {
    return this.#text();
  }
}

class NamedLate extends Error {
  readonly #text = then("E", SECRET);

  override get name(): string {
    return this.#text();
  }
}

class MessageLate extends Error {
  readonly #text = then("ok", SECRET);

  override get message(): string {
    return this.#text();
  }
}

class ClassLate extends Error {
  static readonly #text = then("E", SECRET);

  static override get name(): string {
    return ClassLate.#text();
  }
}

const lateMessage = (target: object, key: string | symbol): unknown =>
  key === "message" ? SECRET : (Reflect.get(target, key) as unknown);

function emptyAtFirst(): object {
  const keys = then<string[]>([], ["a"]);
  return new Proxy({ a: SECRET }, { ownKeys: () => keys() });
}

function hidden<T extends object>(object: T, key: string | symbol): T {
  return Object.defineProperty(object, key, { get: then<unknown>(undefined, () => FOUND) });
}

const CASES: readonly { readonly name: string; readonly attrs: () => Attrs }[] = [
  { name: "a getter", attrs: () => withGetter({}, "a", then("ok", SECRET)) },
  { name: "a getter in a literal", attrs: () => ({ o: withGetter({}, "a", then("ok", SECRET)) }) },
  { name: "a getter that gives an object", attrs: () => withGetter({}, "a", then<object>({ n: 1 }, FOUND)) },
  { name: "a getter before what is censored", attrs: () => ({ ...withGetter({}, "a", () => 1), b: 1, password: SECRET }) },
  { name: "a getter beside what is censored", attrs: () => withGetter({ password: SECRET }, "a", then("ok", SECRET)) },
  { name: "a getter in a list", attrs: () => ({ l: withGetter([0], "0", then<object>({ n: 1 }, FOUND)) }) },
  {
    name: "a proxy",
    attrs: () => {
      const ask = then("ok", SECRET);
      return { p: new Proxy({ a: 1 }, { get: (target, key) => (key === "a" ? ask() : (Reflect.get(target, key) as unknown)) }) };
    },
  },
  { name: "toJSON()", attrs: () => ({ j: { toJSON: then<object>({ n: 1 }, FOUND) } }) },
  { name: "a hidden toJSON()", attrs: () => ({ j: Object.defineProperty({ a: 1 }, "toJSON", { value: () => FOUND }) }) },
  { name: "what a value says it is", attrs: () => ({ j: { a: 1, [logValue]: then<object>({ n: 1 }, FOUND) } }) },
  { name: "an error's field", attrs: () => ({ e: withGetter(new Error("x"), "detail", then("ok", SECRET)) }) },
  { name: "an error's stack", attrs: () => ({ e: withGetter(new Error("x"), "stack", then("ok", SECRET)) }) },
  { name: "an error's message", attrs: () => ({ e: new MessageLate() }) },
  { name: "an error's name", attrs: () => ({ e: new NamedLate("x") }) },
  { name: "an instance's toString()", attrs: () => ({ i: new Says() }) },
  { name: "an instance's getter", attrs: () => ({ i: withGetter(new Says(), "a", then("ok", SECRET)) }) },
  {
    name: "an instance of a function with a literal for a prototype",
    attrs: () => ({ i: Object.create({ toString: () => SECRET }) as unknown }),
  },
  {
    name: "a Map that goes through itself in a way of its own",
    attrs: () => ({ m: Object.assign(new Map([["a", 1]]), { [Symbol.iterator]: () => [["text", SECRET]].values() }) }),
  },
  { name: "a proxy of an error", attrs: () => ({ e: new Proxy(new Error("ok"), { get: lateMessage }) }) },
  { name: "the name of an error's class", attrs: () => ({ e: new ClassLate("x") }) },
  { name: "a proxy without members at first", attrs: () => ({ p: emptyAtFirst() }) },
  {
    name: "what has the prototype of bytes",
    attrs: () => ({ b: Object.setPrototypeOf({ ...FOUND }, Uint8Array.prototype) as object }),
  },
  { name: "a hidden getter of toJSON()", attrs: () => ({ j: hidden({ a: 1 }, "toJSON") }) },
  { name: "a hidden getter of what a value says it is", attrs: () => ({ j: hidden({ a: 1 }, logValue) }) },
  { name: "a hidden getter of what a list says it is", attrs: () => ({ j: hidden([1], logValue) }) },
  { name: "a hidden getter of what an error says it is", attrs: () => ({ j: hidden(new Error("x"), logValue) }) },
  {
    name: "a getter that changes what stands before it",
    attrs: () => {
      const o: { [key: string]: unknown } = { x: "ok" };
      return withGetter({ o }, "b", () => Object.assign(o, FOUND, { x: SECRET }).x.length);
    },
  },
];

const RULES: readonly RedactOptions[] = [
  { patterns: [/hunter2hunter2/] },
  { keys: ["password", "nobody"], patterns: [/hunter2/] },
];

/** Logs attributes as a call's, twice, or bound, and gives the lines. */
function lines(options: RedactOptions, attrs: () => Attrs): string {
  let text = "";
  const logger = new Logger(redact(options)({ enabled: () => true, handle: (record) => void (text += formatJson(record)) }));
  const same = attrs();
  logger.info("m", same);
  logger.info("m", attrs());
  logger.with(attrs()).info("m");
  logger.withGroup("g").info("m", attrs());
  return text;
}

test.each(CASES)("redact: what was looked at is what goes on: $name", ({ attrs }) => {
  for (const options of RULES) {
    const text = lines(options, attrs);
    expect(text.trim().split("\n")).toHaveLength(4);
    expect(text).not.toContain(SECRET);
  }
});

test("redact: a text is looked at also where another one of its kind stood a thousand times, and had nothing", () => {
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text += formatJson(record)) };
  const logger = new Logger(redact({ patterns: [/hunter2/] })(next));
  const plain = "plain2plain2pl";
  for (const times of [1, 2, 63, 64, 1000]) {
    for (let i = 0; i < times; i++) logger.info("m", { a: plain, o: { b: i % 3 === 0 ? plain : `plain2pl${i}` } });
    logger.info("m", { a: SECRET, o: { b: SECRET } });
    logger.info("m", { a: plain, o: { b: SECRET } });
    logger.info("m", { a: SECRET, o: { b: plain } });
  }
  expect(text).not.toContain("hunter2");
  expect(text.split("[Redacted]")).toHaveLength(5 * 8 + 1);
});

test("redact: a rule's key is found among keys that stood there a thousand times, and one without a name is inlined", () => {
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text += formatJson(record)) };
  const logger = new Logger(redact({ paths: ["o.x"], keys: ["password"] })(next));
  for (let i = 0; i < 1000; i++) logger.info("m", { a: 1, o: { b: "ok", c: 2 } });
  const hostile: readonly Attrs[] = [
    { a: 1, o: { b: "ok", password: SECRET } },
    { a: 1, password: SECRET },
    { password: SECRET, a: 1, o: { b: "ok", c: 2 } },
    { a: 1, o: { x: SECRET, c: 2 } },
    { a: 1, o: { b: "ok", c: { password: SECRET } } },
    { a: 1, "": { password: SECRET } },
    { "": { o: { x: SECRET } } },
    { a: 1, o: { "": { x: SECRET } } },
    { a: 1, o: { b: "ok", toJSON: () => ({ password: SECRET }) } },
    { a: 1, o: Object.defineProperty({ b: "ok" }, "toJSON", { value: () => ({ password: SECRET }) }) },
    { a: 1, o: { [logValue]: () => ({ password: SECRET }) } },
  ];
  for (let round = 0; round < 100; round++) for (const attrs of hostile) logger.info("m", attrs);
  expect(text).not.toContain(SECRET);
});

test("redact: reads a getter once, and leaves the caller's object as it was", () => {
  let asked = 0;
  const attrs = withGetter({ b: [1, { c: 2 }] }, "a", () => ++asked);
  const before = Object.getOwnPropertyDescriptors(attrs);
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text = formatJson(record)) };
  new Logger(redact({ keys: ["c"] })(next)).info("m", attrs);
  expect(asked).toBe(1);
  expect(JSON.parse(text)).toMatchObject({ a: 1, b: [1, { c: "[Redacted]" }] });
  expect(Object.getOwnPropertyDescriptors(attrs)).toEqual(before);
  expect(attrs.b).toEqual([1, { c: 2 }]);
});

test("redact: gives back no shared value twice as often as it is there, and ends where values refer to one another", () => {
  let many: unknown = [1];
  for (let depth = 0; depth < 7; depth++) many = Array.from({ length: 10 }, () => many);
  const text = lines({ patterns: [/hunter2/] }, () => ({ a: 1, many }));
  expect(text).toContain('"a":1');
});

test("redact: attributes beyond the limit are counted also where they had to be resolved", () => {
  const many = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`k${i}`, i]));
  const fail = (): never => {
    throw new Error("why");
  };
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text = formatJson(record)) };
  new Logger(redact({ keys: ["nobody"] })(next)).info("m", withGetter(many, "k0", fail));
  expect(JSON.parse(text)).toMatchObject({ k0: "[Throws: why]", k127: 127, dropped_attributes_count: 2 });
});

test("redact: a call's attributes that are a proxy without members at first are looked at when they have some", () => {
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text += formatJson(record)) };
  redact({ patterns: [/hunter2/] })(next).handle(createRecord({ attrs: emptyAtFirst() as Attrs }), activeContext());
  expect(text).toContain('"a":"[Redacted][Redacted]"');
});

test.each([
  { name: "a literal for a prototype", make: (hidden: object): unknown => Object.create(hidden) },
  { name: "another class", make: (hidden: object): unknown => Object.setPrototypeOf(hidden, Says.prototype) },
])("redact: what has $name, and no members, is looked at also where literals stood a thousand times", ({ make }) => {
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text += formatJson(record)) };
  const logger = new Logger(redact({ patterns: [/hunter2/] })(next));
  for (let i = 0; i < 1000; i++) logger.info("m", { o: { a: 1 } });
  const hidden = Object.defineProperties({}, { constructor: { value: Object }, toString: { value: () => SECRET } });
  logger.info("m", { o: make(hidden) });
  expect(text).toContain('"o":"[Redacted][Redacted]"');
});

test("redact: a list with a getter is looked at for good", () => {
  let text = "";
  const next = { enabled: () => true, handle: (record: Parameters<typeof formatJson>[0]) => void (text += formatJson(record)) };
  const logger = new Logger(redact({ patterns: [/hunter2/] })(next));
  for (let i = 0; i < 200; i++) logger.info("m", { l: withGetter([0], "0", then<object>({ n: 1 }, FOUND)) });
  expect(text).not.toContain(SECRET);
});

test("redact: shows no member that an output without it does not", () => {
  const from = Object.assign(Object.create(null) as object, { inherited: 1 });
  const options: RedactOptions = { keys: ["password"] };
  expect(lines(options, () => ({ o: Object.assign(Object.create(from) as object, { password: SECRET }) }))).not.toContain(
    "inherited",
  );
});

test.each(["message", "stack"])("redact: an error whose %s is no text is looked into", (name) => {
  const text = lines({ keys: ["password"] }, () => ({ e: Object.assign(new Error("x"), { [name]: { password: SECRET } }) }));
  expect(text).toContain('"password":"[Redacted]"');
  expect(text).not.toContain(SECRET);
});
