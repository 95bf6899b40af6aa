import { show } from "../value/option.ts";

/** The longest time that a timer can be set for. */
const MOST_MS = 2_147_483_647;

/** Takes an option that is a whole number from 1 up. */
export function count(value: number | undefined, option: string): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return value;
  throw new RangeError(`${option}: expected a whole number from 1 up, got ${show(value)}`);
}

/** Takes an option that is a time in milliseconds. */
export function milliseconds(value: number | undefined, option: string): number | undefined {
  if (value === undefined || (typeof value === "number" && value >= 0 && value <= MOST_MS)) return value;
  throw new RangeError(`${option}: expected milliseconds from 0 to ${MOST_MS}, got ${show(value)}`);
}

/** Takes an option that is one of some words. */
export function choice<T extends string>(value: T | undefined, choices: readonly T[], option: string): T | undefined {
  if (value === undefined || choices.includes(value)) return value;
  throw new RangeError(`${option}: expected ${choices.join(" or ")}, got ${show(value)}`);
}
