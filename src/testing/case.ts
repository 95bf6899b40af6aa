import { INFO } from "../level/level.ts";
import { same } from "./compare.ts";
import { MESSAGE } from "./trial.ts";
import type { Logger } from "../logger/logger.ts";
import type { Feature } from "./parsed-record.ts";
import type { Trial } from "./trial.ts";

/** Is a rule that every handler keeps, and the way to find out. */
export interface CaseRule {
  /** Is unique, and what a skip names. */
  readonly name: string;
  /** States in one sentence what must hold. */
  readonly rule: string;
  /** What the output must be able to say for the rule to mean anything. */
  readonly needs?: readonly Feature[];
  /** @throws Mismatch when the rule does not hold. */
  check(trial: Trial): void | Promise<void>;
}

/** Is a case of the most common form: one call, and all attributes of the record that comes out. */
export interface AttrsRow {
  readonly name: string;
  readonly rule: string;
  readonly needs?: readonly Feature[];
  /** Logs one record of level `INFO` with the message {@link MESSAGE}. */
  readonly log: (logger: Logger) => void;
  readonly want: { readonly [key: string]: unknown };
}

/** Makes a case of a row: the built-in fields are looked at too. */
export function attrsCase(row: AttrsRow): CaseRule {
  const { name, rule, needs = [], log, want } = row;
  return {
    name,
    rule,
    needs,
    async check(trial) {
      log(trial.logger);
      const record = await trial.only();
      same("message", record.message, MESSAGE);
      same("level", record.level, INFO);
      trial.attrs(record, want);
    },
  };
}
