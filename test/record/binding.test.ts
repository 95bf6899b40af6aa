import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";
import { Binding, bindingSteps } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { recordAttrs } from "../../src/record/record-attrs.ts";
import type { Attrs } from "../../src/record/attrs.ts";

type Tree = { [key: string]: string | Tree };
type Step = { readonly with: Tree } | { readonly group: string };

const KEYS = fc.constantFrom("a", "b", "c", "");
const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(KEYS, fc.oneof({ depthSize: "small" }, fc.constantFrom("1", "2", "3"), tie("tree")), { maxKeys: 3 }),
})).tree;
const step: fc.Arbitrary<Step> = fc.oneof(
  tree.map((attrs) => ({ with: attrs })),
  KEYS.map((group) => ({ group })),
);

/** Puts members into a tree, one after the other, each of them whole: the rules of groups, said as naively as can be. */
function put(into: Tree, members: Tree): void {
  for (const [key, value] of Object.entries(members)) {
    if (typeof value === "string") into[key] = value;
    else if (!isEmpty(value)) {
      const whole: Tree = {};
      put(whole, value);
      const old = into[key];
      if (key === "") put(into, whole);
      else if (typeof old === "object") put(old, whole);
      else into[key] = whole;
    }
  }
}

function isEmpty(members: Tree): boolean {
  return Object.values(members).every((value) => typeof value === "object" && isEmpty(value));
}

/** Says what a chain of with() and withGroup() and a call's attributes come to: each one's tree put into the open group's place. */
function model(steps: readonly Step[], attrs: Tree): Tree {
  const root: Tree = {};
  const open: string[] = [];
  for (const each of [...steps, { with: attrs }]) {
    if ("group" in each) {
      if (each.group !== "") open.push(each.group);
      continue;
    }
    const whole: Tree = {};
    put(whole, each.with);
    put(
      root,
      open.reduceRight<Tree>((inner, group) => ({ [group]: inner }), whole),
    );
  }
  return root;
}

function apply(logger: Logger, steps: readonly Step[]): Logger {
  return steps.reduce((made, each) => ("group" in each ? made.withGroup(each.group) : made.with(each.with)), logger);
}

describe("bindings", () => {
  test("any chain of with() and withGroup() comes to what the naive model says", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), tree, (steps, attrs) => {
        const handler = memoryHandler();
        apply(new Logger(handler), steps).info("m", attrs);
        expect(handler.records.map((record) => record.attrs)).toEqual([model(steps, attrs)]);
      }),
      { numRuns: 2000 },
    );
  });

  test("siblings of any chain do not know of one another, in whatever order they log", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 4 }),
        fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 4 }),
        (steps, branches) => {
          const handler = memoryHandler();
          const parent = apply(new Logger(handler), steps);
          const loggers = branches.map((branch) => apply(parent, branch));
          for (const logger of loggers.toReversed()) logger.info("m", { k: "v" });
          for (const logger of loggers) logger.info("m", { k: "v" });
          const want = branches.map((branch) => model([...steps, ...branch], { k: "v" }));
          expect(handler.records.map((record) => record.attrs)).toEqual([...want.toReversed(), ...want]);
        },
      ),
    );
  });

  test("a logger over a logger comes to one chain", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), fc.array(step, { maxLength: 4 }), tree, (inner, outer, attrs) => {
        const handler = memoryHandler();
        apply(new Logger(apply(new Logger(handler), inner)), outer).info("m", attrs);
        expect(handler.records.map((record) => record.attrs)).toEqual([model([...inner, ...outer], attrs)]);
      }),
    );
  });

  test("the steps of a chain are read from the oldest to the newest, and a chain is never changed", () => {
    const first = Binding.attrs(undefined, { a: 1 });
    const second = Binding.group(first, "g");
    const joined = Binding.join(Binding.group(undefined, "outer"), second);
    expect(bindingSteps(second)).toEqual([first, second]);
    expect(bindingSteps(joined).map(({ group, attrs }) => group ?? attrs)).toEqual(["outer", { a: 1 }, "g"]);
    expect(bindingSteps(undefined)).toEqual([]);
    expect(second.parent).toBe(first);
  });

  test("what is bound is copied one level deep, when it is bound", () => {
    const attrs: { a: number; b?: number } = { a: 1 };
    const binding = Binding.attrs(undefined, attrs);
    attrs.a = 2;
    attrs.b = 3;
    expect(recordAttrs(createRecord({ binding }))).toEqual({ a: 1 });
  });

  test("a lazy value that is bound is computed with the first record, and once for all", () => {
    const handler = memoryHandler();
    let computed = 0;
    const logger = new Logger(handler).with({ lazy: { [Symbol.for("correlog.logValue")]: () => ++computed } });
    expect(computed).toBe(0);
    logger.info("m");
    logger.info("m");
    expect([computed, handler.records.map(({ attrs }) => attrs["lazy"])]).toEqual([1, [1, 1]]);
  });

  test("with() and withGroup() without anything give the same logger", () => {
    const logger = new Logger(memoryHandler());
    expect([logger.with({}), logger.withGroup(""), logger.named("")]).toEqual([logger, logger, logger]);
    expect([logger.with({}) === logger, logger.withGroup("") === logger, logger.named("") === logger]).toEqual([
      true,
      true,
      true,
    ]);
  });

  const BOUND: readonly { name: string; attrs: unknown; want: Readonly<Record<string, unknown>> }[] = [
    {
      name: "an Error is bound as err",
      attrs: new RangeError("boom"),
      want: { err: expect.objectContaining({ type: "RangeError", message: "boom" }) },
    },
    { name: "a string is not lost", attrs: "text", want: { args: ["text"] } },
    { name: "a list is not lost", attrs: [1], want: { args: [[1]] } },
    { name: "a map is not lost", attrs: new Map([["a", 1]]), want: { args: [{ a: 1 }] } },
    {
      name: "a getter that throws costs itself only",
      attrs: {
        a: 1,
        get b() {
          throw new Error("why");
        },
      },
      want: { a: 1, b: "[Throws: why]" },
    },
  ];
  for (const { name, attrs, want } of BOUND) {
    test(`with(): ${name}`, () => {
      const handler = memoryHandler();
      new Logger(handler).with(attrs as Attrs).info("m");
      expect(handler.records[0]?.attrs).toEqual(want);
    });
  }
});
