import { DEFAULT_LIMITS } from "../value/limits.ts";

/** So few are sooner compared than looked up (an event with one 1.19 to 1.14 of an event without a type). */
const FEW = 8;

/** Are primitive values that a schema names. */
export class NamedValues {
  readonly #few: readonly unknown[];
  readonly #all: ReadonlySet<unknown>;

  constructor(values: readonly unknown[]) {
    const all = values.filter((each) => !isOddText(each));
    this.#few = all.slice(0, FEW);
    this.#all = new Set(all);
  }

  has(value: unknown): boolean {
    const few = this.#few;
    for (let i = 0; i < few.length; i++) if (few[i] === value) return true;
    return this.#all.size > FEW && this.#all.has(value);
  }
}

/** Tells a text that is not logged as it is. */
function isOddText(value: unknown): boolean {
  return typeof value === "string" && (!value.isWellFormed() || value.length > DEFAULT_LIMITS.stringLength);
}
