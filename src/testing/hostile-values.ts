import { lazy } from "../value/log-value.ts";
import {
  beside,
  circular,
  circularArray,
  circularMap,
  circularValue,
  cyclicError,
  endlessJson,
  endlessValue,
  foreign,
  nest,
  revokedProxy,
  throwing,
  throwingAnything,
  throwingProxy,
} from "./hostile-parts.ts";

/** Is a value that has broken loggers, and what a reader must still find in the output. */
export interface HostileValue {
  readonly name: string;
  /** Makes a new one. */
  readonly make: () => unknown;
  /** Texts that must occur among its keys and values. Default: none, it need only be there. */
  readonly says?: readonly string[];
  /** It leaves no trace, as an attribute; elsewhere it may. */
  readonly leavesNothing?: true;
  /** It is larger than one attribute may be: what stands behind it in its group may be cut. */
  readonly isHuge?: true;
}

class Order {
  readonly id = "o17";
}

class Liar {
  readonly ok = "kept";
  readonly [Symbol.toStringTag] = "Map";
}

class SaysItself {
  readonly ok = "kept";

  toJSON(): this {
    return this;
  }
}

const SCALARS: readonly HostileValue[] = [
  { name: "empty-string", make: () => "" },
  { name: "false", make: () => false, says: ["false"] },
  { name: "minus-zero", make: () => -0, says: ["0"] },
  { name: "fraction", make: () => 1.23e-9, says: ["1.23e-9"] },
  { name: "above-safe-integers", make: () => 2 ** 53 + 2, says: ["9007199254740994"] },
  { name: "above-int64", make: () => 2 ** 63, says: ["922337203685477"] },
  { name: "1e21", make: () => 1e21, says: ["1e+21"] },
  { name: "nan", make: () => Number.NaN, says: ["NaN"] },
  { name: "infinity", make: () => Infinity, says: ["Infinity"] },
  { name: "minus-infinity", make: () => -Infinity, says: ["-Infinity"] },
  { name: "bigint", make: () => 17n, says: ["17"] },
  { name: "bigint-above-int64", make: () => 2n ** 64n, says: ["18446744073709551616"] },
  { name: "null", make: () => null },
  { name: "undefined", make: () => undefined, leavesNothing: true },
  { name: "symbol", make: () => Symbol("sym"), says: ["sym"] },
  { name: "function", make: () => throwing("called"), says: ["Function"] },
  { name: "function-throwing-name", make: () => Object.defineProperty(() => 1, "name", { get: throwing("name") }) },
  { name: "class", make: () => Order, says: ["Order"] },
  { name: "lone-surrogate", make: () => "a\ud800b" },
  { name: "lone-surrogate-key", make: () => ({ "k\udfff": "inner" }), says: ["inner"] },
  { name: "nul", make: () => "a\u0000b", says: ["a"] },
  { name: "line-separators", make: () => "a\u2028b\u2029c\r\nd\u0085e", says: ["a"] },
  { name: "json-in-text", make: () => '"}\n{"level":"FATAL","msg":"forged"}\n', says: ["forged"] },
  { name: "terminal-controls", make: () => "\u001b[2J\u001b]0;x\u0007\u009b1m", says: ["[2J"] },
  { name: "emoji", make: () => "👩‍🚀", says: ["👩‍🚀"] },
  { name: "markup", make: () => "<b>&amp;'`\\</b>", says: ["<b>&amp;'`\\</b>"] },
  { name: "long-string", make: () => "x".repeat(5_000_000), says: ["xxxx"] },
];

const BUILT_INS: readonly HostileValue[] = [
  { name: "date", make: () => new Date(0), says: ["1970-01-01T00:00:00.000Z"] },
  { name: "invalid-date", make: () => new Date(Number.NaN) },
  { name: "regexp", make: () => /a"b/g, says: ['/a"b/g'] },
  { name: "url", make: () => new URL("https://example.com/?q=1"), says: ["https://example.com/?q=1"] },
  { name: "url-search-params", make: () => new URLSearchParams({ q: "1" }), says: ["q=1"] },
  { name: "promise", make: async () => Promise.resolve(1), says: ["Promise"] },
  { name: "weak-map", make: () => new WeakMap(), says: ["WeakMap"] },
  { name: "generator", make: () => [][Symbol.iterator]() },
  {
    name: "map",
    make: () =>
      new Map<unknown, unknown>([
        ["key", "value"],
        [{ o: 1 }, 2],
        [Symbol("s"), 3],
      ]),
    says: ["key", "value", "2", "3"],
  },
  { name: "set", make: () => new Set(["member", 2]), says: ["member", "2"] },
  { name: "headers", make: () => new Headers({ accept: "text/html" }), says: ["accept", "text/html"] },
  { name: "bytes", make: () => new Uint8Array([1, 2, 255]) },
  { name: "array-buffer", make: () => new Uint8Array([1, 2, 255]).buffer },
  { name: "data-view", make: () => new DataView(new ArrayBuffer(2)) },
  { name: "int16-array", make: () => new Int16Array([7, -8]), says: ["7", "-8"] },
  { name: "float64-array", make: () => new Float64Array([1.5, Number.NaN]), says: ["1.5", "NaN"] },
  { name: "bigint64-array", make: () => new BigInt64Array([12n]), says: ["12"] },
  { name: "boxed-string", make: () => new String("boxed"), says: ["boxed"] },
  { name: "boxed-number", make: () => new Number(3), says: ["3"] },
  { name: "empty-array", make: () => [] },
  { name: "empty-object", make: () => ({}), leavesNothing: true },
  { name: "mixed-array", make: () => ["one", 2, null, { three: [4n] }], says: ["one", "2", "three", "4"] },
  { name: "sparse-array", make: () => Object.assign([], { 3: "last" }), says: ["last"] },
  { name: "huge-sparse-array", make: () => Object.assign([], { length: 1e9 }), isHuge: true },
  { name: "huge-typed-array", make: () => new Float32Array(5_000_000), says: ["0"], isHuge: true },
  {
    name: "many-members",
    make: () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i])),
    says: ["key0"],
    isHuge: true,
  },
  { name: "null-prototype", make: () => Object.assign(Object.create(null) as object, { a: "own" }), says: ["a", "own"] },
  {
    name: "own-proto-key",
    make: () => JSON.parse('{"__proto__":{"x":"polluted"},"y":"beside"}') as unknown,
    says: ["polluted", "beside"],
  },
  { name: "own-constructor-key", make: () => ({ constructor: 1, hasOwnProperty: "mine" }), says: ["constructor", "mine"] },
  { name: "class-instance", make: () => new Order(), says: ["o17"] },
  { name: "foreign-object", make: () => foreign("({ a: { b: 'inner' } })"), says: ["inner"] },
  { name: "foreign-bytes", make: () => foreign("new Uint8Array([1, 2, 255])") },
  { name: "foreign-map", make: () => foreign("new Map([['key', 'value']])"), says: ["key", "value"] },
  { name: "foreign-error", make: () => foreign("new TypeError('boom')"), says: ["TypeError", "boom"] },
];

const ERRORS: readonly HostileValue[] = [
  {
    name: "error-with-cause",
    make: () => new Error("outer", { cause: new RangeError("inner") }),
    says: ["outer", "RangeError", "inner"],
  },
  { name: "error-in-group", make: () => ({ error: new Error("boom") }), says: ["boom"] },
  { name: "aggregate-error", make: () => new AggregateError([new Error("one"), "two"], "all"), says: ["all", "one", "two"] },
  { name: "error-with-code", make: () => Object.assign(new Error("no"), { code: "ENOENT" }), says: ["no", "ENOENT"] },
  { name: "error-with-cyclic-cause", make: cyclicError, says: ["round"] },
  {
    name: "error-with-throwing-message",
    make: () => Object.defineProperty(new Error("x"), "message", { get: throwing("getter") }),
  },
  {
    name: "error-with-throwing-stack",
    make: () => Object.defineProperty(new Error("kept"), "stack", { get: throwing("getter") }),
    says: ["kept"],
  },
  {
    name: "error-with-throwing-name",
    make: () => Object.defineProperty(new Error("kept"), "name", { get: throwing("getter") }),
    says: ["kept"],
  },
  { name: "error-without-prototype", make: () => Object.setPrototypeOf(new Error("kept"), null) as unknown, says: ["kept"] },
  { name: "dom-exception", make: () => new DOMException("gone", "AbortError"), says: ["gone", "AbortError"] },
];

const THROWING: readonly HostileValue[] = [
  { name: "circular", make: circular, says: ["kept"] },
  { name: "circular-array", make: circularArray, says: ["kept"] },
  { name: "circular-map", make: circularMap, says: ["kept"] },
  { name: "shared-twice", make: () => ((one) => ({ x: one, y: one }))({ a: "shared" }), says: ["x", "y", "shared"] },
  { name: "deep-1000", make: () => nest(1000) },
  { name: "deep-20000", make: () => nest(20_000) },
  { name: "deep-20000-arrays", make: () => nest(20_000, (inner) => [inner]) },
  { name: "throwing-getter", make: () => beside("bad", throwing("why")), says: ["kept"] },
  { name: "throwing-null", make: () => beside("bad", throwingAnything(null)), says: ["kept"] },
  { name: "throwing-what-throws", make: () => beside("bad", throwingAnything(throwingProxy({}))), says: ["kept"] },
  { name: "to-json", make: () => ({ toJSON: () => "said" }), says: ["said"] },
  { name: "to-json-throwing", make: () => ({ toJSON: throwing("why") }) },
  { name: "to-json-itself", make: () => new SaysItself(), says: ["kept"] },
  { name: "to-json-endless", make: endlessJson },
  { name: "to-string-throwing", make: () => Object.create({ toString: throwing("why") }) as unknown },
  { name: "throwing-proxy", make: () => throwingProxy({ a: 1 }) },
  { name: "throwing-proxy-function", make: () => throwingProxy(() => 1) },
  { name: "throwing-proxy-array", make: () => throwingProxy([1]) },
  { name: "revoked-proxy", make: () => revokedProxy({}) },
  { name: "revoked-proxy-function", make: () => revokedProxy(() => 1) },
  { name: "throwing-iterator", make: () => Object.defineProperty(new Set([1]), Symbol.iterator, { value: throwing("why") }) },
  { name: "throwing-tag", make: () => beside(Symbol.toStringTag, throwing("why")), says: ["kept"] },
  { name: "lying-tag", make: () => ({ [Symbol.toStringTag]: "Date", ok: "kept" }), says: ["kept"] },
  { name: "lying-tag-instance", make: () => new Liar() },
  { name: "lazy", make: () => lazy(() => ({ a: "computed" })), says: ["computed"] },
  { name: "lazy-throwing", make: () => lazy(throwing("why")) },
  { name: "log-value-itself", make: circularValue },
  { name: "log-value-endless", make: endlessValue },
];

/** Is every value that was seen to break a logger or an exporter, and some more. */
export const HOSTILE_VALUES: readonly HostileValue[] = [...SCALARS, ...BUILT_INS, ...ERRORS, ...THROWING];
