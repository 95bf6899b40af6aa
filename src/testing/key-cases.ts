import { INFO } from "../level/level.ts";
import { RESERVED } from "../record/reserved.ts";
import { attrsCase } from "./case.ts";
import { contextWith, SPAN_ID, TRACE_ID } from "./context-with.ts";
import { ABSENT, Mismatch, same } from "./compare.ts";
import { MESSAGE, NOW } from "./trial.ts";
import type { AttrsRow, CaseRule } from "./case.ts";
import type { ParsedRecord } from "./parsed-record.ts";
import type { Trial } from "./trial.ts";

const DUPLICATES: readonly AttrsRow[] = [
  {
    name: "duplicate-bound",
    rule: "A key bound twice comes out once, with the later value.",
    log: (logger) => logger.with({ k: "old" }).with({ k: "new" }).info(MESSAGE),
    want: { k: "new" },
  },
  {
    name: "duplicate-call",
    rule: "The call's value stands for a bound one of the same key.",
    log: (logger) => logger.with({ k: "bound", a: "1" }).info(MESSAGE, { k: "call" }),
    want: { k: "call", a: "1" },
  },
  {
    name: "duplicate-inlined",
    rule: "A key of an inlined group and one beside it come out once, with the later value.",
    log: (logger) => logger.info(MESSAGE, { k: "old", "": { k: "new" } }),
    want: { k: "new" },
  },
  {
    name: "duplicate-in-group",
    rule: "Two groups of one key are one group, the later value of each member.",
    log: (logger) => logger.with({ g: { a: "1", b: "old" } }).info(MESSAGE, { g: { b: "new", c: "3" } }),
    want: { g: { a: "1", b: "new", c: "3" } },
  },
  {
    name: "duplicate-group-and-value",
    rule: "A later value stands for a group, and a later group for a value.",
    log: (logger) => logger.with({ a: { b: "1" }, c: "2" }).info(MESSAGE, { a: "3", c: { d: "4" } }),
    want: { a: "3", c: { d: "4" } },
  },
];

const VALUE = "the user's own";

const RESERVED_KEYS: readonly CaseRule[] = [
  ...[
    ...RESERVED,
    "message",
    "timestamp",
    "severity",
    "body",
    "attributes",
    "resource",
    "constructor",
    "__proto__",
    "toString",
  ].map((key): CaseRule => ({
    name: `reserved-${key}`,
    rule: `An attribute named ${key} comes out with its value, and no built-in field is changed.`,
    needs: ["time"],
    async check(trial) {
      const attrs = Object.fromEntries([
        ["before", "b"],
        [key, VALUE],
        ["after", "a"],
      ]);
      trial.logger.info(contextWith({ span: true }), MESSAGE, attrs);
      trial.logger.with(attrs).info(contextWith({ span: true }), MESSAGE);
      for (const record of await trial.exactly(2)) intact(trial, record, key);
    },
  })),
  {
    name: "reserved-in-group",
    rule: "Inside a group no key is reserved.",
    async check(trial) {
      const members = { time: "t", level: "l", msg: "m", trace_id: "i" };
      trial.logger.withGroup("g").info(MESSAGE, members);
      trial.attrs(await trial.only(), { g: members });
    },
  },
];

function intact(trial: Trial, record: ParsedRecord, key: string): void {
  const { time, level, message, traceId = TRACE_ID, spanId = SPAN_ID } = record;
  same(
    "built-in fields",
    { time, level, message, traceId, spanId },
    { time: NOW, level: INFO, message: MESSAGE, traceId: TRACE_ID, spanId: SPAN_ID },
  );
  const found = [trial.at(record, [key]), trial.at(record, [`attr.${key}`])].filter((value) => value !== ABSENT);
  // Which name it has is the output's to say; that it is there, and there once, is not.
  if (!found.includes(VALUE)) throw new Mismatch(`attribute ${key} or attr.${key}`, record.attrs, VALUE);
  same("occurrences of the value", found.length, 1);
  trial.has(record, ["before"], "b");
  trial.has(record, ["after"], "a");
}

/** Are the rules for keys that occur twice and for keys that are an output's own. */
export const KEY_CASES: readonly CaseRule[] = [...DUPLICATES.map(attrsCase), ...RESERVED_KEYS];
