import { createRecord } from "../record/log-record.ts";
import { fanout } from "../handler/fanout.ts";
import { ROOT } from "../context/otel-api.ts";
import { ABSENT, holds, same } from "./compare.ts";
import { throwing } from "./hostile-parts.ts";
import { MESSAGE } from "./trial.ts";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { CaseRule } from "./case.ts";
import type { Trial } from "./trial.ts";

const SIBLINGS: readonly CaseRule[] = [
  {
    name: "no-leak",
    rule: "The attributes of one record do not show in the next.",
    async check(trial) {
      trial.logger.info(MESSAGE, { a: "1", g: { b: "2" } });
      trial.logger.info(MESSAGE);
      trial.logger.withGroup("g").info(MESSAGE, { c: "3" });
      await all(trial, [{ a: "1", g: { b: "2" } }, {}, { g: { c: "3" } }]);
    },
  },
  {
    name: "siblings-with",
    rule: "Loggers made by with() from one another keep each its own attributes, in whatever order they log.",
    async check(trial) {
      const one = trial.logger.with({ a: "1" });
      const two = one.with({ b: "2" });
      const other = one.with({ b: "other" });
      for (const logger of [other, two, one, trial.logger, two]) logger.info(MESSAGE);
      await all(trial, [{ a: "1", b: "other" }, { a: "1", b: "2" }, { a: "1" }, {}, { a: "1", b: "2" }]);
    },
  },
  {
    name: "siblings-with-group",
    rule: "Loggers made by withGroup() from one another keep each its own groups.",
    async check(trial) {
      const one = trial.logger.withGroup("g");
      const two = one.withGroup("h");
      for (const logger of [two, one, trial.logger]) logger.info(MESSAGE, { k: "v" });
      await all(trial, [{ g: { h: { k: "v" } } }, { g: { k: "v" } }, { k: "v" }]);
    },
  },
  {
    name: "siblings-with-group-with",
    rule: "What is bound in a group of one logger does not show in its sibling's.",
    async check(trial) {
      const parent = trial.logger.with({ p: "0" }).withGroup("g");
      const one = parent.with({ a: "1" });
      const two = parent.with({ a: "2" });
      for (const logger of [two, one, parent]) logger.info(MESSAGE, { k: "v" });
      await all(trial, [
        { p: "0", g: { a: "2", k: "v" } },
        { p: "0", g: { a: "1", k: "v" } },
        { p: "0", g: { k: "v" } },
      ]);
    },
  },
  {
    name: "interleaved",
    rule: "A thousand tasks that log by turns over two loggers lose, tear and mix no record.",
    async check(trial) {
      const loggers = [trial.logger.with({ by: "one" }), trial.logger.withGroup("g").with({ by: "two" })];
      await Promise.all(
        Array.from({ length: 1000 }, async (_, i) => {
          await Promise.resolve();
          loggers[i % 2]?.info(MESSAGE, { n: String(i) });
        }),
      );
      const records = await trial.exactly(1000);
      const numbers = records.map((record) => {
        const atRoot = trial.at(record, ["n"]);
        const n = Number(atRoot === ABSENT ? trial.at(record, ["g", "n"]) : atRoot);
        trial.attrs(record, n % 2 === 0 ? { by: "one", n: String(n) } : { g: { by: "two", n: String(n) } });
        return n;
      });
      same("different records", new Set(numbers).size, 1000);
    },
  },
];

const CALLERS: readonly CaseRule[] = [
  {
    name: "mutated-attrs",
    rule: "What the caller does to the attributes after the call, at any depth, does not show.",
    async check(trial) {
      const bytes = new Uint8Array([1, 2, 3]);
      const attrs = { k: "then", g: { k: "then" }, list: ["then"], map: new Map([["k", "then"]]), date: new Date(0), bytes };
      trial.logger.info(MESSAGE, { other: bytes.slice() });
      trial.logger.info(MESSAGE, { other: bytes });
      trial.logger.info(MESSAGE, attrs);
      Object.assign(attrs, { k: "now", more: "now" });
      Object.assign(attrs.g, { k: "now", more: "now" });
      attrs.list[0] = "now";
      attrs.map.set("k", "now");
      attrs.date.setTime(Date.now());
      bytes.fill(0);
      const [copied, kept, record] = await trial.exactly(3);
      if (copied === undefined || kept === undefined || record === undefined) return;
      same("bytes", trial.at(kept, ["other"]), trial.at(copied, ["other"]));
      trial.has(record, ["k"], "then");
      trial.has(record, ["g"], { k: "then" });
      trial.says(record, ["date"], ["1970-01-01"]);
      holds("nothing that came later", !JSON.stringify(record.attrs).includes("now"), record.attrs);
    },
  },
  {
    name: "mutated-bound",
    rule: "What the caller does to bound attributes after with() does not show.",
    async check(trial) {
      const attrs: { [key: string]: string } = { k: "then" };
      const logger = trial.logger.with(attrs);
      Object.assign(attrs, { k: "now", more: "now" });
      logger.info(MESSAGE);
      await all(trial, [{ k: "then" }]);
    },
  },
  {
    name: "frozen-record",
    rule: "A handler changes neither the record nor the attributes that it is given.",
    async check(trial) {
      const attrs = Object.freeze({ k: "v", g: Object.freeze({ list: Object.freeze(["x"]) }) });
      trial.handler.handle(Object.freeze(createRecord({ message: MESSAGE, attrs })), ROOT);
      trial.says(await trial.only(), ["g"], ["x"]);
    },
  },
  {
    name: "middleware-adds",
    rule: "A record to which a middleware added attributes comes out with them, beside what was bound.",
    async check(trial) {
      const next = around(trial.handler, (record) => ({ ...record, attrs: { ...record.attrs, zone: "z1" } }));
      trial.over(next).with({ a: "1" }).withGroup("g").info(MESSAGE, { k: "v" });
      await all(trial, [{ a: "1", g: { k: "v", zone: "z1" } }]);
    },
  },
  {
    name: "middleware-removes",
    rule: "A record from which a middleware took all attributes comes out without any, and without open groups.",
    async check(trial) {
      const bare = around(trial.handler, (record) => ({ ...record, attrs: undefined, binding: undefined }));
      trial.over(bare).with({ a: "1" }).withGroup("g").info(MESSAGE, { k: "v" });
      const own = around(trial.handler, (record) => ({ ...record, attrs: {} }));
      trial.over(own).withGroup("g").info(MESSAGE, { k: "v" });
      await all(trial, [{}, {}]);
    },
  },
  {
    name: "logger-as-handler",
    rule: "A logger over a logger puts what is bound to the outer one inside what is bound to the inner one.",
    async check(trial) {
      trial
        .over(trial.logger.with({ inner: "1" }).withGroup("g"))
        .with({ outer: "2" })
        .info(MESSAGE, { k: "v" });
      await all(trial, [{ inner: "1", g: { outer: "2", k: "v" } }]);
    },
  },
];

const NEIGHBOURS: readonly CaseRule[] = [
  {
    name: "fanout-beside-failing",
    rule: "In a fan-out beside handlers that throw or reject every record comes out.",
    async check(trial) {
      const throws: Handler = {
        enabled: () => true,
        handle: throwing("handle"),
        flush: async () => Promise.reject(new Error("flush")),
      };
      const refuses: Handler = { enabled: throwing("enabled"), handle: throwing("handle") };
      const rejects = { enabled: () => true, handle: async () => Promise.reject(new Error("late")) };
      trial
        .over(fanout(throws, refuses, trial.handler, rejects))
        .with({ a: "1" })
        .info(MESSAGE, { k: "v" });
      await all(trial, [{ a: "1", k: "v" }]);
    },
  },
  {
    name: "fanout-twice",
    rule: "A handler that stands twice in a fan-out puts out the same record twice.",
    async check(trial) {
      trial.over(fanout(trial.handler, trial.handler)).with({ a: "1" }).withGroup("g").info(MESSAGE, { k: "v" });
      await all(trial, [
        { a: "1", g: { k: "v" } },
        { a: "1", g: { k: "v" } },
      ]);
    },
  },
  {
    name: "value-that-logs",
    rule: "A getter that logs while its record is written costs neither record anything.",
    async check(trial) {
      const { logger } = trial;
      const talks = {
        get a(): string {
          logger.info("inner", { i: "1" });
          return "seen";
        },
      };
      logger.with({ b: "2" }).info("outer", { k: "v", g: talks });
      const records = await trial.records();
      const outer = records.filter(({ message }) => message === "outer");
      same("outer records", outer.length, 1);
      for (const record of outer) trial.attrs(record, { b: "2", k: "v", g: { a: "seen" } });
      const inner = records.filter(({ message }) => message === "inner");
      holds("at least one inner record", inner.length > 0, inner.length);
      for (const record of inner) trial.attrs(record, { i: "1" });
    },
  },
  {
    name: "handler-that-logs",
    rule: "Beside a handler that logs to the logger that called it, every record comes out, and the call comes to an end.",
    async check(trial) {
      const answers: Handler = { enabled: () => true, handle: () => logger.info("answer", { n: "1" }) };
      const logger = trial.over(fanout(answers, trial.handler));
      logger.info("question", { k: "v" });
      const records = await trial.records();
      const questions = records.filter(({ message }) => message === "question");
      same("questions", questions.length, 1);
      for (const record of questions) trial.attrs(record, { k: "v" });
      holds("few records", records.length < 20, records.length);
    },
  },
];

function around(handler: Handler, change: (record: LogRecord) => LogRecord): Handler {
  return { enabled: (level, ctx) => handler.enabled(level, ctx), handle: (record, ctx) => handler.handle(change(record), ctx) };
}

async function all(trial: Trial, want: readonly { readonly [key: string]: unknown }[]): Promise<void> {
  for (const [i, record] of (await trial.exactly(want.length)).entries()) trial.attrs(record, want[i] ?? {});
}

/** Are the rules that keep records apart: from their siblings, from the caller's later changes, from a neighbour that fails or logs. */
export const ISOLATION_CASES: readonly CaseRule[] = [...SIBLINGS, ...CALLERS, ...NEIGHBOURS];
