import { INFO } from "../level/level.ts";
import { createRecord } from "../record/log-record.ts";
import { logValue } from "../value/log-value.ts";
import { ROOT } from "../context/otel-api.ts";
import { attrsCase } from "./case.ts";
import { same } from "./compare.ts";
import { MESSAGE, NOW } from "./trial.ts";
import type { LogValuer } from "../value/log-value.ts";
import type { AttrsRow, CaseRule } from "./case.ts";

/** Makes a value that says itself what it is. */
export function saying(value: unknown): LogValuer {
  return { [logValue]: () => value };
}

const BUILT_INS: readonly CaseRule[] = [
  {
    name: "built-ins",
    rule: "A record comes out once, with its time, level and message.",
    needs: ["time"],
    async check(trial) {
      trial.logger.info("message");
      const { time, level, message } = await trial.only();
      same("built-in fields", { time, level, message }, { time: NOW, level: INFO, message: "message" });
    },
  },
  {
    name: "zero-time",
    rule: "A record without a time comes out without one.",
    needs: ["time"],
    async check(trial) {
      trial.handler.handle(createRecord({ message: MESSAGE, attrs: { k: "v" } }), ROOT);
      const record = await trial.only();
      same("time", record.time, undefined);
      trial.attrs(record, { k: "v" });
    },
  },
  {
    name: "empty-source",
    rule: "A record without a source says nothing of one.",
    async check(trial) {
      trial.logger.info(MESSAGE);
      trial.lacks(await trial.only(), ["source"]);
    },
  },
];

const ROWS: readonly AttrsRow[] = [
  {
    name: "attrs",
    rule: "The call's attributes come out.",
    log: (logger) => logger.info(MESSAGE, { k: "v" }),
    want: { k: "v" },
  },
  {
    name: "empty-attr",
    rule: "An attribute without key and value leaves no trace.",
    log: (logger) => logger.info(MESSAGE, { a: "b", "": null, c: "d" }),
    want: { a: "b", c: "d" },
  },
  {
    name: "with-attrs",
    rule: "Attributes bound by with() come out beside the call's.",
    log: (logger) => logger.with({ a: "b" }).info(MESSAGE, { k: "v" }),
    want: { a: "b", k: "v" },
  },
  {
    name: "groups",
    rule: "An object literal is a group.",
    log: (logger) => logger.info(MESSAGE, { a: "b", G: { c: "d" }, e: "f" }),
    want: { a: "b", G: { c: "d" }, e: "f" },
  },
  {
    name: "empty-group",
    rule: "An empty group leaves no trace.",
    log: (logger) => logger.info(MESSAGE, { a: "b", G: {}, e: "f" }),
    want: { a: "b", e: "f" },
  },
  {
    name: "inline-group",
    rule: "The members of a group with an empty key stand where the group stands.",
    log: (logger) => logger.info(MESSAGE, { a: "b", "": { c: "d" }, e: "f" }),
    want: { a: "b", c: "d", e: "f" },
  },
  {
    name: "with-group",
    rule: "withGroup() puts the call's attributes into the group, and never the built-in fields.",
    log: (logger) => logger.withGroup("G").info(MESSAGE, { a: "b" }),
    want: { G: { a: "b" } },
  },
  {
    name: "multi-with",
    rule: "What is bound stands in the groups that were open when it was bound.",
    log: (logger) => logger.with({ a: "b" }).withGroup("G").with({ c: "d" }).withGroup("H").info(MESSAGE, { e: "f" }),
    want: { a: "b", G: { c: "d", H: { e: "f" } } },
  },
  {
    name: "empty-group-record",
    rule: "A group that withGroup() opened leaves no trace when nothing is in it.",
    log: (logger) => logger.with({ a: "b" }).withGroup("G").with({ c: "d" }).withGroup("H").info(MESSAGE),
    want: { a: "b", G: { c: "d" } },
  },
  {
    name: "nested-empty-group-record",
    rule: "Groups in groups that withGroup() opened leave no trace when nothing is in them.",
    log: (logger) => logger.with({ a: "b" }).withGroup("G").with({ c: "d" }).withGroup("H").withGroup("I").info(MESSAGE),
    want: { a: "b", G: { c: "d" } },
  },
  {
    name: "resolve",
    rule: "A value with [logValue]() comes out as what that returns.",
    log: (logger) => logger.info(MESSAGE, { k: saying("replaced") }),
    want: { k: "replaced" },
  },
  {
    name: "resolve-groups",
    rule: "[logValue]() is called inside a group.",
    log: (logger) => logger.info(MESSAGE, { G: { a: "v1", b: saying("v2") } }),
    want: { G: { a: "v1", b: "v2" } },
  },
  {
    name: "resolve-with-attrs",
    rule: "[logValue]() is called on bound attributes.",
    log: (logger) => logger.with({ k: saying("replaced") }).info(MESSAGE),
    want: { k: "replaced" },
  },
  {
    name: "resolve-with-attrs-groups",
    rule: "[logValue]() is called inside a bound group.",
    log: (logger) => logger.with({ G: { a: "v1", b: saying("v2") } }).info(MESSAGE),
    want: { G: { a: "v1", b: "v2" } },
  },
];

/** Are the 17 cases of Go's `testing/slogtest`, under its names. @see https://pkg.go.dev/testing/slogtest */
export const SLOG_CASES: readonly CaseRule[] = [...BUILT_INS, ...ROWS.map(attrsCase)];
