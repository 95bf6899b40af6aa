import { holds, same } from "./compare.ts";
import { contextWith } from "./context-with.ts";
import { revokedProxy, throwing, throwingProxy, TRAPS } from "./hostile-parts.ts";
import { HOSTILE_VALUES } from "./hostile-values.ts";
import { MESSAGE } from "./trial.ts";
import type { CaseRule } from "./case.ts";
import type { HostileValue } from "./hostile-values.ts";
import type { ParsedRecord } from "./parsed-record.ts";
import type { Trial } from "./trial.ts";

/** Logs a value in each place where one can stand; one record each must come out, its other attributes whole. */
function valueCase({ name, make, says = [], leavesNothing, isHuge }: HostileValue): CaseRule {
  return {
    name: `value-${name}`,
    rule: `${name}: one record comes out, its other attributes whole, also when the value is bound, in a group, an array or a map.`,
    async check(trial) {
      const { logger } = trial;
      logger.info(MESSAGE, { before: "b", v: make(), after: "a" });
      logger.with({ before: "b", v: make(), after: "a" }).info(MESSAGE);
      logger.info(MESSAGE, { before: "b", g: { first: "f", v: make(), last: "l" }, after: "a" });
      logger.info(MESSAGE, { before: "b", list: ["f", make(), "l"], after: "a" });
      logger.info(MESSAGE, {
        before: "b",
        map: new Map([
          ["first", "f"],
          ["v", make()],
        ] as [string, unknown][]),
        after: "a",
      });
      const [call, bound, group] = await exactly(trial, 5);
      for (const record of [call, bound]) {
        if (record === undefined) continue;
        if (leavesNothing === true) trial.lacks(record, ["v"]);
        else trial.says(record, ["v"], says);
      }
      if (group === undefined) return;
      trial.has(group, ["g", "first"], "f");
      if (isHuge !== true) trial.has(group, ["g", "last"], "l");
      if (leavesNothing !== true) trial.says(group, ["g", "v"], says);
    },
  };
}

async function exactly(trial: Trial, count: number): Promise<readonly ParsedRecord[]> {
  const records = await trial.exactly(count);
  for (const record of records) {
    same("message", record.message, MESSAGE);
    trial.has(record, ["before"], "b");
    trial.has(record, ["after"], "a");
  }
  return records;
}

const ATTRS: readonly CaseRule[] = [
  {
    name: "attrs-throwing-getter",
    rule: "A getter among the attributes that throws costs its own attribute only.",
    async check(trial) {
      const attrs = Object.defineProperties(
        { before: "b" },
        { v: { get: throwing("why"), enumerable: true }, after: { value: "a", enumerable: true } },
      );
      trial.logger.info(MESSAGE, attrs);
      trial.logger.with(attrs).info(MESSAGE);
      for (const record of await exactly(trial, 2)) trial.says(record, ["v"], []);
    },
  },
  {
    name: "attrs-proxy",
    rule: "Attributes that throw whatever is done to them do not lose the record.",
    async check(trial) {
      const proxies = [revokedProxy({ a: 1 }), throwingProxy({ a: 1 }), ...TRAPS.map((trap) => throwingProxy({ a: 1 }, [trap]))];
      for (const attrs of proxies) {
        trial.logger.info(MESSAGE, attrs);
        trial.logger.info(contextWith({}), MESSAGE, attrs);
        trial.logger.with({ k: "v" }).with(attrs).info(MESSAGE);
      }
      for (const record of await trial.exactly(3 * proxies.length)) same("message", record.message, MESSAGE);
    },
  },
  {
    name: "attrs-too-many",
    rule: "Of too many attributes the first ones come out, the built-in fields whole.",
    async check(trial) {
      trial.logger.info(MESSAGE, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])));
      const record = await trial.only();
      same("message", record.message, MESSAGE);
      trial.has(record, ["k0"], 0);
    },
  },
  {
    name: "attrs-error",
    rule: "An Error in place of the attributes or the message comes out with its type and message.",
    async check(trial) {
      trial.logger.info(MESSAGE, new RangeError("boom"));
      trial.logger.info(new RangeError("boom"));
      for (const { attrs } of await trial.exactly(2)) {
        const text = JSON.stringify(attrs);
        holds("type and message of the error", text.includes("RangeError") && text.includes("boom"), text);
      }
    },
  },
  {
    name: "error-prepare-stack-trace",
    rule: "An app whose Error.prepareStackTrace throws still gets its errors logged.",
    async check(trial) {
      const old = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
      // It is called when the stack is first read, which is inside the log call.
      const error = new Error("kept");
      Error.prepareStackTrace = throwing("why");
      try {
        trial.logger.info(MESSAGE, { before: "b", v: error, after: "a" });
      } finally {
        if (old === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
        else Object.defineProperty(Error, "prepareStackTrace", old);
      }
      for (const record of await exactly(trial, 1)) trial.says(record, ["v"], ["kept"]);
    },
  },
];

const TRICKY_MESSAGES: Readonly<Record<string, string>> = {
  nothing: "",
  pairs: "a=b \"c\" 'd'",
  lines: "two\nlines\r\n",
  controls: "\u0000\u001b[31m\u2028",
  markup: "<&>\\",
  unicode: "µåπ 👩‍🚀",
  json: '{"level":"FATAL"}',
  specifiers: "%s %d",
};

const MESSAGES: readonly CaseRule[] = Object.entries(TRICKY_MESSAGES).map(([name, message]) => ({
  name: `message-${name}`,
  rule: `A message of ${name} comes out as it is, in one record.`,
  async check(trial) {
    trial.logger.info(message, { k: "v" });
    const record = await trial.only();
    same("message", record.message, message);
    trial.attrs(record, { k: "v" });
  },
}));

const TEXTS: CaseRule = {
  name: "texts",
  rule: "Text comes back as it was: empty, with blanks, equals signs, quotes, backslashes, control characters, line ends.",
  async check(trial) {
    const texts = [
      "",
      "ab",
      "a=b",
      '"ab"',
      "\\a\\b",
      "\t",
      "a b",
      " a ",
      "µåπ",
      "\r\n",
      "\u0007",
      "<>&",
      "\u2028\u2029",
      "\uffff",
      "\\u0041",
      "null",
      "17",
      "[",
      "{}",
    ];
    for (const text of texts) trial.logger.info(MESSAGE, { before: "b", text, after: "a" });
    for (const [i, record] of (await exactly(trial, texts.length)).entries()) trial.has(record, ["text"], texts[i]);
  },
};

/** Are the rules for values, attributes and messages that have broken other loggers. */
export const HOSTILE_CASES: readonly CaseRule[] = [...HOSTILE_VALUES.map(valueCase), ...ATTRS, ...MESSAGES, TEXTS];
