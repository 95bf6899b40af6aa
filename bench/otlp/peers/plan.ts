import { parseArgs } from "node:util";
import type { Plan } from "./rounds.ts";

/** Reads what is to be measured: `--quick` runs every row once, with a fifth of the records; `--row` only those with this part in their name. */
export function planOf(table: Plan["table"], all: readonly string[], records: number): Plan {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      row: { type: "string", multiple: true },
    },
  });
  const { row: parts } = values;
  const names = all.filter((name) => name === "noop" || parts === undefined || parts.some((part) => name.includes(part)));
  if (values.quick) return { table, names, records: records / 5, rounds: 1 };
  return { table, names, records, rounds: Number(values.rounds) };
}
