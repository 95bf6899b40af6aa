import { DEBUG, ERROR, FATAL, INFO, OFF, TRACE, WARN } from "../level/level.ts";
import { createRecord } from "../record/log-record.ts";
import { ROOT } from "../context/otel-api.ts";
import { same } from "./compare.ts";
import { contextWith } from "./context-with.ts";
import { MESSAGE, NOW } from "./trial.ts";
import type { CaseRule } from "./case.ts";
import type { Trial } from "./trial.ts";

const LEVELS = Array.from({ length: 24 }, (_, i) => i + 1);

const ENABLED: readonly CaseRule[] = [
  {
    name: "levels",
    rule: "Each of the 24 levels comes out as itself.",
    async check(trial) {
      for (const level of LEVELS) trial.logger.log(level, MESSAGE);
      same(
        "levels",
        (await trial.exactly(24)).map(({ level }) => level),
        LEVELS,
      );
    },
  },
  {
    name: "level-methods",
    rule: "Each method logs at its own level.",
    async check(trial) {
      const { logger } = trial;
      logger.trace(MESSAGE);
      logger.debug(MESSAGE);
      logger.info(MESSAGE);
      logger.warn(MESSAGE);
      logger.error(MESSAGE);
      logger.fatal(MESSAGE);
      const levels = (await trial.exactly(6)).map(({ level }) => level);
      same("levels", levels, [TRACE, DEBUG, INFO, WARN, ERROR, FATAL]);
    },
  },
  {
    name: "enabled",
    rule: "enabled() says true or false for every level, with and without a context, and leaves no record.",
    async check(trial) {
      for (const level of LEVELS) {
        for (const ctx of [undefined, ROOT, contextWith({ span: true })])
          same("enabled", trial.handler.enabled(level, ctx), true);
      }
      await trial.exactly(0);
    },
  },
  {
    name: "threshold",
    rule: "A handler that states a threshold is enabled for nothing below it.",
    check({ handler }) {
      const { threshold } = handler;
      if (threshold === undefined) return;
      for (let level = TRACE; level < Math.min(threshold.level, OFF); level++)
        same(`enabled(${level})`, handler.enabled(level), false);
    },
  },
  {
    name: "synchronous",
    rule: "handle() returns nothing: it is done when it returns.",
    async check(trial) {
      const result: unknown = trial.handler.handle(createRecord({ message: MESSAGE }), ROOT);
      same("result", result, undefined);
      await trial.only();
    },
  },
];

const FIELDS: readonly CaseRule[] = [
  {
    name: "times",
    rule: "A time comes out to the millisecond.",
    needs: ["time"],
    async check(trial) {
      // The last one is near the end of 64 bits of nanoseconds, which is all that OTLP has.
      const times = [NOW, NOW + 1, 1, 999, Date.UTC(2500, 11, 31, 23, 59, 59, 999)];
      for (const time of times) trial.handler.handle(createRecord({ message: MESSAGE, time }), ROOT);
      same(
        "times",
        (await trial.exactly(times.length)).map(({ time }) => time),
        times,
      );
    },
  },
  {
    name: "event-name",
    rule: "An event's record carries its name, and an ordinary one none.",
    needs: ["event name"],
    async check(trial) {
      trial.logger.withGroup("g").event("order.paid", { id: "o17" });
      trial.logger.info(MESSAGE);
      const [event, other] = await trial.exactly(2);
      same("event names", [event?.eventName, other?.eventName], ["order.paid", undefined]);
      if (event !== undefined) trial.attrs(event, { g: { id: "o17" } });
    },
  },
  {
    name: "logger-name",
    rule: "A named logger's record carries its name, joined by dots, and an unnamed one's none.",
    needs: ["logger"],
    async check(trial) {
      trial.logger.named("http").named("client").info(MESSAGE);
      trial.logger.info(MESSAGE);
      same(
        "logger names",
        (await trial.exactly(2)).map(({ logger }) => logger),
        ["http.client", undefined],
      );
    },
  },
  {
    name: "sequence",
    rule: "Records come out in the order in which they were logged.",
    async check(trial) {
      for (let i = 0; i < 200; i++) trial.logger.log(i % 50 === 49 ? ERROR : INFO, `m${i}`);
      same(
        "messages",
        (await trial.exactly(200)).map(({ message }) => message),
        Array.from({ length: 200 }, (_, i) => `m${i}`),
      );
    },
  },
];

const ENDS: readonly CaseRule[] = [
  {
    name: "flush",
    rule: "When flush() has resolved, all that was handled before is out; with nothing to do, or asked twice at once, it resolves too.",
    async check(trial) {
      await trial.handler.flush?.();
      log(trial, 5);
      await Promise.all([trial.handler.flush?.(), trial.handler.flush?.()]);
      log(trial, 5);
      await trial.exactly(10);
    },
  },
  {
    name: "shutdown",
    rule: "When shutdown() has resolved, all that was handled before is out; asked again it resolves too.",
    async check(trial) {
      log(trial, 5);
      await trial.shutdown();
      await trial.shutdown();
      await trial.exactly(5);
    },
  },
  {
    name: "after-shutdown",
    rule: "A log call after shutdown() does no harm; flush() and shutdown() settle then, and what was handled before stays out.",
    async check(trial) {
      log(trial, 1);
      await trial.shutdown();
      log(trial, 1);
      // They may well reject: the record that came too late is dropped.
      await Promise.allSettled([trial.handler.flush?.(), trial.handler.shutdown?.()]);
      const [first] = await trial.records();
      same("the record before", first?.message, "m0");
    },
  },
];

function log({ logger }: Trial, count: number): void {
  for (let i = 0; i < count; i++) logger.info(`m${i}`);
}

/** Are the rules for levels, for the fields of a record beside its attributes, and for flush and shutdown. */
export const LIFECYCLE_CASES: readonly CaseRule[] = [...ENABLED, ...FIELDS, ...ENDS];
