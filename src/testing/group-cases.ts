import { attrsCase } from "./case.ts";
import { same } from "./compare.ts";
import { saying } from "./slog-cases.ts";
import { MESSAGE } from "./trial.ts";
import type { AttrsRow, CaseRule } from "./case.ts";

const ROWS: readonly AttrsRow[] = [
  {
    name: "empty-key-value",
    rule: "A value under an empty key is kept.",
    log: (logger) => logger.info(MESSAGE, { "": "v" }),
    want: { "": "v" },
  },
  {
    name: "nested-empty-groups",
    rule: "Groups that hold only empty groups leave no trace.",
    log: (logger) => logger.info(MESSAGE, { g: { h: { i: {}, j: {} } }, k: "v" }),
    want: { k: "v" },
  },
  {
    name: "nested-group-beside-empty",
    rule: "An empty group is gone while the group beside it stays.",
    log: (logger) => logger.info(MESSAGE, { g: { h: { i: {}, j: { a: "1" } } } }),
    want: { g: { h: { j: { a: "1" } } } },
  },
  {
    name: "resolve-to-group",
    rule: "A value that says it is a group is one.",
    log: (logger) => logger.info(MESSAGE, { name: saying({ first: "Ren", last: saying("Hoek") }) }),
    want: { name: { first: "Ren", last: "Hoek" } },
  },
  {
    name: "resolve-to-empty-group",
    rule: "A value that says it is an empty group leaves no trace, nor does the group around it.",
    log: (logger) => logger.info(MESSAGE, { a: saying({}), g: { b: saying({}) }, k: "v" }),
    want: { k: "v" },
  },
  {
    name: "resolve-to-inline-group",
    rule: "A value under an empty key that says it is a group is inlined.",
    log: (logger) => logger.info(MESSAGE, { "": saying({ a: "b" }), k: "v" }),
    want: { a: "b", k: "v" },
  },
  {
    name: "resolve-to-nothing",
    rule: "A value that says it is undefined leaves no trace, nor does null under an empty key.",
    log: (logger) => logger.info(MESSAGE, { a: saying(undefined), "": saying(null), k: "v" }),
    want: { k: "v" },
  },
  {
    name: "with-group-with",
    rule: "with() and withGroup() in turn, three deep, put each attribute where it belongs.",
    log: (logger) =>
      logger.with({ p1: "1" }).withGroup("s1").with({ p2: "2" }).withGroup("s2").with({ p3: "3" }).info(MESSAGE, { a: "one" }),
    want: { p1: "1", s1: { p2: "2", s2: { p3: "3", a: "one" } } },
  },
  {
    name: "with-group-twice",
    rule: "Two groups opened in a row nest.",
    log: (logger) => logger.with({ p: "1" }).withGroup("s1").withGroup("s2").info(MESSAGE, { a: "one" }),
    want: { p: "1", s1: { s2: { a: "one" } } },
  },
  {
    name: "with-group-no-attrs",
    rule: "A record without any attribute shows no open group.",
    log: (logger) => logger.withGroup("x").withGroup("y").info(MESSAGE),
    want: {},
  },
  {
    name: "with-group-empty-attrs",
    rule: "An open group in which only an empty group was bound leaves no trace.",
    log: (logger) => logger.withGroup("x").with({ g: {} }).withGroup("y").info(MESSAGE),
    want: {},
  },
  {
    name: "with-group-empty-inside",
    rule: "An open group vanishes when the call brings only empty groups, and the one around it stays.",
    log: (logger) =>
      logger
        .withGroup("x")
        .with({ a: "1" })
        .withGroup("y")
        .info(MESSAGE, { g: { h: {} } }),
    want: { x: { a: "1" } },
  },
  {
    name: "with-group-empty-name",
    rule: 'withGroup("") opens nothing.',
    log: (logger) => logger.withGroup("").with({ a: "1" }).withGroup("").info(MESSAGE, { b: "2" }),
    want: { a: "1", b: "2" },
  },
  {
    name: "with-group-same-as-group",
    rule: "withGroup() of a name under which a group is bound already merges the two.",
    log: (logger) =>
      logger
        .with({ g: { a: "1" } })
        .withGroup("g")
        .info(MESSAGE, { b: "2" }),
    want: { g: { a: "1", b: "2" } },
  },
  {
    name: "inline-group-with",
    rule: "A group with an empty key is inlined among bound attributes and inside an open group.",
    log: (logger) =>
      logger
        .with({ "": { a: "1" } })
        .withGroup("g")
        .info(MESSAGE, { "": { b: "2" }, c: "3" }),
    want: { a: "1", g: { b: "2", c: "3" } },
  },
  {
    name: "odd-keys",
    rule: "Keys and group names with blanks, dots, equals signs, quotes, control characters and line ends come out as they are.",
    needs: ["nesting"],
    log: (logger) => logger.withGroup(' b.c="\\x2E\t').info(MESSAGE, { "a b": "x", "c.d=e": "y", 'f"\n\u0000': "z" }),
    want: { ' b.c="\\x2E\t': { "a b": "x", "c.d=e": "y", 'f"\n\u0000': "z" } },
  },
  {
    name: "undefined-and-null",
    rule: "An attribute that is undefined is left out, one that is null is kept.",
    log: (logger) => logger.info(MESSAGE, { a: undefined, b: null, g: { c: undefined } }),
    want: { b: null },
  },
];

const ORDER: CaseRule = {
  name: "order",
  rule: "Attributes keep their order: bound ones, then the call's, an inlined group where it stood.",
  needs: ["order"],
  async check(trial) {
    trial.logger.with({ a: "1" }).info(MESSAGE, { b: "2", "": { c: "3", d: "4" }, g: { f: "5", e: "6" }, h: "7" });
    const { attrs } = await trial.only();
    same(
      "order of the attributes",
      Object.keys(attrs).filter((key) => !key.startsWith("g")),
      ["a", "b", "c", "d", "h"],
    );
    same("order inside the group", JSON.stringify(attrs).search(/f.*e/) > 0, true);
  },
};

/** Are the edge cases of groups and bound attributes that Go's own handlers are tested for, and those that its kit forgot. */
export const GROUP_CASES: readonly CaseRule[] = [...ROWS.map(attrsCase), ORDER];
