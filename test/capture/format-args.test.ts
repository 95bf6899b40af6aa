import { format } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatArgs, formatPortable, specifiedCount } from "../../src/capture/format-args.ts";

const rows: readonly { args: readonly unknown[] }[] = [
  [],
  ["a"],
  ["%%"],
  ["%%", 1],
  ["%s%%", 1],
  ["%x %s", 1],
  ["%", 1],
  ["%s"],
  ["%s %s", "a"],
  ["", "%s", 1],
  ["%%%s%%", "a"],
  [1, "%s", "x"],
  ["%s", new Date(0)],
  ["%s", { toString: () => "me" }],
  ["%s", null],
  ["%s", {}],
  ["%s", []],
  ["%s", { a: 1 }],

  ["%d", "-0"],
  ["%d", {}],
  ["%d", [5]],
  ["%d", Symbol("s")],
  ["%d", null],
  ["%i", "-0.5"],
  ["%i", 5n],
  ["%i", Symbol("s")],
  ["%f", "-0"],
  ["%f", 5n],
  ["%j", { a: [1] }],
  ["%j", undefined],
  ["%j", Symbol("s")],
  ["%j", circular()],
  ["%c|", "css"],
  ["%o %O", "x", "it's"],
  ["%o", -0],
  ["%O", { a: { b: [1, "x"] } }],
  ["a", "b", 1, undefined, null, Symbol("s"), 5n, -0, true],
  [undefined, "x", "a\nb"],
  ["%O", "a\n\u001b'\"`"],
].map((args) => ({ args }));

function circular(): object {
  const self: { self?: object } = {};
  self.self = self;
  return self;
}

describe("without node:util", () => {
  test.each(rows)("format: $args reads as util.format has it", ({ args }) => {
    expect(formatPortable(...args)).toBe(format(...args));
  });

  const primitive = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.string().map((name) => Symbol(name)),
  );
  const template = fc.array(
    fc.oneof(fc.constantFrom("%s", "%d", "%i", "%f", "%j", "%o", "%O", "%c", "%%", "%", "%x", " "), fc.string()),
    { maxLength: 8 },
  );

  test("format: any specifiers over any primitives read as util.format has them", () => {
    fc.assert(
      fc.property(template, fc.array(primitive, { maxLength: 10 }), (parts, args) => {
        // JSON knows no bigint, and both throw.
        const all = [parts.join(""), ...args.map((arg) => (typeof arg === "bigint" && parts.join("").includes("%j") ? 0 : arg))];
        expect(formatPortable(...all)).toBe(format(...all));
      }),
      { numRuns: 2000 },
    );
  });

  test("format: any primitives without a format string read as util.format has them", () => {
    fc.assert(
      fc.property(fc.array(primitive), (args) => {
        expect(formatPortable(5, ...args)).toBe(format(5, ...args));
      }),
    );
  });

  test("format: as many arguments are taken as util.format takes", () => {
    fc.assert(
      fc.property(template, (parts) => {
        const text = parts.join("");
        const taken = Array.from({ length: specifiedCount(text) }, () => 7);
        expect(format(text, ...taken, "first left", "second left").endsWith(" first left second left")).toBe(true);
        expect(format(text, ...taken, "left").split("left").length - text.split("left").length).toBe(1);
      }),
    );
  });
});

test("format: where there is node:util, that formats", () => {
  expect(formatArgs("%O", new Map([[{ a: 1 }, new Set([1])]]))).toBe("Map(1) { { a: 1 } => Set(1) { 1 } }");
});
