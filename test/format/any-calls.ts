// Any calls of any loggers, for properties that hold whatever is logged.
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { contextWith } from "../../src/testing/context-with.ts";
import { throwingProxy } from "../../src/testing/hostile-parts.ts";
import { HOSTILE_VALUES } from "../../src/testing/hostile-values.ts";
import { secret } from "../../src/value/secret.ts";
import { lazy, logValue } from "../../src/value/log-value.ts";
import type { Logger } from "../../src/logger/logger.ts";

/** A value, made anew by each call: fast-check itself would ask one that throws when asked. */
type Make = () => unknown;

const KEYS = ["a", "b", "c", "d", "g", "h", "long_key_name_here", "é", "level", "msg", "time", "trace_id", "attr.level"];
const ODD_KEYS = ["", "__proto__", "constructor", "toString", "toJSON", "\ud800", "\ufffd", "\ud800place", "…", "0", "a.b"];

/** Is any number, most of which have few digits. */
export const ANY_NUMBER: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.integer({ min: -2_000_000, max: 2_000_000 }).map((n) => n / 1000),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 1e21, 1e-7, 0.001, -0.0005, 999_999_999.999, 1e9, -1e9, 2 ** 31, -(2 ** 31), 2 ** 53),
);
/** Is any text, most of which is short, or has what JSON escapes. */
export const ANY_TEXT: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "\u0000", "\u001f", "\u007f", "é", "\u2028", "😀", "\ud800", "x"),
    maxLength: 40,
  }),
  fc
    .tuple(fc.nat(1000), fc.constantFrom("", "\n", '"', "\udc00", "é"), fc.nat(40))
    .map(([a, odd, b]) => "x".repeat(a) + odd + "y".repeat(b)),
);

// Where a value ends the stack, the message depends on how deep the stack was.
const FIXED: readonly Make[] = [
  ...HOSTILE_VALUES.filter(({ name, isHuge }) => isHuge !== true && name !== "to-json-endless").map(({ make }) => make),
  () => Object.assign([1], { [logValue]: () => "said" }),
  () => secret("1234"),
  () => Object.assign(new Error("e"), { [logValue]: () => "said" }),
  () => Object.assign(new TypeError("e"), { name: "Renamed" }),
  () => new Error("x".repeat(500)),
  () => Object.assign(new Error("e"), { stack: undefined }),
  () => runInNewContext("({ a: 1, b: { c: [1, {}] } })") as unknown,
  () => runInNewContext("Object.assign(new Error('far'), { stack: 'at far' })") as unknown,
  () => throwingProxy({ a: 1 }, ["ownKeys"]),
  () => new Proxy({ a: { b: 1 } }, {}),
  () => ({ "\ud800": 1, "\ufffd": 2 }),
  () => ({ a: 1, toJSON: () => ({ b: 2 }) }),
  () => ({ deep: { toJSON: 1 } }),
  () => Object.defineProperty({ a: 1 }, "hidden", { value: 2 }),
  () => Object.defineProperty({ a: 1 }, "toJSON", { value: () => "said" }),
  () => Object.assign(Object.create(null) as object, { a: 1, b: [1] }),
  () => new Uint8Array(new SharedArrayBuffer(8), 2, 3),
  () => Object.assign([], { length: 3 }),
  () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])),
  () => Array.from({ length: 9 }).reduce<unknown>((inner) => [inner], 1),
  () => Array.from({ length: 9 }).reduce<unknown>((inner) => ({ a: inner }), 1),
];

/** Makes a literal of members, some of which `for in` does not find. */
const literal = (members: readonly (readonly [string, Make, enumerable: boolean])[]): object => {
  const made = {};
  for (const [key, make, enumerable] of members) {
    Object.defineProperty(made, key, { value: make(), enumerable, configurable: true, writable: true });
  }
  return made;
};
const ENUMERABLE = fc.integer({ min: 0, max: 9 }).map((n) => n > 0);

const MESSAGE = fc.oneof(
  fc.constantFrom("order paid", "order shipped", "é", "", 'with "quotes"\n', "x".repeat(128), "x".repeat(129), "\ud800"),
  fc.nat(20).map((n) => `user ${n} logged in`),
  ANY_TEXT,
);
/** Is something that derives a logger, and something that calls one. */
export type Step = (logger: Logger) => Logger;
export type Call = (logger: Logger) => void;

/** Gives any steps and calls, with these keys among the names of attributes, groups and baggage. */
export function anyCalls(keys: readonly string[]): { readonly step: fc.Arbitrary<Step>; readonly call: fc.Arbitrary<Call> } {
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...KEYS, ...keys) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_KEYS) },
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const attrs = anyLiteral(key);
  return { step: anyStep(key, attrs), call: anyCall(anyContext(key), attrs) };
}

function anyLiteral(key: fc.Arbitrary<string>): fc.Arbitrary<() => object> {
  const { literal: made } = fc.letrec<{ value: Make; literal: () => object }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      ANY_NUMBER.map((n) => () => n),
      ANY_TEXT.map((text) => () => text),
      fc.constantFrom<unknown>(true, false, null, undefined, 10n, 2n ** 70n).map((value) => () => value),
      fc.constantFrom(...FIXED),
      tie("literal"),
      fc.array(tie("value"), { maxLength: 4 }).map((makes) => () => makes.map((make) => make())),
      fc
        .array(fc.tuple(key, tie("value")), { maxLength: 3 })
        .map((entries) => () => new Map(entries.map(([key, make]) => [key, make()]))),
      tie("value").map((make) => () => lazy(make)),
      tie("value").map((make) => () => new Error("e", { cause: make() })),
      tie("value").map((make) => () => {
        const value = make();
        return { toJSON: () => value };
      }),
      tie("value").map((make) => () => {
        const value = make();
        return Object.defineProperty({ a: 1 }, "g", { enumerable: true, get: () => value });
      }),
    ),
    literal: fc.array(fc.tuple(key, tie("value"), ENUMERABLE), { maxLength: 5 }).map((members) => () => literal(members)),
  }));
  return made;
}

function anyStep(key: fc.Arbitrary<string>, attrs: fc.Arbitrary<() => object>): fc.Arbitrary<Step> {
  return fc.oneof(
    attrs.map(
      (make): Step =>
        (logger) =>
          logger.with(make() as never),
    ),
    key.map(
      (name): Step =>
        (logger) =>
          logger.withGroup(name),
    ),
    fc.constantFrom("db", 'q"', "\ud800").map(
      (name): Step =>
        (logger) =>
          logger.named(name),
    ),
  );
}

function anyContext(key: fc.Arbitrary<string>): fc.Arbitrary<ReturnType<typeof contextWith>> {
  return fc
    .record({
      span: fc.option(fc.record({ traceFlags: fc.constantFrom(0, 1, 257) }), { nil: undefined }),
      baggage: fc.option(
        fc.dictionary(
          key.filter((name) => name.isWellFormed()),
          ANY_TEXT,
          { maxKeys: 3 },
        ),
        { nil: undefined },
      ),
    })
    .map(({ span, baggage }) => contextWith({ ...(span && { span }), ...(baggage && { baggage }) }));
}

function anyCall(context: ReturnType<typeof anyContext>, literals: fc.Arbitrary<() => object>): fc.Arbitrary<Call> {
  return fc.oneof(
    fc.tuple(context, MESSAGE, literals).map(
      ([ctx, message, attrs]): Call =>
        (logger) =>
          logger.info(ctx, message, attrs() as never),
    ),
    fc.tuple(MESSAGE, literals).map(
      ([message, attrs]): Call =>
        (logger) =>
          logger.warn(message, attrs() as never),
    ),
    MESSAGE.map(
      (message): Call =>
        (logger) =>
          logger.error(message),
    ),
    fc.tuple(MESSAGE, literals).map(
      ([name, attrs]): Call =>
        (logger) =>
          logger.event(name, attrs() as never),
    ),
  );
}
